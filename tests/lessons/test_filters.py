import dataclasses

import numpy as np
import pytest

from tuiconv.errors import RequestError
from tuiconv.images.apply import Settings, filter_frames, filter_picture
from tuiconv.images.channels import as_seen
from tuiconv.images.filters.catalog import FILTERS
from tuiconv.images.filters.filter import LearnedFilter, NamedFilter
from tuiconv.images.filters.recipes import parse_filters
from tuiconv.images.pictures import MODES, Picture
from tuiconv.images.statistics import together
from tuiconv.lessons.filters import VIEWS, filter_scene
from tuiconv.lessons.scene import Pixels, Signed, Text

GREY = np.array([[10, 10, 10], [10, 100, 10], [10, 10, 10]], np.uint8)


@pytest.fixture
def bright_middle() -> Picture:
    return Picture(GREY, "L")


def scene_of(picture, text, view="both", shown=None, crop=None, **settings):
    filters = parse_filters(text)
    filtered = filter_picture(picture, filters, Settings(**settings))
    return filter_scene(picture, filtered, filters, view, shown, crop)


def test_the_edges_of_a_bright_pixel_are_as_worked_by_hand(bright_middle):
    # Beyond the border the picture is mirrored, so a corner has the 100 as all its 4 corners:
    # 8 · 10 − (4 · 100 + 4 · 10) = −360. A side has it twice: 8 · 10 − (2 · 100 + 6 · 10) = −180.
    # The middle: 8 · 100 − 8 · 10 = 720. The mean: (4 · −360 + 4 · −180 + 720) / 9 = −160.
    scene = scene_of(bright_middle, "edge-8")
    before, after, kernel, result = scene.panels
    assert scene.title == f"edge-8: {FILTERS['edge-8'].description}"
    assert isinstance(before, Pixels)
    assert before.title == "before: 3×3 L"
    assert before.pixels is bright_middle.pixels
    assert isinstance(after, Signed)
    assert after.title == "after: sums"
    assert after.values.tolist() == [[-360, -180, -360], [-180, 720, -180], [-360, -180, -360]]
    assert kernel == Text("kernel", ("-1 -1 -1", "-1  8 -1", "-1 -1 -1"))
    assert result == Text(
        "result",
        (
            "sums: −360 to 720, mean −160",
            "8 of 9 numbers below 0 became 0",
            "1 above 255 became 255",
            "clipped: 9 of 9 pixels (100%)",
        ),
    )


def test_a_blur_is_shown_as_it_is_stored(bright_middle):
    # A corner sees the 100 four times, so it becomes (4 · 100 + 5 · 10) / 9 = 50; a side sees it
    # twice and becomes 30; the middle sees it once and becomes 20.
    _, after, kernel, result = scene_of(bright_middle, "box-blur").panels
    assert isinstance(after, Pixels)
    assert after.title == "after: 3×3 L"
    np.testing.assert_array_equal(after.pixels, [[50, 30, 50], [30, 20, 30], [50, 30, 50]])
    assert kernel.lines == ("      1 1 1", "1/9 × 1 1 1", "      1 1 1")
    assert result.lines[1:] == (
        "0 of 9 numbers below 0 became 0",
        "0 above 255 became 255",
        "clipped: 0 of 9 pixels (0%)",
    )


@pytest.mark.parametrize(
    ("text", "shown", "kind"),
    [
        ("edge-4", None, Signed),
        ("edge-4", "clamp", Pixels),
        ("edge-4", "abs", Pixels),
        ("sharpen", None, Pixels),
        ("sharpen", "signed", Signed),
        ("sobel", None, Pixels),  # a length, never negative
        ("gaussian(1) | sobel-x", None, Signed),
        ("sobel-x | gaussian(1)", None, Pixels),
    ],
)
def test_sums_are_shown_signed_where_the_last_filter_turns_flat_areas_0(
    bright_middle, text, shown, kind
):
    assert type(scene_of(bright_middle, text, shown=shown).panels[1]) is kind


def test_every_colour_counts_as_a_number_and_alpha_does_not():
    pixels = np.dstack((GREY, GREY, GREY, np.full((3, 3), 255, np.uint8)))
    before, after, _, result = scene_of(Picture(pixels, "RGBA"), "edge-8").panels
    assert before.title == "before: 3×3 RGBA"
    assert after.title == "after: sums, mean of RGB"
    assert after.values[1, 1] == 720
    assert result.lines[1] == "24 of 27 numbers below 0 became 0"
    assert result.lines[3] == "clipped: 9 of 9 pixels (100%)"


def test_a_picture_of_16_bits_is_cut_at_its_own_largest_number():
    picture = Picture(GREY.astype(np.uint16) * 257, "I;16")
    lines = scene_of(picture, "edge-8").panels[3].lines
    assert lines[0].startswith("sums: −92,520 to 185,040")  # 257 times those of the grey picture
    assert lines[2] == "1 above 65,535 became 65,535"


@pytest.mark.parametrize(
    ("range_", "line"),
    [
        ("signed", "stored: −720 as 1, 0 as 128, 720 as 255"),
        ("abs", "stored without sign: 0 is black, 255 white"),
        ("minmax", "stored: −360 as 0, 720 as 255"),
    ],
)
def test_what_black_and_white_mean_is_told_of_every_other_range(bright_middle, range_, line):
    assert scene_of(bright_middle, "edge-8", shown=range_, range=range_).panels[3].lines[-1] == line


def test_of_a_flat_picture_stretched_to_its_range_the_only_sum_is_told():
    flat = Picture(np.full((2, 3), 20, np.uint8), "L")
    lines = scene_of(flat, "identity", range="minmax").panels[3].lines
    assert lines[-1] == "stored: 20 as 128, as there is only one sum"


def test_what_changes_of_size_and_mode_is_told():
    picture = Picture(np.zeros((5, 8, 3), np.uint8), "RGB")
    learned = LearnedFilter("conv1:0", (np.ones((3, 3)),) * 3, "A learned one.")
    filtered = filter_picture(picture, (learned,), Settings(stride=(2, 1), padding=(0, 0)))
    lines = filter_scene(picture, filtered, (learned,)).panels[3].lines
    assert lines[-2:] == ("size: 8×5 → 6×2", "mode: RGB → L")


def test_numbers_of_all_frames_are_called_so(bright_middle):
    filters = parse_filters("edge-8")
    frames = filter_frames([bright_middle, bright_middle], filters)
    both = together([each.statistics for each in frames])
    first = dataclasses.replace(frames[0], statistics=both)
    lines = filter_scene(bright_middle, first, filters).panels[3].lines
    assert lines[1] == "16 of 18 numbers below 0 became 0"
    assert lines[-1] == "numbers of all frames; the first is shown"
    assert "frames" not in str(filter_scene(bright_middle, frames[0], filters).panels[3].lines)


def test_of_several_filters_the_kernels_are_told_in_a_word():
    scene = scene_of(Picture(GREY, "L"), "gaussian(2) | motion-blur(3) | scharr")
    assert scene.title == "gaussian(2) | motion-blur(3, 0) | scharr"
    assert scene.panels[2] == Text(
        "kernels",
        (
            "gaussian(2): 13×13, sum 1",
            "motion-blur(3, 0): 1×3, sum 1",
            "scharr: x 3×3, sum 0; y 3×3, sum 0",
        ),
    )


def test_two_small_kernels_of_one_filter_stand_side_by_side(bright_middle):
    assert scene_of(bright_middle, "sobel").panels[2] == Text(
        "kernels",
        ("x          y", "-1  0  1   -1 -2 -1", "-2  0  2    0  0  0", "-1  0  1    1  2  1"),
    )


def test_what_is_added_to_every_sum_is_told(bright_middle):
    grey = NamedFilter("custom", np.ones((1, 7)), "One's own.", bias=16.0)
    filtered = filter_picture(bright_middle, (grey,))
    lines = filter_scene(bright_middle, filtered, (grey, grey)).panels[2].lines
    assert lines[0] == "custom: 1×7, sum 7, bias 16"


def test_a_view_of_one_thing_has_the_result_with_it(bright_middle):
    for view, panel in (("before", 0), ("after", 1)):
        only, result = scene_of(bright_middle, "sharpen", view).panels
        assert only.title.startswith(f"{view}: ")
        assert result == scene_of(bright_middle, "sharpen").panels[3]
        assert type(only) is type(scene_of(bright_middle, "sharpen").panels[panel])


def test_a_difference_is_of_what_is_stored(bright_middle):
    # edge-8 makes 0 of all but the middle, which becomes 255
    change, numbers, _ = scene_of(bright_middle, "edge-8", "difference").panels
    assert isinstance(change, Signed)
    assert change.title == "difference: after − before"
    assert change.values.tolist() == [[-10, -10, -10], [-10, 155, -10], [-10, -10, -10]]
    assert numbers.lines == (
        "after − before: −10 to 155, mean 8.33333",
        "changed: 9 of 9 pixels (100%)",
    )


def test_a_pixel_counts_as_changed_if_one_colour_has(monkeypatch):
    monkeypatch.setattr("tuiconv.lessons.filter_figures.BAND", 6)  # two bands of a row each
    pixels = np.zeros((2, 2, 3), np.uint8)
    before = Picture(pixels, "RGB")
    after = pixels.copy()
    after[1, 0, 2] = 9
    filters = parse_filters("identity")
    filtered = filter_picture(before, filters)
    filtered = dataclasses.replace(filtered, picture=Picture(after, "RGB"))
    numbers = filter_scene(before, filtered, filters, "difference").panels[1]
    assert numbers.lines == ("after − before: 0 to 9, mean 0.75", "changed: 1 of 4 pixels (25%)")


def test_why_there_is_no_difference_is_told():
    picture = Picture(np.zeros((4, 4, 3), np.uint8), "RGB")
    panel = scene_of(picture, "identity", "difference", stride=(2, 2)).panels[0]
    assert panel.title == "no difference"
    assert panel.lines == ("4×4 before, 2×2 after: only pictures of one size can be subtracted",)
    learned = LearnedFilter("conv1:0", (np.ones((3, 3)),) * 3, "A learned one.")
    filtered = filter_picture(picture, (learned,))
    (line,) = filter_scene(picture, filtered, (learned,), "difference").panels[0].lines
    assert line == "mode RGB before, L after: only equal colours can be subtracted"


def test_a_kernel_is_shown_as_numbers_and_as_a_map_with_its_formula(bright_middle):
    drawn, numbers, words = scene_of(bright_middle, "gaussian-3x3", "kernel").panels
    assert isinstance(drawn, Signed)
    assert drawn.title == "gaussian-3x3: 3×3, sum 1"
    assert drawn.values is FILTERS["gaussian-3x3"].kernel
    assert numbers.lines == ("       1 2 1", "1/16 × 2 4 2", "       1 2 1")
    assert words.lines[0] == FILTERS["gaussian-3x3"].formula


def test_every_kernel_of_every_filter_is_shown(bright_middle):
    panels = scene_of(bright_middle, "gaussian(1) | sobel", "kernel").panels
    maps = [panel.title for panel in panels if isinstance(panel, Signed)]
    assert maps == ["gaussian(1): 7×7, sum 1", "sobel: x 3×3, sum 0", "sobel: y 3×3, sum 0"]
    texts = {panel.title: panel.lines for panel in panels if isinstance(panel, Text)}
    assert texts["sobel"] == (FILTERS["sobel"].description,)


def test_a_part_is_shown_pixel_by_pixel_before_and_after():
    pixels = np.arange(48, dtype=np.uint8).reshape(6, 8)
    before, after = scene_of(Picture(pixels, "L"), "identity", crop=(5, 1, 3, 2)).panels[:2]
    for name, panel in (("before", before), ("after", after)):
        assert panel.title == f"{name} 3×2 at 5,1: L"
        assert panel.zoomed
        assert panel.pixels.tolist() == [[13, 14, 15], [21, 22, 23]]
    signed = scene_of(Picture(pixels, "L"), "sobel-x", crop=(1, 1, 2, 1)).panels[1]
    assert signed.title == "after 2×1 at 1,1: sums"
    assert signed.zoomed
    assert signed.values.tolist() == [[8, 8]]  # two from left to right, four times
    change = scene_of(Picture(pixels, "L"), "edge-4", "difference", crop=(1, 1, 2, 1)).panels[0]
    assert change.title == "difference 2×1 at 1,1: after − before"
    assert change.values.tolist() == [[-9, -10]]


def test_of_a_map_that_is_made_smaller_the_size_is_known():
    pixels = np.zeros((4, 3000), np.uint8)
    for view, place in (("both", 1), ("difference", 0)):
        panel = scene_of(Picture(pixels, "L"), "edge-4", view).panels[place]
        assert panel.size == (4, 3000)
        assert panel.values.shape == (2, 1000)
        cropped = scene_of(Picture(pixels, "L"), "edge-4", view, crop=(9, 0, 6, 4)).panels[place]
        assert cropped.size == cropped.values.shape == (4, 6)


@pytest.mark.parametrize(
    ("text", "settings", "crop", "box"),
    [
        # the middle of window i is at 2 · i: 2, 4 and 6 across, 0 and 2 down
        ("identity", {"stride": (2, 2)}, (1, 0, 3, 2), "5×3 at 2,0"),
        # without padding the first window's middle is at 1,1
        ("identity", {"padding": (0, 0)}, (0, 0, 2, 1), "2×1 at 1,1"),
        # with two more rows around, the first middles lie beyond the border
        ("identity", {"padding": (3, 3)}, (0, 0, 4, 3), "2×1 at 0,0"),
        ("identity", {"padding": (3, 3)}, (0, 0, 1, 1), "1×1 at 0,0"),
        # 4 · i + 0, and then 2 · (2 · i) for two filters
        ("identity | identity", {"stride": (2, 2)}, (1, 1, 1, 1), "1×1 at 4,4"),
    ],
)
def test_a_part_is_counted_after_and_found_before_under_the_middles_of_its_windows(
    text, settings, crop, box
):
    picture = Picture(np.zeros((9, 9), np.uint8), "L")
    before, after = scene_of(picture, text, crop=crop, **settings).panels[:2]
    x, y, width, height = crop
    assert before.title == f"before {box}: L"
    assert after.title == f"after {width}×{height} at {x},{y}: L"


@pytest.mark.parametrize(
    "crop", [(-1, 0, 1, 1), (0, -1, 1, 1), (0, 0, 0, 1), (0, 0, 1, 0), (2, 0, 2, 1), (0, 3, 1, 1)]
)
@pytest.mark.parametrize("view", VIEWS)
def test_a_part_that_is_not_in_the_picture_is_refused_with_what_is(bright_middle, crop, view):
    with pytest.raises(RequestError, match="at most 3 and") as error:
        scene_of(bright_middle, "identity", view, crop=crop)
    assert ",".join(map(str, crop)) in str(error.value)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("view", VIEWS)
def test_every_mode_has_every_view(mode, view):
    dtype, names = MODES[mode]
    shape = (3, 4, len(names)) if len(names) > 1 else (3, 4)
    pixels = np.random.default_rng(1).integers(0, np.iinfo(dtype).max, shape, dtype)
    for panel in scene_of(Picture(pixels, mode), "edge-4", view, crop=(1, 1, 2, 2)).panels:
        if isinstance(panel, Pixels):
            assert panel.pixels.shape[2:] in ((), (2,), (3,), (4,))


def test_inks_are_seen_as_the_light_they_leave():
    # no ink is white; full black is black; full cyan leaves no red; half of half is a quarter
    light = np.array([[[255, 255, 255, 255], [255, 255, 255, 0], [0, 255, 255, 255]]], np.uint8)
    assert as_seen(light, "CMYK").tolist() == [[[255, 255, 255], [0, 0, 0], [0, 255, 255]]]
    half = np.full((1, 1, 4), 128, np.uint8)
    assert as_seen(half, "CMYK").tolist() == [[[64, 64, 64]]]
