import numpy as np
import pytest

from tuiconv.render.depth import ColorDepth, Display
from tuiconv.render.lines import line_width
from tuiconv.render.palettes import DIVERGING, GREY, SEQUENTIAL, palette_of
from tuiconv.render.scales import ends_of, heading, scale_of

PLAIN = Display(ColorDepth.NONE)


def texts(lines):
    return ["".join(segment.text for segment in line) for line in lines]


def test_a_picture_keeps_its_greys():
    assert scale_of(np.array([[3.0, 9.0]]), "pixels", (0, 255), PLAIN) == (0, 255, GREY)


@pytest.mark.parametrize(
    ("values", "most"), [([-3.0, 2.0], 3), ([-3.0, -2.0], 3), ([-3.0, 7.0], 7)]
)
def test_numbers_with_signs_have_zero_in_the_middle(values, most):
    assert scale_of(np.array(values), "activations", None, PLAIN) == (-most, most, DIVERGING)


def test_numbers_without_signs_begin_at_zero():
    assert scale_of(np.array([2.0, 7.0]), "activations", None, PLAIN) == (0, 7, SEQUENTIAL)
    assert scale_of(np.zeros(3), "activations", None, PLAIN) == (0, 1, SEQUENTIAL)


def test_limits_that_are_given_are_kept_and_widened_until_zero_is_in_the_middle():
    values = np.array([-9.0, 9.0])
    assert scale_of(values, "activations", (0.5, 2.0), PLAIN) == (0.5, 2.0, SEQUENTIAL)
    assert scale_of(values, "activations", (-2.0, 2.0), PLAIN) == (-2.0, 2.0, DIVERGING)
    assert scale_of(values, "activations", (-1.0, 4.0), PLAIN) == (-4.0, 4.0, DIVERGING)


def test_the_palette_is_that_of_the_quantity_and_of_the_family():
    display = Display(palettes="night")
    *_, palette = scale_of(np.array([-1.0, 1.0]), "gradients", None, display)
    assert palette is palette_of("gradients", True, "night")


@pytest.mark.parametrize("width", [15, 20, 24, 30, 60])
def test_the_limits_of_a_heading_are_never_cut(width):
    lines = heading(
        "conv1: 6 maps", "at 1/2", ends_of(-1.234e-5, 1.234e-5), DIVERGING, width, PLAIN
    )
    assert max(map(line_width, lines)) <= width
    words = " ".join(texts(lines)).split()
    assert {"-1.234e-05", "1.234e-05", "1/2", "conv1:"} <= set(words)
