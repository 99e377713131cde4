from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tuiconv.errors import RequestError
from tuiconv.images.apply import (
    Settings,
    apply_filter,
    filter_frames,
    filter_picture,
    filter_rows,
)
from tuiconv.images.filters.catalog import FILTERS
from tuiconv.images.filters.filter import LearnedFilter, NamedFilter
from tuiconv.images.filters.recipes import parse_filters
from tuiconv.images.pictures import Picture

STAR = np.array([[0, 0, 0], [0, 9, 0], [0, 0, 0]], dtype=np.uint8)


def statistics(pixels, name):
    named = FILTERS[name] if isinstance(name, str) else name
    mode = {2: "L", 3: "RGB" if pixels.shape[-1] == 3 else "RGBA"}[pixels.ndim]
    return filter_picture(Picture(pixels, mode), (named,)).statistics


def test_a_single_star_prints_the_kernel_turned_round():
    # out[y, x] = kernel[2 - y, 2 - x] · 9, so a lopsided kernel comes out upside down
    kernel = NamedFilter("lopsided", np.array([[1.0, 2, 3], [4, 5, 6], [7, 8, 9]]), "")
    assert apply_filter(STAR, kernel, edge="zero").tolist() == [
        [9 * 9, 8 * 9, 7 * 9],
        [6 * 9, 5 * 9, 4 * 9],
        [3 * 9, 2 * 9, 1 * 9],
    ]


def test_a_box_blur_rounds_halves_to_even():
    # 9 / 9 = 1 everywhere with a border of black
    assert apply_filter(STAR, "box-blur", edge="zero").tolist() == [[1] * 3] * 3
    half = NamedFilter("half", np.array([[0.5]]), "")
    pixels = np.array([[1, 3, 5, 7]], dtype=np.uint8)  # 0.5, 1.5, 2.5, 3.5
    assert apply_filter(pixels, half).tolist() == [[0, 2, 2, 4]]


def test_a_half_is_a_half_in_whatever_order_it_was_added_up():
    # 0.1 + 0.1 + 0.1 + 0.1 + 0.1 + … is 0.9999999999999999 in float64, and half of it no half
    tenths = NamedFilter("tenths", np.full((1, 5), 0.1), "")
    pixels = np.array([[1, 1, 1, 1, 1, 1, 1]], dtype=np.uint8)
    assert apply_filter(pixels, tenths).tolist() == [[0] * 7]
    assert apply_filter(3 * pixels, tenths).tolist() == [[2] * 7]


@pytest.mark.parametrize(("channels", "mode"), [(2, "LA"), (4, "RGBA")])
def test_alpha_is_kept_as_it_is(channels, mode):
    pixels = np.random.default_rng(0).integers(0, 256, (6, 5, channels), dtype=np.uint8)
    result = apply_filter(Picture(pixels, mode), "edge-8").pixels
    assert np.array_equal(result[:, :, -1], pixels[:, :, -1])


def test_where_all_is_opaque_alpha_makes_no_difference():
    pixels = np.random.default_rng(0).integers(0, 256, (6, 5, 4), dtype=np.uint8)
    pixels[:, :, 3] = 255
    result = apply_filter(Picture(pixels, "RGBA"), "unsharp-5x5").pixels
    plain = apply_filter(Picture(pixels[:, :, :3].copy(), "RGB"), "unsharp-5x5").pixels
    assert np.array_equal(result[:, :, :3], plain)


def test_the_colour_of_a_transparent_pixel_is_not_seen_by_its_neighbours():
    # the white on the left cannot be seen: the mean of the grey beside it is grey itself, neither
    # lighter from the white nor darker from nothing
    row = np.array([[[255, 0], [60, 255], [60, 255]]], dtype=np.uint8)
    after = apply_filter(Picture(row, "LA"), "box-blur", edge="replicate").pixels
    assert after[0, 1:].tolist() == [[60, 255], [60, 255]]
    assert apply_filter(Picture(row, "LA"), "edge-8").pixels[0, 1:, 0].tolist() == [0, 0]


def test_a_half_transparent_neighbour_counts_half_by_hand():
    # (60 + (128·255 + 127·60)/255 ) / 2 … of a window of two: weights 1/2 and 1/2
    kernel = NamedFilter("left and here", np.array([[0.5, 0.5, 0.0]]), "")
    row = np.array([[[200, 51], [60, 255]]], dtype=np.uint8)  # 51 / 255 is a fifth
    after = apply_filter(Picture(row, "LA"), kernel, edge="zero").pixels
    # 0.5 · (0.2 · 200 + 0.8 · 60) + 0.5 · 60 = 44 + 30
    assert after[0, 1].tolist() == [74, 255]


def test_beyond_an_edge_of_zeros_lies_opaque_black():
    row = np.array([[[200, 255]]], dtype=np.uint8)
    after = apply_filter(Picture(row, "LA"), "box-blur", edge="zero").pixels
    assert after.tolist() == [[[22, 255]]]  # 200 / 9


@settings(deadline=None, max_examples=40)
@given(
    hnp.arrays(np.uint8, (5, 6, 4)),
    st.sampled_from(["identity", "box-blur", "sharpen", "unsharp-5x5", "gaussian-5x5"]),
    st.integers(0, 255),
)
def test_a_flat_picture_stays_flat_whatever_is_transparent(pixels, name, colour):
    pixels[:, :, :3] = colour
    after = apply_filter(Picture(pixels, "RGBA"), name).pixels
    assert np.array_equal(after, pixels)


def test_a_picture_stays_a_picture_with_all_that_belongs_to_it():
    before = Picture(STAR, "L", {"dpi": (72.0, 72.0)}, "a note")
    after = apply_filter(before, "gaussian-3x3")
    assert isinstance(after, Picture)
    assert (after.mode, after.info, after.note) == ("L", before.info, "a note")
    assert before.pixels is STAR
    assert after.pixels[1, 1] == 2  # 9 · 4/16 = 2.25


def test_the_identity_changes_nothing():
    pixels = np.random.default_rng(1).integers(0, 256, (11, 4, 3), dtype=np.uint8)
    assert np.array_equal(apply_filter(pixels, "identity"), pixels)


def test_what_was_clamped_is_counted():
    # 4 · 200 = 800 in the middle is too much, and its four neighbours get -200, too little
    pixels = np.zeros((5, 5), dtype=np.uint8)
    pixels[2, 2] = 200
    seen = statistics(pixels, "edge-4")
    assert (seen.minimum, seen.maximum, seen.below, seen.above) == (-200, 800, 4, 1)
    assert (seen.clipped_pixels, seen.pixels, seen.numbers, seen.mean) == (5, 25, 25, 0.0)


def test_a_pixel_is_clipped_once_however_many_colours_are():
    pixels = np.zeros((3, 3, 3), dtype=np.uint8)
    pixels[1, 1] = 200, 10, 200
    seen = statistics(pixels, "edge-8")  # 1600, 80, 1600; eight neighbours -200, -10, -200
    assert (seen.above, seen.below, seen.clipped_pixels) == (2, 24, 9)


def test_a_sum_that_rounds_into_the_range_is_not_clamped():
    faint = NamedFilter("faint", np.array([[-1 / 256]]), "")
    assert statistics(np.array([[100, 200]], dtype=np.uint8), faint).below == 1


def test_alpha_does_not_count():
    transparent = np.full((3, 3, 4), 255, dtype=np.uint8)
    transparent[1, 1, 3] = 0
    seen = statistics(transparent, "edge-8")
    assert (seen.numbers, seen.below, seen.above) == (27, 0, 0)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_floats_are_neither_rounded_nor_clamped_and_alpha_is_one(dtype):
    floats = apply_filter(STAR.astype(dtype) / 3, "edge-8", edge="zero")
    assert floats.dtype == dtype
    assert floats.tolist() == [[-3, -3, -3], [-3, 24, -3], [-3, -3, -3]]
    pixels = np.array([[[9.0, 0.0], [6.0, 1.0], [6.0, 1.0]]], dtype=dtype)
    after = apply_filter(pixels, "box-blur", edge="replicate")
    assert after[0, 1:].tolist() == [[6, 1], [6, 1]]
    assert after[0, 0, 1] == 0


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32, np.float64])
@pytest.mark.parametrize("alpha", [0, 1])
def test_what_a_filter_of_three_colours_makes_of_an_array_is_grey(dtype, alpha):
    learned = LearnedFilter("learned", tuple(np.array([[k]]) for k in (1.0, 2.0, 3.0)), "")
    most = 1 if np.dtype(dtype).kind == "f" else np.iinfo(dtype).max
    pixels = np.array([[[1, 2, 3, most], [4, 5, 6, most]]], dtype)
    grey = apply_filter(pixels[:, :, : 3 + alpha], learned)
    assert grey.dtype == dtype
    assert grey.tolist() == [[[14, most], [32, most]] if alpha else [14, 32]]  # 1 + 4 + 9


def test_an_array_may_be_read_only_and_lie_anyhow_in_memory():
    pixels = np.random.default_rng(2).integers(0, 256, (12, 14, 3), dtype=np.uint8)
    view = pixels[::-2, 3:, ::-1]
    view.flags.writeable = False
    turned = np.asfortranarray(view)
    for dtype in (np.uint8, np.float32):
        expected = apply_filter(np.ascontiguousarray(view).astype(dtype), "sharpen")
        for each in (view, turned):
            assert np.array_equal(apply_filter(each.astype(dtype, copy=False), "sharpen"), expected)


def test_padding_that_makes_too_many_pixels_is_refused_before_there_is_memory_for_them():
    picture, identity = Picture(STAR, "L"), (FILTERS["identity"],)
    for padding in ((999_999_999, 0), (0, 999_999_999), (5_000, 5_000)):
        with pytest.raises(RequestError, match=r"89,478,485; --large allows it"):
            filter_picture(picture, identity, Settings(padding=padding))
    with pytest.raises(RequestError, match=r"identity: 3×3 pixels, padded to 10,003×9,003, are"):
        filter_picture(picture, identity, Settings(padding=(4_500, 5_000)))


def test_padding_counts_for_all_frames_and_for_every_filter(monkeypatch):
    frames, twice = [Picture(STAR, "L")] * 2, [FILTERS["identity"]] * 2
    # 3 + 2 · 2 = 7 across, of which 5 come out; with the padding of the second filter 9
    monkeypatch.setattr("tuiconv.images.files.limits.MOST_PIXELS", 2 * 9 * 9 - 1)
    wide = Settings(padding=(2, 2))
    with pytest.raises(RequestError, match="5×5 pixels of 2 frames, padded to 9×9, are more"):
        filter_frames(frames, twice, wide)
    assert filter_picture(frames[0], twice, wide).picture.width == 7
    assert filter_frames(frames, twice, replace(wide, large=True))[1].picture.width == 7


def test_an_unknown_filter_or_edge_is_named():
    with pytest.raises(ValueError, match='"sharpn"'):
        apply_filter(STAR, "sharpn")
    with pytest.raises(
        ValueError, match='edge "mirror"; expected one of zero, replicate, reflect, wrap'
    ):
        apply_filter(STAR, "sharpen", "mirror")


@settings(deadline=None, max_examples=40)
@given(
    hnp.arrays(np.uint8, hnp.array_shapes(min_dims=2, max_dims=2, max_side=9)),
    st.sampled_from(["box-blur", "gaussian-3x3", "gaussian-5x5"]),
)
def test_a_blur_stays_between_the_darkest_and_the_lightest_pixel(pixels, name):
    result = apply_filter(pixels, name)
    assert pixels.min() <= result.min()
    assert result.max() <= pixels.max()


def test_the_frames_of_an_animation_share_one_scale():
    # sums 9 · 8 = 72 and 18 · 8 = 144: the largest of both is the end of the scale
    frames = [Picture(STAR, "L"), Picture(2 * STAR, "L")]
    signed = Settings(edge="zero", range="signed")
    one, two = filter_frames(frames, (FILTERS["edge-8"],), signed)
    assert (one.picture.pixels[1, 1], two.picture.pixels[1, 1]) == (128 + 64, 255)  # 127 / 2 = 63.5
    assert one.scale == two.scale
    assert filter_picture(frames[0], (FILTERS["edge-8"],), signed).picture.pixels[1, 1] == 255


def test_a_kernel_larger_than_the_picture_is_refused_before_anything_is_filtered(monkeypatch):
    monkeypatch.delattr("tuiconv.images.apply.stored")
    picture = Picture(np.zeros((5, 4), np.uint8), "L")
    with pytest.raises(RequestError, match="5×5 pixels, is larger than the picture, 4×5; --edge"):
        filter_picture(picture, (FILTERS["gaussian-5x5"],), Settings(may_exceed=False))


def test_some_rows_alone_are_those_of_the_whole_picture():
    pixels = np.random.default_rng(8).integers(0, 256, (30, 20, 4), np.uint8)
    picture, filters = Picture(pixels, "RGBA"), parse_filters("gaussian(2) | sobel-x")
    for how in (Settings(), Settings(edge="wrap", range="abs")):
        whole = filter_picture(picture, filters, how)
        rows = filter_rows(picture, filters, how, 4, 9)
        assert np.array_equal(rows.picture.pixels[4:9], whole.picture.pixels[4:9])
        assert not rows.picture.pixels[:4].any()
        assert rows.statistics.pixels == 5 * 20
    with pytest.raises(ValueError, match="minmax needs all rows"):
        filter_rows(picture, filters, Settings(range="minmax"), 4, 9)
