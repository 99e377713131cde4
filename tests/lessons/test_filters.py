import numpy as np
import pytest

from tuiconv.images.pictures import Picture
from tuiconv.lessons.filters import filter_picture
from tuiconv.lessons.scene import Pixels, Text

GREY = np.array([[10, 10, 10], [10, 100, 10], [10, 10, 10]], np.uint8)


@pytest.fixture
def bright_middle() -> Picture:
    return Picture(GREY, "L")


def test_the_edges_of_a_bright_pixel_are_as_worked_by_hand(bright_middle):
    # Beyond the border the picture is mirrored, so a corner has the 100 as all its 4 corners:
    # 8 · 10 − (4 · 100 + 4 · 10) = −360. A side has it twice: 8 · 10 − (2 · 100 + 6 · 10) = −180.
    # The middle: 8 · 100 − 8 · 10 = 720.
    filtered = filter_picture(bright_middle, "edge-8")
    np.testing.assert_array_equal(filtered.after.pixels, [[0, 0, 0], [0, 255, 0], [0, 0, 0]])
    before, after, kernel, result = filtered.scene.panels
    assert filtered.scene.title.startswith("edge-8: ")
    assert isinstance(before, Pixels)
    assert before.title == "before: 3×3 L"
    assert before.pixels is bright_middle.pixels
    assert isinstance(after, Pixels)
    assert after.pixels is filtered.after.pixels
    assert kernel == Text("kernel", ("-1 -1 -1", "-1  8 -1", "-1 -1 -1"))
    assert result == Text(
        "result",
        (
            "sums: -360 to 720",
            "of 9 numbers",
            "8 below 0 became 0",
            "1 above 255 became 255",
        ),
    )


def test_a_blur_keeps_every_sum_in_range(bright_middle):
    # A corner sees the 100 four times, so it becomes (4 · 100 + 5 · 10) / 9 = 50; a side sees it
    # twice and becomes 30; the middle sees it once and becomes 20.
    filtered = filter_picture(bright_middle, "box-blur")
    np.testing.assert_array_equal(filtered.after.pixels, [[50, 30, 50], [30, 20, 30], [50, 30, 50]])
    kernel, result = filtered.scene.panels[2:]
    assert kernel.lines == ("      1 1 1", "1/9 × 1 1 1", "      1 1 1")
    assert result.lines == (
        "sums: 20 to 50",
        "of 9 numbers",
        "0 below 0 became 0",
        "0 above 255 became 255",
    )


def test_every_colour_counts_as_a_number_and_alpha_does_not():
    pixels = np.dstack((GREY, GREY, GREY, np.full((3, 3), 77, np.uint8)))
    filtered = filter_picture(Picture(pixels, "RGBA"), "edge-8")
    assert filtered.scene.panels[0].title == "before: 3×3 RGBA"
    assert filtered.scene.panels[3].lines[1:3] == ("of 27 numbers", "24 below 0 became 0")
    assert (filtered.after.pixels[:, :, 3] == 77).all()


def test_a_picture_of_16_bits_is_cut_at_its_own_largest_number():
    picture = Picture(GREY.astype(np.uint16) * 257, "I;16")
    lines = filter_picture(picture, "edge-8").scene.panels[3].lines
    assert lines[0] == "sums: -92,520 to 185,040"  # 257 times those of the grey picture
    assert lines[3] == "1 above 65,535 became 65,535"


def test_a_filter_that_does_not_exist_is_named_in_the_error(bright_middle):
    with pytest.raises(ValueError, match=r"'edge-9'.*did you mean edge-8"):
        filter_picture(bright_middle, "edge-9")
