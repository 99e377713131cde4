"""Whether there is what a view names by a word."""

from collections.abc import Collection
from typing import get_args

from tuiconv.errors import unknown
from tuiconv.lessons.ranges import frozen_range
from tuiconv.lessons.view import Depth, View


def check_words(view: View, **known: Collection[str]) -> None:
    """Find out whether the words of a view are known: its depth and range, and those given.

    Args:
        view: of a lesson.
        known: the words that there are, by the names of the view's fields.

    Raises:
        RequestError: one is not; the message has all that are.
    """
    for name, words in (known | {"depth": get_args(Depth)}).items():
        value = getattr(view, name)
        if value not in words:
            raise unknown(name, value, words)
    frozen_range(view.range)
