"""Reads a text in the layer-pattern language as items: what is written, without sizes yet."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from tuiconv.arithmetic.joins import JOINS
from tuiconv.arithmetic.layers import KINDS
from tuiconv.arithmetic.sizes import Padding
from tuiconv.arithmetic.specs import SpecError
from tuiconv.arithmetic.tokens import Token, error_at, tokens
from tuiconv.errors import nearest

MOST_LAYERS = 10_000
"""A repetition that asks for more is a slip of the keyboard."""

MOST_NESTED = 50

Half = TypeVar("Half")

Value: TypeAlias = int | float | Padding | Token
"""A value as written: a float has a decimal point, a token is a name."""


@dataclass(frozen=True)
class Call:
    """A layer as written, before it has a place in a network."""

    word: Token
    name: Token | None
    values: tuple[tuple[Token, Token | None, Value], ...]
    """(where it begins, its option word if it was given by name, the value)."""
    written: str
    """Word and values, as they stand in the text."""

    layers = 1

    def __str__(self) -> str:
        return f"{self.name.text}: {self.written}" if self.name else self.written


@dataclass(frozen=True)
class Branches:
    """Branches as written, and the layer that joins them."""

    word: Token
    name: Token | None
    chains: tuple[tuple["Item", ...], ...]
    layers: int
    """How many there are in all."""

    def __str__(self) -> str:
        name = f"{self.name.text}: " if self.name else ""
        return f"{name}{self.word.text}[{' | '.join(map(show_items, self.chains))}]"


Item: TypeAlias = Call | Branches


def count(items: Sequence[Item]) -> int:
    """How many layers there are in items."""
    return sum(item.layers for item in items)


def show_items(items: tuple[Item, ...]) -> str:
    """Items in the language."""
    return " -> ".join(map(str, items))


def read(text: str, values: Mapping[str, int] | None = None) -> tuple[Item, ...]:
    """The items of a text, repeated as often as it says.

    Args:
        text: in the layer-pattern language.
        values: numbers for its names, besides those that it gives itself after `with`.

    Raises:
        SpecError: says at which character the text goes wrong and what was expected.
    """
    reader = Reader(text, values or {})
    items = reader.chain(closing="")
    reader.check_values()
    if not items:
        raise SpecError("the network has no layers: all are left out or repeated 0 times")
    return items


class Reader:
    """Reads the tokens of one text from left to right."""

    def __init__(self, text: str, values: Mapping[str, int]) -> None:
        self.text = text
        self.tokens = tokens(text)
        self.next = 0
        self.depth = 0
        for name, number in values.items():
            if number < 0:
                raise SpecError(f"expected {name} to be at least 0; found {number}")
        self.values = {name.upper(): number for name, number in values.items()}
        self.given: dict[str, Token] = {}
        """Where the text gives a name its number."""
        self.used: set[str] = set()
        words = [token.text.lower() for token in self.tokens]
        if "with" in words:
            self.next = words.index("with")
            self.assignments()
            del self.tokens[words.index("with") :]
            self.next = 0

    @property
    def end(self) -> Token:
        """An empty token behind the last."""
        last = self.tokens[-1] if self.tokens else Token("", 0)
        return Token("", last.start + len(last.text))

    @property
    def token(self) -> Token:
        """The token to be read next; an empty one at the end of the text."""
        if self.next < len(self.tokens):
            return self.tokens[self.next]
        return self.end

    def take(self, *wanted: str) -> bool:
        """Step over the next token if it is one of `wanted`."""
        found = self.token.text in wanted
        self.next += found
        return found

    def expect(self, expected: str) -> SpecError:
        return error_at(self.text, self.token, f"expected {expected}")

    def assignments(self) -> None:
        """Read `with N=2, M=3`, which stands at the end."""
        self.next += 1
        while True:
            name = self.token
            if not is_word(name):
                raise self.expect("a name, as in with N=2")
            self.next += 1
            if not self.take("="):
                raise self.expect('"="')
            if name.text.upper() in self.given:
                raise error_at(self.text, name, f"expected {name.text} only once")
            self.given[name.text.upper()] = name
            self.values[name.text.upper()] = self.number("a whole number")
            if not self.take(","):
                break
        if self.token.text:
            raise self.expect('"," or the end')

    def check_values(self) -> None:
        """Raise SpecError if a number was given to a name that does not stand in the text."""
        for name in (name for name in self.values if name not in self.used):
            asked = ", ".join(sorted(self.used)) or "no name"
            message = f"expected a name that stands in the network ({asked})"
            if name in self.given:
                raise error_at(self.text, self.given[name], message)
            raise SpecError(f"{message}; found {name}")

    def chain(self, closing: str) -> tuple[Item, ...]:
        """Items joined by arrows, up to one of the signs of `closing`; the end if there is none."""
        items = list(self.item())
        layers = count(items)
        while self.take("->", "→"):
            begin = self.token
            more = self.item()
            items += more
            layers += count(more)
            if layers > MOST_LAYERS:
                raise self.too_many(begin)
        if self.token.text not in (tuple(closing) or ("",)):
            signs = " or ".join(f'"{sign}"' for sign in closing)
            raise self.expect('"->" or ' + (signs or "the end"))
        return tuple(items)

    def item(self) -> tuple[Item, ...]:
        """A layer, a join or a chain in brackets, as often as it is repeated."""
        if self.token.text == "[":
            self.open()
            items = self.chain(closing="]")
            self.close()
        else:
            items = self.layer()
        if not self.take("*"):
            return items
        number = self.token
        times = self.times()
        if count(items) * times > MOST_LAYERS:
            raise self.too_many(number)
        return items * times

    def too_many(self, token: Token) -> SpecError:
        return error_at(self.text, token, f"expected at most {MOST_LAYERS:,} layers in all")

    def open(self) -> None:
        self.depth += 1
        if self.depth > MOST_NESTED:
            raise self.expect(f"at most {MOST_NESTED} brackets inside each other")
        self.next += 1

    def close(self) -> None:
        self.depth -= 1
        self.next += 1

    def times(self) -> int:
        """How often an item is repeated: a number, or the name of one."""
        if is_word(self.token):
            self.next += 1
            return self.value_of(self.tokens[self.next - 1])
        return self.number("how many times it repeats, a number or a name such as N")

    def value_of(self, name: Token) -> int:
        known = name.text.upper()
        self.used.add(known)
        if known not in self.values:
            raise error_at(self.text, name, f"expected its number at the end: with {name.text}=2")
        return self.values[known]

    def layer(self) -> tuple[Item, ...]:
        """A layer or a join with its branches, and whether it is there."""
        name = None
        if is_word(self.token) and self.after.text == ":":
            name = self.token
            self.next += 2
        word = self.token
        if not is_word(word):
            raise self.expect('a layer such as CONV(6,5), or "["')
        known = Token(word.text.upper(), word.start)
        if known.text in JOINS:
            item: Item = self.branches(known, name)
        elif known.text in KINDS:
            item = self.call(known, name)
        else:
            words = [*KINDS, *JOINS]
            hint = nearest(known.text, words) or f" ({', '.join(words)})"
            raise error_at(self.text, word, f"expected a layer{hint}")
        if not self.take("?"):
            return (item,)
        switch = name or word
        if switch.text.upper() not in self.values:
            self.used.add(switch.text.upper())
            return (item,)
        there = self.value_of(switch)
        if there > 1:
            given = self.given.get(switch.text.upper(), switch)
            raise error_at(self.text, given, f"expected {switch.text} to be 0 or 1")
        return (item,) * there

    @property
    def after(self) -> Token:
        """The token behind the next."""
        last = self.next + 1 >= len(self.tokens)
        return self.end if last else self.tokens[self.next + 1]

    def branches(self, word: Token, name: Token | None) -> Branches:
        self.next += 1
        if self.token.text != "[":
            raise self.expect(f'"[", as in {JOINS[word.text].usage}')
        self.open()
        chains = [self.branch()]
        while self.take("|"):
            chains.append(self.branch())
        self.close()
        layers = 1 + sum(map(count, chains))
        return Branches(word, name, tuple(chains), layers)

    def branch(self) -> tuple[Item, ...]:
        """What stands between two signs of a join; nothing is what arrives as it is."""
        return () if self.token.text in ("|", "]") else self.chain(closing="|]")

    def call(self, word: Token, name: Token | None) -> Call:
        self.next += 1
        values = []
        if self.take("(") and not self.take(")"):
            values.append(self.value())
            while self.take(","):
                values.append(self.value())
            if not self.take(")"):
                raise self.expect('"," or ")"')
        last = self.tokens[self.next - 1]
        written = self.text[word.start + len(word.text) : last.start + len(last.text)]
        return Call(word, name, tuple(values), word.text + written * bool(values))

    def value(self) -> tuple[Token, Token | None, Value]:
        name = None
        if is_word(self.token):
            name = self.token
            self.next += 1
            if not self.take("="):
                raise self.expect('"="')
        at = self.token
        if name and is_word(at):
            self.next += 1
            return at, name, at
        if not self.take("("):
            return at, name, self.decimal() if "." in self.token.text else self.number("a number")
        return at, name, self.pair(self.side)

    def side(self) -> int | tuple[int, int]:
        """Half of a pair: a number, or a pair itself (before, behind)."""
        if not self.take("("):
            return self.number("a whole number")
        return self.pair(lambda: self.number("a whole number"))

    def pair(self, half: Callable[[], Half]) -> tuple[Half, Half]:
        """Two halves, up to the closing bracket."""
        first = half()
        if not self.take(","):
            raise self.expect('","')
        second = half()
        if not self.take(")"):
            raise self.expect('")"')
        return first, second

    def number(self, what: str) -> int:
        token = self.token
        if not token.text.isdecimal():
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


def is_word(token: Token) -> bool:
    """Whether it begins as a name does."""
    return token.text[:1].isalpha() or token.text[:1] == "_"
