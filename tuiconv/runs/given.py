"""From what somebody wrote, in a run file or on a command line, to settings."""

import types
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from difflib import get_close_matches
from typing import Any, Union, get_args, get_origin, get_type_hints

from tuiconv.errors import RequestError
from tuiconv.runs.settings import Settings, quoted

EXPECTED = {str: "a text", int: "a whole number", float: "a number", tuple: "a list of texts"}
"""Types of settings, as a reader knows them."""


@dataclass(frozen=True)
class Given:
    """A value, and where it was given."""

    value: object
    where: str
    """`run.toml, line 7`, `--set`, or `--lr`."""
    is_named: bool = False
    """Whether that says which setting it is, too, as `--lr` does."""

    def called(self, key: str) -> str:
        """The setting in an error: `run.toml, line 7: optimizer.lr` or `--lr`."""
        return self.where if self.is_named else f"{self.where}: {key}"


def without_none(hint: Any) -> Any:  # noqa: ANN401 - types have no narrower type
    """The X of a type `X | None`; any other type as it is."""
    if get_origin(hint) in (Union, types.UnionType):
        (hint,) = (part for part in get_args(hint) if part is not type(None))
    return get_origin(hint) or hint


def types_of(table: Any) -> dict[str, Any]:  # noqa: ANN401 - any dataclass
    """The settings of a table by name, each with its type."""
    hints = get_type_hints(table)
    return {each.name: without_none(hints[each.name]) for each in fields(table)}


TABLES: dict[str, Any] = {
    "": Settings,
    **{name: kind for name, kind in types_of(Settings).items() if is_dataclass(kind)},
}
"""By name; that of a file's first lines has none."""

TYPES: dict[str, Any] = {
    f"{table}.{name}" if table else name: kind
    for table in TABLES
    for name, kind in types_of(TABLES[table]).items()
    if not is_dataclass(kind)
}
"""By key, such as `epochs` or `optimizer.lr`."""


def settings_from(given: Mapping[str, Given]) -> Settings:
    """The settings that were given, and the defaults of all others.

    Args:
        given: by key; an empty table by its name.

    Raises:
        RequestError: an unknown key, or a value of the wrong type or outside its limits: one line
            that says where it was given and what is allowed.
    """
    tables: dict[str, dict[str, Any]] = {"": {}}
    for key, each in given.items():
        if key in TABLES:
            if each.value != {}:
                raise RequestError(
                    f"{each.where}: {key} is {quoted(each.value)}; expected a table [{key}] of"
                    f" {', '.join(types_of(TABLES[key]))}"
                )
            tables.setdefault(key, {})
            continue
        table, _, name = key.rpartition(".")
        tables.setdefault(table, {})[name] = checked(key, each)
    parts = {name: TABLES[name](**values) for name, values in tables.items() if name}
    return Settings(**tables[""], **parts)


def checked(key: str, given: Given) -> Any:  # noqa: ANN401 - of the type of its setting
    """The value of a setting, if it is one that the setting may have.

    Raises:
        RequestError: it is not.
    """
    if key not in TYPES:
        raise RequestError(f"{given.where}: there is no setting {quoted(key)}{near(key)}")
    kind, value = TYPES[key], given.value
    if kind is float and type(value) is int:
        value = float(value) if value.bit_length() < 64 else value
    if kind is tuple and isinstance(value, list) and all(type(item) is str for item in value):
        value = tuple(value)
    if type(value) is not kind:
        raise RequestError(f"{given.called(key)} is {quoted(value)}; expected {EXPECTED[kind]}")
    table, _, name = key.rpartition(".")
    try:
        TABLES[table](**{name: value})
    except RequestError as error:
        what = str(error)
        named = what.removeprefix(name) if what.startswith(f"{name} ") else f": {what}"
        raise RequestError(f"{given.called(key)}{named}") from error
    return value


def near(key: str) -> str:
    """What may be meant by an unknown key: a setting of its table, of any, or another table."""
    table, _, name = key.rpartition(".")
    names = {known: known.rpartition(".")[2] for known in TYPES}
    own = [known for known in TYPES if known.rpartition(".")[0] == table]
    for among in (own, list(TYPES)):
        for close in get_close_matches(name, [names[known] for known in among], 1):
            return f"; did you mean {next(k for k in among if names[k] == close)}?"
    if table not in TABLES or not table:
        for close in get_close_matches(table or name, types_of(Settings), 1):
            return f"; did you mean {close}?"
    return f"; there are {', '.join(types_of(TABLES.get(table, Settings)))}"
