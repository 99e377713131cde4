"""Words of `tuiconv apply-filter`'s options as values."""

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, TypeVar

from tuiconv.errors import RequestError, unknown
from tuiconv.images.filters.number_text import quoted

if TYPE_CHECKING:
    from tuiconv.arithmetic.sizes import Pair
    from tuiconv.lessons.planes import Box

T = TypeVar("T", bound=str)
V = TypeVar("V")


def given(text: str | None, meaning: Callable[[str], V]) -> V | None:
    """What a text means; None if there is none."""
    return None if text is None else meaning(text)


def one_of(what: str, word: str, known: Collection[T]) -> T:
    """The one of some names that a word is, written large or small.

    Raises:
        RequestError: it is none of them.
    """
    for each in known:
        if each.lower() == word.lower():
            return each
    raise unknown(what, word, known)


def pair(option: str, text: str, least: int) -> "Pair":
    """One number for both directions, or one each: `2`, or `2,1` for down and across.

    Raises:
        RequestError: it is neither.
    """
    numbers = whole_numbers(text)
    if len(numbers) not in (1, 2) or min(numbers) < least:
        raise RequestError(
            f"{option} {quoted(text)}; expected a whole number from {least} on, or two for down and"
            " across, such as 2,1"
        )
    return numbers[0], numbers[-1]


def point(option: str, text: str) -> tuple[int, int]:
    """A pixel: its column and its row, from 0.

    Raises:
        RequestError: it is none.
    """
    numbers = whole_numbers(text)
    if len(numbers) != 2:
        raise RequestError(
            f"{option} {quoted(text)}; expected x,y in pixels from 0,0 on, such as 12,40"
        )
    return numbers[0], numbers[1]


def box(option: str, text: str) -> "Box":
    """A part of a picture: its upper left pixel, and at least one pixel across and down.

    Raises:
        RequestError: it is none.
    """
    numbers = whole_numbers(text)
    if len(numbers) != 4 or 0 in numbers[2:]:
        raise RequestError(
            f"{option} {quoted(text)}; expected x,y,width,height in pixels, such as 10,20,64,48"
        )
    return numbers[0], numbers[1], numbers[2], numbers[3]


def whole_numbers(text: str) -> tuple[int, ...]:
    """The numbers that a text lists, parted by commas; none if anything else stands in it."""
    words = [word.strip() for word in text.split(",")]
    if all(word.isascii() and word.isdecimal() and len(word) <= 9 for word in words):
        return tuple(map(int, words))
    return ()
