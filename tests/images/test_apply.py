import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import ndimage

from tuiconv.images.apply import apply_filter, unclamped
from tuiconv.images.filters import FILTERS, NamedFilter
from tuiconv.images.pictures import Picture

STAR = np.array([[0, 0, 0], [0, 9, 0], [0, 0, 0]], dtype=np.uint8)
SCIPY_EDGES = {"reflect": "mirror", "replicate": "nearest", "wrap": "wrap", "zero": "constant"}


def correlated(image, kernel, edge="reflect"):
    """The float64 sums by SciPy, channel by channel."""
    planes = image.reshape(*image.shape[:2], -1).astype(np.float64)
    mode = SCIPY_EDGES[edge]
    sums = [ndimage.correlate(planes[:, :, c], kernel, mode=mode) for c in range(planes.shape[2])]
    return np.stack(sums, axis=2).reshape(image.shape)


def clamped(sums, dtype):
    return np.clip(np.rint(sums), 0, np.iinfo(dtype).max).astype(dtype)


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


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("edge", SCIPY_EDGES)
def test_every_filter_agrees_with_scipy(name, dtype, edge):
    rng = np.random.default_rng(3)
    image = rng.integers(0, np.iinfo(dtype).max, (7, 9, 3), dtype=dtype, endpoint=True)
    expected = clamped(correlated(image, FILTERS[name].kernel, edge), dtype)
    result = apply_filter(image, name, edge)
    assert result.dtype == dtype
    if name == "box-blur":  # ninths are not exact, a sum may land on either side of a half
        assert np.abs(result.astype(int) - expected).max() <= 1
    else:
        assert np.array_equal(result, expected)


@pytest.mark.parametrize(("channels", "mode"), [(2, "LA"), (4, "RGBA")])
def test_alpha_is_kept_as_it_is(channels, mode):
    pixels = np.random.default_rng(0).integers(0, 256, (6, 5, channels), dtype=np.uint8)
    result = apply_filter(Picture(pixels, mode), "edge-8").pixels
    assert np.array_equal(result[:, :, -1], pixels[:, :, -1])
    colours = pixels[:, :, :-1]
    assert np.array_equal(
        result[:, :, :-1], clamped(correlated(colours, FILTERS["edge-8"].kernel), np.uint8)
    )


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
    seen = unclamped(pixels, "edge-4")
    assert (seen.low, seen.high, seen.below, seen.above) == (-200, 800, 4, 1)
    assert seen.values[2, 1] == -200


def test_a_sum_that_rounds_into_the_range_is_not_clamped():
    faint = NamedFilter("faint", np.array([[-1 / 256]]), "")
    assert unclamped(np.array([[100, 200]], dtype=np.uint8), faint).below == 1


def test_alpha_and_float_images_are_never_clamped():
    transparent = np.full((3, 3, 4), 255, dtype=np.uint8)
    transparent[1, 1, 3] = 0
    seen = unclamped(transparent, "edge-8")
    assert (seen.values.shape, seen.below, seen.above) == ((3, 3, 3), 0, 0)
    floats = unclamped(STAR.astype(np.float32) * 1000, "edge-8", edge="zero")
    assert (floats.below, floats.above) == (0, 0)
    assert floats.low == -9000


def test_an_unknown_filter_or_edge_is_named():
    with pytest.raises(ValueError, match="'sharpn'"):
        apply_filter(STAR, "sharpn")
    with pytest.raises(ValueError, match="'mirror'"):
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
