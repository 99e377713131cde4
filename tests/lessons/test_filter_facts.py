import numpy as np
import pytest

from tuiconv.images.filters.catalog import FILTERS
from tuiconv.images.filters.kernel_reading import custom_filter
from tuiconv.lessons.filter_facts import filter_about, told, written
from tuiconv.lessons.scene import Signed, Text


def test_a_kernel_is_written_in_as_many_digits_as_there_is_room_for():
    kernel = np.array([[np.pi / 10, 0, -0.1]])
    assert written(kernel, 80) == ("≈  0.314159         0 -0.100000",)
    assert written(kernel, 25) == ("≈  0.3142       0 -0.1000",)
    wide = np.array([[np.pi / 10, 0, -0.1] * 3])
    assert written(wide, 60) == ("≈ 1/1000 ×  314    0 -100  314    0 -100  314    0 -100",)


def test_of_a_kernel_that_is_too_wide_the_middle_row_is_written():
    kernel = np.full((3, 30), 1 / 7.5)
    kernel[1] = np.pi / 10
    lines = written(kernel, 60)
    assert lines[0].startswith("3×30, too wide to be written here; its middle row: 0.314")
    assert " ".join(lines).count("0.314") == 30
    assert max(map(len, lines)) <= 60


@pytest.mark.parametrize(
    ("weights", "fact"),
    [
        ([[1, 0, -1]], "1×3 weights, sum 0: flat areas become 0"),
        ([[0.25, 0.5, 0.25]], "1×3 weights, sum 1: flat areas stay as they are"),
        ([[1, 2, 3]], "1×3 weights, sum 6"),
    ],
)
def test_the_sum_tells_what_becomes_of_flat_areas(weights, fact):
    assert list(told("", np.array(weights))) == [fact]


def test_small_kernels_are_written_only_and_large_ones_drawn_too():
    for name, kinds in (("sobel", [Text] * 2), ("log", [Signed, Text, Text])):
        panels = filter_about(FILTERS[name], 80).panels
        assert [type(panel) for panel in panels] == kinds
    scene = filter_about(custom_filter([[1, 2, 1]], divide=4), 80)
    assert scene.title == "kernel: A 1×3 kernel of your own."
    assert scene.panels[-1].lines[0] == "Σ kernel · value / 4"
