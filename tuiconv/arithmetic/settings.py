"""From the values of a layer as written to the settings of its spec."""

from dataclasses import MISSING, Field
from functools import cache
from typing import Any, TypeAlias, get_type_hints

from tuiconv.arithmetic.layers import KINDS
from tuiconv.arithmetic.reading import Call, Value
from tuiconv.arithmetic.sizes import Padding, Side
from tuiconv.arithmetic.specs import options_of
from tuiconv.arithmetic.tokens import Token, error_at
from tuiconv.errors import nearest

Setting: TypeAlias = float | Padding | str


def settings(call: Call, text: str, is_1d: bool) -> dict[str, Setting]:
    """The values of a call under the names of the spec's fields, each of the right sort.

    Args:
        call: the layer as written.
        text: where it stands.
        is_1d: whether a single number of a pair counts along the length only.

    Raises:
        SpecError: says at which character a value is wrong and what was expected.
    """
    kind = KINDS[call.word.text]
    options = options_of(kind)
    names = {option.metadata["word"]: option for option in options}
    usage = f"{kind.word}({','.join(names)})" if names else f"{kind.word} without values"
    types = field_types(kind.word)
    given: dict[str, Setting] = {}
    by_name = False
    for place, (at, name, value) in enumerate(call.values):
        word = name.text.lower() if name else ""
        if name is None:
            if place >= len(options) or by_name:
                raise error_at(text, at, f"expected {usage}")
            option = options[place]
        elif word in names:
            option, by_name = names[word], True
        else:
            near = nearest(word, list(names))
            raise error_at(text, name, f"expected an option of {usage}{near}")
        if option.name in given:
            raise error_at(text, name or at, f"expected {option.metadata['word']} only once")
        given[option.name] = setting(option, types[option.name], at, value, text, is_1d)
    for option in options:
        if option.default is MISSING and option.name not in given:
            raise error_at(text, call.word, f"expected {option.metadata['word']} in {usage}")
    return given


def setting(
    option: Field[Any], wanted: object, at: Token, value: Value, text: str, is_1d: bool
) -> Setting:
    """The value as the option takes it: one of its names, a number, or a pair of numbers."""
    word, minimum, names = (option.metadata[key] for key in ("word", "minimum", "names"))
    if names:
        if not isinstance(value, Token) or value.text.lower() not in names:
            raise error_at(text, at, f"expected {word} to be {' or '.join(names)}")
        return value.text.lower()
    if isinstance(value, Token):
        raise error_at(text, at, "expected a number")
    if isinstance(value, tuple) and wanted in (int, float):
        raise error_at(text, at, f"expected one number for {word}")
    if isinstance(value, float) and wanted is not float:
        raise error_at(text, at, f"expected a whole number for {word}")
    if isinstance(value, tuple) and wanted != Padding and any(map(is_pair, value)):
        raise error_at(text, at, f"expected two whole numbers for {word}")
    if least(value) < minimum:
        raise error_at(text, at, f"expected {word} of at least {minimum}")
    if isinstance(value, tuple):
        vertical, horizontal = map(shortest, value)
        return vertical, horizontal
    if isinstance(value, float) or wanted is float:
        return float(value)
    if wanted is int:
        return value
    return (minimum if is_1d else value, value)


def is_pair(side: Side) -> bool:
    """Whether a side is two numbers."""
    return isinstance(side, tuple)


def least(value: float | Padding) -> float:
    """The least number in a value."""
    return min(map(least, value)) if isinstance(value, tuple) else value


def shortest(side: Side) -> Side:
    """One number for a side that is the same before and behind."""
    return side[0] if isinstance(side, tuple) and side[0] == side[1] else side


@cache
def field_types(word: str) -> dict[str, object]:
    """The types of the fields of a kind of layer; numbers but int and float come in pairs."""
    return get_type_hints(KINDS[word])
