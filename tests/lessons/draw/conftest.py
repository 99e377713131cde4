"""A learner's hand: keys, and a mouse that is led along the strokes of digits."""

import numpy as np
import pytest

from tuiconv.data.pen_paths import PEN_PATHS
from tuiconv.data.strokes import stroke_paths
from tuiconv.lessons.draw import moves
from tuiconv.lessons.draw.lesson import DrawLesson
from tuiconv.lessons.draw.view import DrawView

ARROWS = {"u": (-1, 0), "d": (1, 0), "l": (0, -1), "r": (0, 1)}


@pytest.fixture(scope="session")
def lesson():
    return DrawLesson()


@pytest.fixture
def view(lesson):
    return lesson.settled(DrawView())


@pytest.fixture
def press(lesson):
    """Keys: `_` for space, letters for the arrow keys, capital ones with Shift."""

    def pressed(view, keys):
        for key in keys.split():
            if key == "_":
                view = moves.pen_turned(lesson, view)
            elif key.islower():
                view = lesson.moved(view, *ARROWS[key])
            else:
                view = moves.far(lesson, view, *ARROWS[key.lower()])
            view = lesson.settled(view)
        return view

    return pressed


@pytest.fixture
def drag(lesson):
    """A mouse led over places (row, column) with its button down."""

    def dragged(view, places):
        first, *others = places
        view = moves.pressed(lesson, view, first)
        for at in others:
            view = moves.drawn_to(lesson, view, at)
        return lesson.settled(view)

    return dragged


@pytest.fixture
def hand():
    """Ways of a mouse that writes a digit as people do: a list of places for each stroke.

    A terminal that does not count in pixels tells only in which cell the mouse is, in whose middle
    two pixels of the canvas meet.
    """

    def written(digit, rng, in_pixels):
        ways = PEN_PATHS[digit]
        shares = np.array([share for share, _ in ways])
        paths = stroke_paths(digit, rng.choice(len(ways), p=shares / shares.sum()))
        lean, width = 0.16 + 0.2 * rng.standard_normal(), np.exp(0.2 * rng.standard_normal() - 0.2)
        shape = np.array([[width, 0], [-lean, 1]]) * rng.uniform(14, 24)
        paths = [(path - 0.5) @ shape for path in paths]
        ends = np.concatenate(paths)
        middle = (ends.min(axis=0) + ends.max(axis=0)) / 2
        place = 13.5 + rng.uniform(-2, 2, 2)
        return [mouse_way(path - middle + place, in_pixels) for path in paths]

    return written


def mouse_way(path, in_pixels):
    """Places that a terminal tells of a mouse along a path of (x, y)."""
    along = np.append(0, np.cumsum(np.hypot(*np.diff(path, axis=0).T)))
    at = np.arange(0, along[-1], 0.5)
    x, y = (np.interp(at, along, path[:, axis]).clip(-0.4, 27.4) for axis in (0, 1))
    if not in_pixels:
        x, y = np.rint(x), 2 * ((y + 0.5) // 2) + 0.5
    return list(zip(y.tolist(), x.tolist(), strict=True))
