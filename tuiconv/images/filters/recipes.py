"""Filters as one writes them: `sharpen`, `gaussian(2)`, `gabor(theta=45) | box-blur`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tuiconv.errors import RequestError, nearest
from tuiconv.images.filters.catalog import FILTERS
from tuiconv.images.filters.families import Family, Parameter
from tuiconv.images.filters.family_kernels import FAMILIES
from tuiconv.images.filters.filter import Filter
from tuiconv.images.filters.number_text import NUMBER, number_in, quoted

MOST_FILTERS: Final = 50
"""In a row; the sums of many more could grow beyond all numbers."""

LONGEST_TEXT: Final = 80
"""Characters of the whole text that a message shows."""

TOKEN: Final = re.compile(rf"\s*([^\W\d][\w-]*|{NUMBER}|\S)")


def parse_filters(text: str) -> tuple[Filter, ...]:
    """The filters that a text names, in the order in which they are applied.

        filters  = filter { "|" filter }
        filter   = name [ "(" [ argument { "," argument } ] ")" ]
        argument = [ parameter "=" ] number

    A number is written as 2, -0.5 or 1/3; what is not given has its default.

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
    return tuple(found)


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
        """A name, and the numbers that follow it."""
        name = self.token.text
        if name not in FILTERS:
            raise self.expected(f"one of {', '.join(FILTERS)}", nearest(name.lower(), FILTERS))
        self.next += 1
        if self.token.text != "(":
            return FILTERS[name]
        if name not in FAMILIES:
            raise self.expected(f'"|" or the end, as {name} takes no numbers')
        self.next += 1
        return FAMILIES[name].with_values(self.values(FAMILIES[name]))

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
