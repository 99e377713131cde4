"""The steps by which a number comes about, each with its formula."""

from dataclasses import dataclass
from math import prod


@dataclass(frozen=True)
class Term:
    """A step."""

    what: str
    """What it gives."""
    how: str
    """A formula in numbers, with ·, − and floor(…); nothing for what is given."""
    value: int
    """How much that is."""


def given(what: str, value: int) -> Term:
    """What needs no working out."""
    return Term(what, "", value)


def product(what: str, *factors: int) -> Term:
    """The product of some numbers."""
    if len(factors) == 1:
        return given(what, factors[0])
    return Term(what, "·".join(f"{each:,}" for each in factors), prod(factors))


def total(what: str, *parts: int) -> Term:
    """The sum of some numbers."""
    if len(parts) == 1:
        return given(what, parts[0])
    return Term(what, " + ".join(f"{each:,}" for each in parts), sum(parts))
