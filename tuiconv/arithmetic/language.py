"""The layer-pattern language: one line of text for a network.

INPUT(1,32,32) -> [CONV(6,5) -> RELU -> POOL(2)]*2 -> FC(10) -> SOFTMAX

net    = item { "->" item }
item   = WORD [ "(" value { "," value } ")" ]  |  "[" net "]" [ "*" NUMBER ]
value  = [ option "=" ] ( NUMBER | DECIMAL | "(" NUMBER "," NUMBER ")" )  |  option "=" NAME
"""

import re
from dataclasses import MISSING, Field, dataclass
from difflib import get_close_matches
from functools import cache
from typing import Any, TypeAlias, get_type_hints

from tuiconv.arithmetic.layers import KINDS, Input, Softmax, Whiten
from tuiconv.arithmetic.network import NetworkSpec
from tuiconv.arithmetic.sizes import Pair, ReceptiveField
from tuiconv.arithmetic.specs import Shape, Spec, SpecError, options_of

MOST_LAYERS = 10_000
"""A repetition that asks for more is a slip of the keyboard."""

MOST_NESTED = 50

LONGEST_JUMP = 10**12
"""Input pixels between two units; no image is that large."""

TOKEN = re.compile(r"\s*(->|→|[A-Za-z_]\w*|\d+\.\d+|\d+|[-()\[\],=*])")


@dataclass(frozen=True)
class Token:
    """A word, number or sign of the text and where it stands (from 0)."""

    text: str
    start: int


Value: TypeAlias = int | float | Pair | Token
"""A value as written: a float has a decimal point, a token is a name."""


@dataclass(frozen=True)
class Call:
    """A layer as written: its word and its values, before it has a place in a network."""

    word: Token
    values: tuple[tuple[Token, str | None, Value], ...]
    """(where it stands, its option word if it was given by name, the value)."""


def parse(text: str) -> NetworkSpec:
    """Read a network in the layer-pattern language.

    Args:
        text: such as `INPUT(1,32,32) -> CONV(6,5) -> RELU -> POOL(2) -> FC(10) -> SOFTMAX`.

    Returns:
        The specs of its layers in order, every size worked out.

    Raises:
        SpecError: a ValueError that says at which character the text goes wrong and what was
            expected, or which layer does not fit what arrives.
    """
    calls = Reader(text).chain(closing="")
    if not calls:
        raise SpecError("the network has no layers: everything is repeated 0 times")
    return NetworkSpec(build(calls, text))


class Reader:
    """Reads the tokens of one text from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(tokens(text))
        self.next = 0
        self.depth = 0

    @property
    def token(self) -> Token:
        """The token to be read next; an empty one at the end of the text."""
        if self.next < len(self.tokens):
            return self.tokens[self.next]
        return Token("", len(self.text))

    def take(self, *wanted: str) -> bool:
        """Step over the next token if it is one of `wanted`."""
        found = self.token.text in wanted
        self.next += found
        return found

    def expect(self, expected: str) -> SpecError:
        return error_at(self.text, self.token, f"expected {expected}")

    def chain(self, closing: str) -> list[Call]:
        """Items joined by arrows, up to `closing` ("]", or "" for the end of the text)."""
        calls = self.item()
        while self.take("->", "→"):
            calls += self.item()
            if len(calls) > MOST_LAYERS:
                raise SpecError(f"the network has more than {MOST_LAYERS} layers")
        if self.token.text != closing:
            raise self.expect('"->"' + (f' or "{closing}"' if closing else " or the end"))
        return calls

    def item(self) -> list[Call]:
        if not self.take("["):
            return [self.call()]
        self.depth += 1
        if self.depth > MOST_NESTED:
            raise self.expect(f"at most {MOST_NESTED} brackets inside each other")
        calls = self.chain(closing="]")
        self.depth -= 1
        self.take("]")
        times = self.number("how many times the part in brackets repeats") if self.take("*") else 1
        if len(calls) * times > MOST_LAYERS:
            raise SpecError(
                f"{len(calls)} layers repeated {times} times: at most {MOST_LAYERS} layers"
            )
        return calls * times

    def call(self) -> Call:
        word = self.token
        if not word.text[:1].isalpha():
            raise self.expect('a layer such as CONV(6,5), or "["')
        if word.text.upper() not in KINDS:
            near = nearest(word.text.upper(), list(KINDS))
            raise error_at(self.text, word, f"expected a layer ({', '.join(KINDS)}{near})")
        self.next += 1
        values = []
        if self.take("("):
            values.append(self.value())
            while self.take(","):
                values.append(self.value())
            if not self.take(")"):
                raise self.expect('"," or ")"')
        return Call(Token(word.text.upper(), word.start), tuple(values))

    def value(self) -> tuple[Token, str | None, Value]:
        at, name = self.token, None
        if at.text[:1].isalpha():
            name = at.text.lower()
            self.next += 1
            if not self.take("="):
                raise self.expect('"="')
            if self.token.text[:1].isalpha():
                self.next += 1
                return at, name, self.tokens[self.next - 1]
        if not self.take("("):
            return at, name, self.decimal() if "." in self.token.text else self.number("a number")
        first = self.number("a whole number")
        if not self.take(","):
            raise self.expect('","')
        second = self.number("a whole number")
        if not self.take(")"):
            raise self.expect('")"')
        return at, name, (first, second)

    def number(self, what: str) -> int:
        token = self.token
        if not token.text.isdigit():
            raise self.expect(what)
        self.next += 1
        self.check_digits(token)
        return int(token.text)

    def decimal(self) -> float:
        token = self.token
        self.next += 1
        self.check_digits(token)
        return float(token.text)

    def check_digits(self, token: Token) -> None:
        if len(token.text.replace(".", "")) > 9:
            raise error_at(self.text, token, "expected a number of at most nine digits")


def tokens(text: str) -> list[Token]:
    """Cut the text into words, numbers and signs."""
    found, position, end = [], 0, len(text.rstrip())
    while position < end:
        match = TOKEN.match(text, position)
        if match is None:
            start = position + len(text[position:]) - len(text[position:].lstrip())
            raise error_at(
                text, Token(text[start], start), 'expected a layer, a number, "->" or "["'
            )
        found.append(Token(match[1], match.start(1)))
        position = match.end()
    return found


def build(calls: list[Call], text: str) -> tuple[Spec, ...]:
    """Give every layer its place: its name, what arrives, what it sees of the image."""
    first = calls[0]
    if KINDS[first.word.text] is not Input:
        raise error_at(text, first.word, "expected INPUT(channels,height,width) as the first layer")
    specs: list[Spec] = []
    counts: dict[str, int] = {}
    shape: Shape = ()
    seen = ReceptiveField()
    for position, call in enumerate(calls):
        kind = KINDS[call.word.text]
        if kind is Input and specs:
            raise error_at(text, call.word, "expected INPUT only as the first layer")
        if kind is Whiten and position != 1:
            raise error_at(text, call.word, "expected WHITEN only straight behind INPUT")
        if kind is Softmax and position != len(calls) - 1:
            raise error_at(text, call.word, "expected SOFTMAX only as the last layer")
        counts[kind.word] = number = counts.get(kind.word, 0) + 1
        name = kind.word.lower() + ("" if kind in (Input, Softmax) else str(number))
        spec = kind(name=name, input=shape, input_field=seen, **settings(kind, call, text))
        shape, seen = spec.output, spec.receptive_field
        if max(seen.jump) > LONGEST_JUMP:
            raise spec.refuse(f"expected strides whose product is at most {LONGEST_JUMP:,}")
        specs.append(spec)
    return tuple(specs)


def settings(kind: type[Spec], call: Call, text: str) -> dict[str, float | Pair | str]:
    """The values of a call under the names of the spec's fields, each of the right sort."""
    options = options_of(kind)
    names = {option.metadata["word"]: option for option in options}
    usage = f"{kind.word}({','.join(names)})" if names else f"{kind.word} without values"
    types = field_types(kind.word)
    given: dict[str, float | Pair | str] = {}
    by_name = False
    for place, (at, word, value) in enumerate(call.values):
        if word is None:
            if place >= len(options) or by_name:
                raise error_at(text, at, f"expected {usage}")
            option = options[place]
        elif word in names:
            option, by_name = names[word], True
        else:
            near = nearest(word, list(names))
            raise error_at(text, at, f"expected an option of {usage}{near}")
        if option.name in given:
            raise error_at(text, at, f"expected {option.metadata['word']} only once")
        given[option.name] = setting(option, types[option.name], at, value, text)
    for option in options:
        if option.default is MISSING and option.name not in given:
            raise error_at(text, call.word, f"expected {option.metadata['word']} in {usage}")
    return given


def setting(
    option: Field[Any], wanted: object, at: Token, value: Value, text: str
) -> float | Pair | str:
    """The value as the option takes it: one of its names, a number, or a pair of numbers."""
    word, minimum, names = (option.metadata[key] for key in ("word", "minimum", "names"))
    if names:
        if not isinstance(value, Token) or value.text.lower() not in names:
            wrong = value if isinstance(value, Token) else at
            raise error_at(text, wrong, f"expected {word} to be {' or '.join(names)}")
        return value.text.lower()
    if isinstance(value, Token):
        raise error_at(text, value, "expected a number")
    if isinstance(value, tuple) and wanted in (int, float):
        raise error_at(text, at, f"expected one number for {word}")
    if isinstance(value, float) and wanted is not float:
        raise error_at(text, at, f"expected a whole number for {word}")
    if (min(value) if isinstance(value, tuple) else value) < minimum:
        raise error_at(text, at, f"expected {word} of at least {minimum}")
    if isinstance(value, tuple):
        return value
    if isinstance(value, float) or wanted is float:
        return float(value)
    return value if wanted is int else (value, value)


@cache
def field_types(word: str) -> dict[str, object]:
    """The types of the fields of a kind of layer; numbers but int and float come in pairs."""
    return get_type_hints(KINDS[word])


def nearest(word: str, known: list[str]) -> str:
    """`; did you mean …?` when a known word is near."""
    close = get_close_matches(word, known, 1)
    return f"; did you mean {close[0]}?" if close else ""


def error_at(text: str, token: Token, expected: str) -> SpecError:
    """The error that points at a character of the text: what was expected, what is there."""
    found = f'"{token.text}"' if token.text else "the end"
    before = text[max(0, token.start - 20) : token.start].strip()
    after = f' after "{before}"' if before else ""
    return SpecError(f"character {token.start + 1}{after}: {expected}; found {found}")
