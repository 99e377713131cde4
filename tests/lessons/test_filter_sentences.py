from dataclasses import replace

import numpy as np
import pytest

from tuiconv.images.apply import Settings, filter_frames, filter_picture
from tuiconv.images.filters.filter import NamedFilter
from tuiconv.images.filters.recipes import parse_filters
from tuiconv.images.pictures import Picture
from tuiconv.images.stages import EDGES
from tuiconv.images.statistics import together
from tuiconv.lessons.filter_sentences import plain_text

GREY = Picture(np.array([[10, 10, 10], [10, 100, 10], [10, 10, 10]], np.uint8), "L")


def told(filters, picture=GREY, **settings):
    asked = Settings(**settings)
    return plain_text(picture, filter_picture(picture, filters, asked), filters, asked)


def test_a_filtered_picture_is_told_in_sentences():
    assert told(parse_filters("edge-4")) == [
        "The picture before has 3 by 3 pixels, mode L; its numbers go from 10 to 100, their mean is"
        " 20.",
        "Filter: edge-4. Finds edges: 4 times a pixel, less its neighbours (minus the Laplacian).",
        "How it comes about: [0 1 0]ᵀ · [−1 2 −1] + [−1 2 −1]ᵀ · [0 1 0].",
        "Kernel 3×3, sum 0:",
        "Row 1: 0, −1, 0.",
        "Row 2: −1, 4, −1.",
        "Row 3: 0, −1, 0.",
        "Stride 1 down and 1 across, padding 1 above and below, 1 left and right: 3 by 3 windows.",
        "Beyond the border of the picture stands the picture mirrored, its outermost pixels being"
        " the mirror (edge reflect).",
        # a side sees the 100 twice, straight and mirrored: 4 · 10 − 2 · 100 − 2 · 10 = −180
        "The sums go from −180 to 360, their mean is −40.",
        "Range clamp: 4 of 9 numbers below 0 became 0; 1 above 255 became 255.",
        "Clipped: 5 of 9 pixels (56%).",
        "The picture after has 3 by 3 pixels, mode L; its numbers go from 0 to 255, their mean is"
        " 28.3333.",
    ]


def test_fractions_are_told_as_whole_numbers_and_their_divisor():
    lines = told(parse_filters("gaussian-3x3"))
    assert "Row 2: 2, 4, 2." in lines
    assert lines[lines.index("Row 3: 1, 2, 1.") + 1] == "All of them are divided by 16."


def test_weights_that_are_no_fractions_are_told_with_six_digits():
    lines = told((NamedFilter("custom", [[0, -1 / np.pi, 1e-7]], "One's own."),))
    assert "Row 1: 0, −0.31831, 1e−07." in lines


def test_a_kernel_that_is_too_long_to_listen_to_is_told_by_its_limits():
    assert "Row 7: 1, 1, 1, 1, 1, 1, 1." in told(parse_filters("box-blur(7)"))
    lines = told(parse_filters("box-blur(9)"))
    assert "Its 81 weights go from 0.0123457 to 0.0123457." in lines
    assert not any(line.startswith("Row") for line in lines)


def test_of_several_frames_it_is_told_that_the_numbers_are_those_of_all():
    filters, frames = parse_filters("identity"), [GREY, GREY]
    first, second = filter_frames(frames, filters)
    both = replace(first, statistics=together([first.statistics, second.statistics]))
    lines = plain_text(GREY, both, filters, Settings())
    assert lines[-3:-1] == [
        "Clipped: 0 of 18 pixels (0%).",
        "These are the numbers of all frames; both pictures are the first of them.",
    ]


def test_filters_are_numbered_and_their_kernels_named():
    lines = told(parse_filters("sharpen | sobel"))
    assert [line[:18] for line in lines if line.startswith("Filter")] == [
        "Filter 1 of 2: sha",
        "Filter 2 of 2: sob",
    ]
    assert "Kernel x 3×3, sum 0:" in lines
    assert "Kernel y 3×3, sum 0:" in lines


@pytest.mark.parametrize("edge", EDGES)
def test_what_lies_beyond_the_border_is_told(edge):
    assert any(
        line.endswith(f"(edge {edge}).") for line in told(parse_filters("sharpen"), edge=edge)
    )


def test_stride_padding_range_and_what_is_added_are_told():
    added = NamedFilter("custom", np.ones((3, 1)), "One's own.", bias=-2.5)
    lines = told((added,), stride=(2, 1), padding=(0, 4), range="minmax")
    assert "To every sum, −2.5 is added." in lines
    assert (
        "Stride 2 down and 1 across, padding 0 above and below, 4 left and right: 11 by 1 windows."
        in lines
    )
    assert "Stored: 27.5 as 0, 117.5 as 255." in lines


def test_alpha_is_not_among_the_numbers():
    pixels = np.dstack((np.full((2, 2), 10), np.full((2, 2), 255))).astype(np.uint8)
    first, *_, last = told(parse_filters("identity"), Picture(pixels, "LA"))
    assert "its numbers go from 10 to 10" in first
    assert "its numbers go from 10 to 10" in last
