"""Sets of cells along an axis as integers: cell i is among them if bit i is 1.

A hundred thousand cells so take 12 kB, and what a whole row of windows covers is a few shifts.
"""

from tuiconv.arithmetic.sizes import Pair, Window


def run(first: int, last: int) -> int:
    """The cells from `first` to `last`, both included; none if the last is before the first."""
    return (1 << last + 1) - (1 << first) if first <= last else 0


def ends(cells: int) -> Pair:
    """The first and the last of some cells."""
    return (cells & -cells).bit_length() - 1, cells.bit_length() - 1


def under(window: Window, axis: int, places: int, size: int) -> int:
    """The cells 0 … size − 1 under the window at some of its places."""
    starts = spread(places, window.stride[axis])
    return covered(window, axis, starts) >> window.before[axis] & run(0, size - 1)


def touching(window: Window, axis: int, cells: int, count: int) -> int:
    """The places 0 … count − 1 of the window at which it is over some of the cells.

    As seen from a cell, these places lie as the cells do under a window that is turned round.
    """
    starts = covered(window, axis, cells << window.before[axis]) >> window.span[axis] - 1
    return each(starts, window.stride[axis]) & run(0, count - 1)


def covered(window: Window, axis: int, starts: int) -> int:
    """The cells under windows that begin at `starts`: each of these and those dilations further."""
    done, kernel = 1, window.kernel_size[axis]
    while done < kernel:
        more = min(done, kernel - done)
        starts |= starts << more * window.dilation[axis]
        done += more
    return starts


def spread(cells: int, step: int) -> int:
    """Cell i as cell i·step."""
    if cells <= 1 or step == 1:
        return cells
    return int(("0" * (step - 1)).join(f"{cells:b}"), 2)


def each(cells: int, step: int) -> int:
    """Cell i·step as cell i; others are left out."""
    if cells == 0 or step == 1:
        return cells
    return int(f"{cells:b}"[::-step][::-1], 2)
