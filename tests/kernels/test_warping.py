import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuiconv_kernels import beside, elastic_field, plain, warp
from tuiconv_kernels.warping import lattice

STILL = np.array([[1.0, 0, 0], [0, 1, 0]])
QUARTER_TURN = np.array([[0.0, 1, 0], [-1, 0, 0]])


def pictures(rng, *shape):
    return rng.integers(0, 256, shape).astype(np.uint8)


def by(down, right):
    """The map that takes each pixel from so far below and to the right."""
    return STILL + np.array([[0, 0, down], [0, 0, right]])


def move(image, affine, field=None):
    """One grey picture, given by rows."""
    batch = np.array([[image]], np.uint8)
    return warp(batch, np.array([affine]), None if field is None else field[None])[0, 0]


def test_a_quarter_of_a_pixel_mixes_each_with_its_right_neighbour():
    # x' = x + 0.25: 0.75 · left + 0.25 · right; the last has no neighbour but itself.
    # 0.75·0 + 0.25·100 = 25;  0.75·100 + 0.25·200 = 125;  200
    right = by(0, 0.25)
    np.testing.assert_array_equal(move([[0, 100, 200]], right), [[25, 125, 200]])


def test_half_a_pixel_in_both_directions_is_the_mean_of_four():
    moved = move([[10, 20], [30, 41]], by(0.5, 0.5))
    # (10 + 20 + 30 + 41) / 4 = 25.25 -> 25; below: (30 + 41) / 2 = 35.5 -> 36
    np.testing.assert_array_equal(moved, [[25, 31], [36, 41]])


def test_a_quarter_turn_takes_rows_from_columns():
    # y' = x, x' = −y: the top left, (−1, −1), is taken from (−1, 1), the top right
    turned = move([[1, 2, 3], [4, 5, 6], [7, 8, 9]], QUARTER_TURN)
    np.testing.assert_array_equal(turned, [[3, 6, 9], [2, 5, 8], [1, 4, 7]])


def test_what_lies_outside_is_as_the_nearest_edge():
    moved = move([[1, 2], [3, 4]], by(-5, 0))
    np.testing.assert_array_equal(moved, [[1, 2], [1, 2]])


def test_a_field_moves_each_pixel_by_itself():
    field = np.zeros((2, 1, 3), np.float32)
    field[1, 0, 0] = 2  # the first pixel takes the third's value
    np.testing.assert_array_equal(move([[7, 8, 9]], STILL, field), [[9, 8, 9]])


SHAPES = [(1, 1, 1, 1), (2, 1, 1, 6), (2, 1, 6, 1), (3, 3, 5, 4), (1, 2, 7, 7), (0, 1, 4, 4)]


@pytest.mark.parametrize("bent", [False, True])
@pytest.mark.parametrize("shape", SHAPES)
def test_warp_agrees_with_its_twin_to_the_last_bit(rng, shape, bent):
    images = pictures(rng, *shape)
    affine = STILL + rng.normal(0, [0.3, 0.3, 2], (shape[0], 2, 3))
    field = rng.normal(0, 2, (shape[0], 2, *shape[2:])).astype(np.float32) if bent else None
    np.testing.assert_array_equal(warp(images, affine, field), plain.warp(images, affine, field))


@pytest.mark.parametrize(("sigma", "height", "width"), [(1, 1, 1), (2.5, 4, 7), (4, 9, 3)])
def test_elastic_field_agrees_with_its_twin(rng, close, dtype, sigma, height, width):
    noise = rng.standard_normal((2, 2, lattice(sigma, height), lattice(sigma, width)))
    noise = noise.astype(dtype)
    field = elastic_field(noise, sigma, height, width)
    close(field, plain.elastic_field(noise, sigma, height, width))


@pytest.mark.parametrize("shape", SHAPES)
def test_beside_agrees_with_its_twin(rng, shape):
    images = pictures(rng, *shape)
    others = pictures(rng, 3, *shape[1:])
    which = rng.integers(-1, 3, (shape[0], 2))
    shifts = rng.integers(-shape[3] - 1, shape[3] + 2, (shape[0], 2))
    np.testing.assert_array_equal(
        beside(images, others, which, shifts), plain.beside(images, others, which, shifts)
    )


def test_a_neighbour_shows_what_reaches_into_the_picture():
    images = np.array([[[[0, 5, 0, 0]]], [[[6, 7, 8, 9]]]], np.uint8)
    out = beside(images, images, np.array([[1], [-1]]), np.array([[2], [0]]))
    # the second picture, two columns to the right, over the first: 0, 5, then max(0, 6), max(0, 7)
    np.testing.assert_array_equal(out[:, 0, 0], [[0, 5, 6, 7], [6, 7, 8, 9]])


def test_the_brighter_of_two_pixels_is_seen():
    images = np.array([[[[9, 1]]], [[[3, 3]]]], np.uint8)
    out = beside(images[:1], images, np.array([[1]]), np.array([[0]]))
    np.testing.assert_array_equal(out[0, 0, 0], [9, 3])


def test_noise_of_variance_1_gives_a_field_of_variance_1_everywhere(rng):
    sigma, size = 3, 4
    nodes = lattice(sigma, size)
    field = elastic_field(rng.standard_normal((1000, 2, nodes, nodes)), sigma, size, size)
    np.testing.assert_allclose(field.var(axis=(0, 1)), 1, atol=0.15)


def test_neighbouring_displacements_are_alike_as_the_gaussian_says(rng):
    # Two pixels at distance d of noise blurred by a Gaussian correlate by exp(−d² / 4σ²).
    sigma, size = 2.0, 5
    nodes = lattice(sigma, size)
    field = elastic_field(rng.standard_normal((1000, 2, nodes, nodes)), sigma, size, size)
    for d in (1, 2, 4):
        found = (field[..., :, 0] * field[..., :, d]).mean()
        assert found == pytest.approx(np.exp(-(d**2) / (4 * sigma**2)), abs=0.05)


@settings(deadline=None, max_examples=30)
@given(down=st.integers(-6, 6), right=st.integers(-6, 6), seed=st.integers(0, 99))
def test_a_shift_by_whole_pixels_copies_them(down, right, seed):
    image = pictures(np.random.default_rng(seed), 5, 4)
    padded = np.pad(image, 6, mode="edge")
    expected = padded[6 + down : 11 + down, 6 + right : 10 + right]
    np.testing.assert_array_equal(move(image, by(down, right)), expected)


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 999))
def test_no_pixel_is_brighter_or_darker_than_all_it_was_made_of(seed):
    rng = np.random.default_rng(seed)
    images = rng.integers(90, 110, (2, 1, 6, 5)).astype(np.uint8)
    out = warp(images, rng.normal(0, 3, (2, 2, 3)), rng.normal(0, 9, (2, 2, 6, 5)))
    assert images.min() <= out.min() <= out.max() <= images.max()


@pytest.mark.parametrize("value", [1e300, -1e300])
def test_a_place_far_away_is_the_edge(value):
    out = move([[1, 2, 3]], by(0, value))
    assert set(out.ravel().tolist()) == {3 if value > 0 else 1}


def test_a_place_that_is_no_number_is_in_the_picture_all_the_same():
    huge = np.array([[1e308, -1e308, 0], [1e308, -1e308, 0]])  # ∞ − ∞ in the corners
    with np.errstate(all="ignore"):
        out = move(np.full((7, 7), 9), huge)
    assert (out == 9).all()


@pytest.mark.parametrize("far", [2**63 - 1, -(2**63), 7])
def test_a_neighbour_moved_out_of_the_picture_is_not_seen(rng, far):
    images = pictures(rng, 2, 1, 4, 5)
    which, shifts = np.array([[1], [0]]), np.full((2, 1), far)
    np.testing.assert_array_equal(beside(images, images, which, shifts), images)


def test_pictures_are_read_in_any_layout_and_not_changed(rng):
    images = pictures(rng, 2, 3, 5, 4)
    affine = np.repeat(STILL[None] * 0.875, 2, axis=0)
    expected = warp(images, affine)
    frozen = images.transpose(0, 2, 3, 1).copy().transpose(0, 3, 1, 2)
    frozen.flags.writeable = False
    before = frozen.copy()
    np.testing.assert_array_equal(warp(frozen, affine), expected)
    np.testing.assert_array_equal(warp(frozen, affine.astype(np.float32)), expected)
    np.testing.assert_array_equal(frozen, before)


ONE = np.zeros((1, 1, 2, 2), np.uint8)
NO = np.zeros((1, 1), np.int64)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: warp(ONE.astype(np.float32), STILL[None]), "images are float32 of shape"),
        (lambda: warp(ONE[0], STILL[None]), r"images are uint8 of shape \(1, 2, 2\)"),
        (lambda: warp(ONE[:, :0], STILL[None]), r"of shape \(1, 0, 2, 2\)"),
        (lambda: warp(ONE, STILL), r"affine has shape \(2, 3\); \(1, 2, 3\) is needed"),
        (lambda: warp(ONE, STILL[None].astype(int)), "affine is int64"),
        (lambda: warp(ONE, STILL[None] * np.nan), "affine has NaN"),
        (lambda: warp(ONE, STILL[None], np.zeros((1, 2, 2, 3))), r"field has shape"),
        (lambda: warp(ONE, STILL[None], np.full((1, 2, 2, 2), np.inf)), "field has NaN or inf"),
        (lambda: elastic_field(np.zeros((1, 2, 7, 7)), 0, 2, 2), "sigma is 0; a number above 0"),
        (lambda: elastic_field(np.zeros((1, 2, 7, 7)), np.nan, 2, 2), "sigma is nan"),
        (lambda: elastic_field(np.zeros((1, 2, 8, 9)), 1, 2, 2), r"\(1, 2, 8, 8\) is needed"),
        (lambda: elastic_field(np.zeros((1, 2, 7, 7)), 1, 0, 1), "size is 0"),
        (lambda: beside(ONE, ONE[:, :, :1], NO, NO), r"others has shape \(1, 1, 1, 2\)"),
        (lambda: beside(ONE, ONE, NO.astype(float), NO), "which is float64"),
        (lambda: beside(ONE, ONE, np.zeros((2, 1), int), NO), r"which is int64 of shape \(2, 1\)"),
        (lambda: beside(ONE, ONE, NO + 1, NO), "which has 1; −1 to 0"),
        (lambda: beside(ONE, ONE, NO, np.zeros((1, 2), int)), "shifts has shape"),
    ],
)
def test_a_wrong_argument_is_quoted(call, message):
    with pytest.raises(ValueError, match=message):
        call()
