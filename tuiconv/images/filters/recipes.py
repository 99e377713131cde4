"""Filters as one writes them: `sharpen`, `gaussian(2)`, `gabor(theta=45) | [1 2 1]/4`."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from tuiconv.errors import RequestError, nearest
from tuiconv.images.filters.catalog import FILTERS
from tuiconv.images.filters.families import Family, Parameter
from tuiconv.images.filters.family_kernels import FAMILIES
from tuiconv.images.filters.filter import Filter
from tuiconv.images.filters.kernel_reading import MOST_WEIGHT, parse_kernel
from tuiconv.images.filters.number_text import NUMBER, number_in, quoted
from tuiconv.images.filters.own_kernel import OwnKernel

MOST_FILTERS: Final = 50
"""In a row; the sums of many more could grow beyond all numbers."""

MOST_VALUE: Final = 65535.0
"""The largest number of a pixel."""
MOST_SUM: Final = 1e150
"""Which has a square."""

LONGEST_TEXT: Final = 80
"""Characters of the whole text that a message shows."""

TOKEN: Final = re.compile(rf"\s*([^\W\d][\w-]*|{NUMBER}|\S)")


def parse_filters(text: str) -> tuple[Filter, ...]:
    """The filters that a text names, in the order in which they are applied.

        filters  = filter { "|" filter }
        filter   = name [ "(" [ argument { "," argument } ] ")" ] | kernel
        argument = [ parameter "=" ] number
        kernel   = "[" rows "]" [ "/" number ] [ ("+" | "-") number ]

    A number is written as 2, -0.5 or 1/3; what is not given has its default. The rows of a kernel
    are those of `parse_kernel`: [1 2 1; 2 4 2; 1 2 1]/16.

    Raises:
        RequestError: says at which character the text goes wrong and what was expected.
    """
    reader = Reader(text)
    found = [reader.filter()]
    while reader.take("|"):
        if len(found) == MOST_FILTERS:
            raise reader.expected(f"at most {MOST_FILTERS} filters in a row")
        found.append(reader.filter())
    if reader.token.text:
        raise reader.expected('"|" or the end')
    check_growth(found)
    return tuple(found)


def read_kernel(text: str) -> OwnKernel:
    """A kernel in brackets, with its numbers as they are written.

    Raises:
        RequestError: as `parse_filters`.
    """
    reader = Reader(text)
    kernel = reader.kernel()
    if reader.token.text:
        raise reader.expected("the end")
    return kernel


def check_growth(filters: Sequence[Filter]) -> None:
    """Refuse kernels of one's own that are too large to be laid on each other.

    Raises:
        RequestError: the sums could become too large to be squared.
    """
    largest = MOST_VALUE
    for each in filters:
        weights = max(float(np.abs(kernel).sum()) for kernel in each.matrices.values())
        largest = largest * weights + MOST_WEIGHT  # which a bias may be
        if largest > MOST_SUM:
            raise RequestError(
                f"{each.name}: behind the filters before it, the sums could grow to {largest:.0e};"
                f" expected at most {MOST_SUM:g}"
            )


@dataclass(frozen=True)
class Token:
    """A word, number or sign of the text and where it stands (from 0)."""

    text: str
    start: int


class Reader:
    """Reads the tokens of one text from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = [Token(match[1], match.start(1)) for match in TOKEN.finditer(text.rstrip())]
        self.tokens.append(Token("", len(text.rstrip())))
        self.next = 0

    @property
    def token(self) -> Token:
        """The token to be read next; an empty one at the end of the text."""
        return self.tokens[self.next]

    def take(self, sign: str) -> bool:
        """Step over the next token if it is this sign."""
        found = self.token.text == sign
        self.next += found
        return found

    def expected(self, what: str, hint: str = "") -> RequestError:
        """The error that points at the next token."""
        found = quoted(self.token.text) if self.token.text else "the end"
        place = f"filter {quoted(self.text, LONGEST_TEXT)}, character {self.token.start + 1}"
        return RequestError(f"{place}: expected {what}; found {found}{hint}")

    def filter(self) -> Filter:
        """A name, and the numbers that follow it; or a kernel in square brackets."""
        name = self.token.text
        if name == "[":
            return self.kernel().filter()
        if name not in FILTERS:
            hint = nearest(name.lower(), FILTERS)
            raise self.expected(
                "a name from `tuiconv filters`" if hint else f"one of {', '.join(FILTERS)}", hint
            )
        self.next += 1
        if self.token.text != "(":
            return FILTERS[name]
        if name not in FAMILIES:
            raise self.expected(f'"|" or the end, as {name} takes no numbers')
        self.next += 1
        return FAMILIES[name].with_values(self.values(FAMILIES[name]))

    def kernel(self) -> OwnKernel:
        """The rows in brackets, what the sums are divided by, and what is added to them."""
        begin = self.token.start + 1
        end = self.text.find("]", begin)
        while self.token.text and self.token.start < (end if end >= 0 else len(self.text)):
            self.next += 1
        if not self.take("]"):
            raise self.expected('"]" behind the last row of the kernel')
        weights, divide, bias = parse_kernel(self.text[begin:end]), 1.0, 0.0
        if self.take("/"):
            divide = self.number("a number to divide by")
        if self.token.text[:1] in ("+", "-", "−"):
            sign = self.token.text if len(self.token.text) == 1 else ""
            self.next += bool(sign)
            bias = self.number("a number to add") * (-1 if sign in ("-", "−") else 1)
        return OwnKernel(weights, divide, bias)

    def number(self, what: str) -> float:
        """The next token as a number."""
        value = number_in(self.token.text)
        if value is None:
            raise self.expected(what)
        self.next += 1
        return value

    def values(self, family: Family) -> dict[str, float]:
        """What stands between the brackets, by name."""
        values: dict[str, float] = {}
        while not self.take(")"):
            if values and not self.take(","):
                raise self.expected('"," or ")"')
            parameter = self.parameter(family, values)
            value = number_in(self.token.text)
            if value is None or not parameter.allows(value):
                raise self.expected(f"{parameter.allowed} for {parameter.name}")
            values[parameter.name] = value
            self.next += 1
        return values

    def parameter(self, family: Family, values: Mapping[str, float]) -> Parameter:
        """Which parameter the next number is for: the one that is named, or the next in order."""
        parameters = {each.name: each for each in family.parameters}
        if self.token.text and self.tokens[self.next + 1].text == "=":
            name = self.token.text
            if name not in parameters:
                raise self.expected(
                    f"a parameter of {family.name} ({', '.join(parameters)})",
                    nearest(name.lower(), parameters),
                )
            if name in values:
                raise self.expected(f"{name} only once")
            self.next += 2
            return parameters[name]
        if len(values) == len(parameters):
            raise self.expected(f'")", as {family.name} takes no more than {", ".join(parameters)}')
        following = family.parameters[len(values)]
        if list(values) != list(parameters)[: len(values)]:
            raise self.expected(f"a name, such as {following.name}=, after others out of order")
        return following
