import numpy as np
import pytest

from tuiconv.lessons.home import EDGES, NEW, OLD, bars, digit, glimpses, pyramid
from tuiconv.render.depth import ColorDepth, Display
from tuiconv.render.glimpse import draw_glimpse
from tuiconv.render.lines import block_width


def test_the_pyramid_has_its_units_in_the_middle_of_those_they_see():
    # in half inputs: conv3 over inputs 0, 2, 4 is at 2; pool2 over 2 and 4 at 3; and so on
    assert list(pyramid()) == [
        list(range(0, 20, 2)),
        list(range(2, 18, 2)),
        [3, 7, 11, 15],
        [7, 11],
        [9],
    ]


def test_every_unit_of_the_pyramid_is_drawn_once_and_the_last_of_each_layer_stands_out():
    (picture,) = glimpses([], [])["dynamic"].pictures
    lit = {colour: (picture.pixels == colour).all(axis=2).sum(axis=1) for colour in (OLD, NEW)}
    assert list(lit[OLD][::2]) == [0, 1, 3, 7, 9]
    assert list(lit[NEW][::2]) == [1] * 5


def test_a_sum_of_the_convolution_is_that_of_its_window():
    _, sums = glimpses([], [])["convolution"].pictures
    middle = digit()[15:18, 15:18].astype(float)  # 24 of 30 rows are shown, from the third on
    assert sums.values[12, 12] == (middle * EDGES).sum()


def test_losses_are_told_as_soon_as_there_are_two_and_their_means_are_drawn():
    assert glimpses([0.1], [2.3])["training"].about == "a 3 to learn"
    of_two = glimpses([0.1, 0.2], [2.0, 1.0])["training"]
    assert of_two.about == "loss 1.000 after 0.2 epochs"
    heights = (of_two.pictures[0].pixels == OLD).all(axis=2).sum(axis=0)
    assert list(heights) == [10, 5]
    many = glimpses(np.arange(400) / 100, np.ones(400))["training"]
    assert many.pictures[0].pixels.shape == (10, 19, 3)
    assert glimpses([0.1, 0.2], [np.nan, np.nan])["training"].pictures


def test_bars_of_nothing_are_empty():
    assert not (bars([0, 0]).pixels == OLD).all(axis=2).any()


@pytest.mark.parametrize("depth", [ColorDepth.TRUECOLOR, ColorDepth.EIGHT_BIT, ColorDepth.NONE])
@pytest.mark.parametrize(("width", "height"), [(19, 5), (48, 13), (97, 28)])
def test_a_glimpse_of_every_lesson_fits_its_room(depth, width, height):
    for name, glimpse in glimpses([], []).items():
        lines = draw_glimpse(glimpse.pictures, width, height, Display(depth))
        assert 0 < len(lines) <= height, name
        assert 0 < block_width(lines) <= width, name
