"""What is told of how a drawing gets to the network."""

import numpy as np
import pytest

from tuiconv.arithmetic import parse
from tuiconv.errors import RequestError
from tuiconv.lessons.draw.centred import centring, mass_centre, prepared

LENET = parse("INPUT(1,32,32) -> FC(10)")


def square(top, left, side):
    ink = np.zeros((28, 28), np.uint8)
    ink[top : top + side, left : left + side] = 255
    return ink


def test_a_square_of_ten_in_a_corner_becomes_one_of_twenty_in_the_middle():
    ink = square(0, 0, 10)
    seen, _ = prepared(ink, LENET)
    found = centring(ink, seen)
    assert (found.first, found.last, found.mass) == ((0, 0), (9, 9), (4.5, 4.5))
    assert (found.box, found.side) == ((10, 10), 20)
    rows, columns = np.nonzero(seen[0])
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (6, 25, 6, 25)
    assert found.seen == (15.5, 15.5)
    assert found.lines == (
        "ink 10×10, ×2.000:",
        "longer side 20",
        "mass at 4.5,4.5,",
        "moved to 15.5,15.5",
    )


def test_a_canvas_that_is_nearly_full_stays_bright_on_black():
    seen, _ = prepared(square(0, 0, 27), LENET)
    assert seen[0, 16, 16] == 255
    assert not seen[0, 0].any()


def test_without_ink_nothing_is_told_and_the_network_sees_black():
    seen, _ = prepared(square(0, 0, 0), LENET)
    assert not seen.any()
    assert centring(square(0, 0, 0), seen) is None
    assert mass_centre(square(0, 0, 0)) == (13.5, 13.5)


@pytest.mark.parametrize("text", ["INPUT(1,28,28) -> FC(10)", "INPUT(1,16,20) -> FC(3)"])
def test_for_any_frame_the_ink_is_as_large_as_is_told(text):
    spec = parse(text)
    ink = square(3, 8, 12)
    seen, _ = prepared(ink, spec)
    found = centring(ink, seen)
    rows = np.flatnonzero(seen[0].any(axis=1))
    assert rows[-1] + 1 - rows[0] == found.side
    assert found.size == spec.input[1:]


def test_networks_of_colours_see_the_whole_canvas_and_others_are_refused():
    seen, how = prepared(square(0, 0, 28), parse("INPUT(3,32,32) -> FC(10)"))
    assert seen.shape == (3, 32, 32)
    assert "red, green and blue" in how
    with pytest.raises(RequestError, match="1 or 3 channels"):
        prepared(square(0, 0, 28), parse("INPUT(2,8,8) -> FC(10)"))
