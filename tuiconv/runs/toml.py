"""Run files: settings as TOML."""

import json
import re
import tomllib
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from tuiconv.errors import RequestError
from tuiconv.runs.given import TYPES, Given
from tuiconv.runs.settings import Settings

LARGEST = 65_536
"""Bytes of a run file; one with every setting has about a thousand."""

HEADER = re.compile(r"\s*\[+([^\[\]]+)\]")
KEY = re.compile(r"""\s*([\w."' -]+?)\s*=""")


def read_run_file(path: Path) -> dict[str, Given]:
    """The settings in a run file, by key, each with its line.

    Raises:
        RequestError: the file cannot be read, is too large, or no TOML.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise RequestError(f"{path}: {error.strerror or error}") from error
    if len(content) > LARGEST:
        raise RequestError(f"{path}: more than {LARGEST:,} bytes; no run file is as long")
    try:
        text = content.decode()
        values = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise RequestError(f"{path}: not UTF-8 at byte {error.start}; expected TOML") from error
    except RecursionError as error:
        raise RequestError(f"{path}: nested too deeply; expected tables of settings") from error
    except tomllib.TOMLDecodeError as error:
        raise RequestError(f"{path}: not TOML: {error}") from error
    except ValueError as error:
        raise RequestError(f"{path}: a number has too many digits") from error
    lines = lines_of(text)

    def place(key: str) -> str:
        line = lines.get(key, lines.get(key.partition(".")[0]))
        return str(path) if line is None else f"{path}, line {line}"

    return {key: Given(value, place(key)) for key, value in flat(values).items()}


def flat(values: dict[str, Any]) -> dict[str, object]:
    """Settings by key, those in tables with the table's name before theirs."""
    found: dict[str, object] = {}
    for name, value in values.items():
        if isinstance(value, dict) and value:
            found.update({f"{name}.{inner}": each for inner, each in value.items()})
        else:
            found[name] = value
    return found


def lines_of(text: str) -> dict[str, int]:
    """On which line of a TOML text each key stands, from 1.

    A key of more than two parts is found by the first two as well, as `flat` knows no more.
    """
    found: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.split("\n"), start=1):
        if header := HEADER.match(line):
            table = name = plain(header[1])
        elif key := KEY.match(line):
            name = f"{table}.{plain(key[1])}".lstrip(".")
        else:
            continue
        for each in (name, ".".join(name.split(".")[:2])):
            found.setdefault(each, number)
    return found


def plain(key: str) -> str:
    """A key without quotes and spaces."""
    return re.sub(r"""[\s"']""", "", key)


def read_override(text: str) -> dict[str, Given]:
    """What `optimizer.lr=0.02` sets, by key; its value is TOML, but a text needs no quotes.

    Raises:
        RequestError: it is not written so.
    """
    key, equals, written = (part.strip() for part in text.partition("="))
    if not (key and equals):
        raise RequestError(f'--set "{text}"; expected KEY=VALUE, such as optimizer.lr=0.02')
    try:
        values = tomllib.loads(f"value = {written}")
        value = values["value"] if len(values) == 1 else written
    except (ValueError, RecursionError):
        value = written
    if TYPES.get(key) is str and not isinstance(value, str):
        value = written
    return {name: Given(each, "--set") for name, each in flat({key: value}).items()}


def to_toml(settings: Settings) -> str:
    """Settings as a run file that `read_run_file` reads back to the same; None is left out."""
    own, tables = [], []
    for each in fields(settings):
        value = getattr(settings, each.name)
        if is_dataclass(value):
            tables.append(f"\n[{each.name}]\n" + assignments(value))
        elif value is not None:
            own.append(f"{each.name} = {to_value(value)}\n")
    return "".join(own + tables)


def assignments(table: Any) -> str:  # noqa: ANN401 - any dataclass
    """A line for every setting of a table that is not None."""
    values = {each.name: getattr(table, each.name) for each in fields(table)}
    return "".join(
        f"{name} = {to_value(value)}\n" for name, value in values.items() if value is not None
    )


def to_value(value: str | float | tuple[str, ...]) -> str:
    """A text, a number or a list of texts as TOML."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(to_value, value))}]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return repr(value)
