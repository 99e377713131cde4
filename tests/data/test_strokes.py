from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from tuiconv.data import strokes
from tuiconv.data.pen_paths import PEN_PATHS
from tuiconv.data.strokes import Style, draw_digits, stroke_paths

WAYS = [(digit, variant) for digit, ways in PEN_PATHS.items() for variant in range(len(ways))]

STILL = Style(
    wobble=0,
    elastic=0,
    rotation=0,
    slant=(0, 0),
    aspect=(0, 0),
    shift=0,
    pen_radius=(1, 1),
    softness=(1, 1),
)


@pytest.fixture(scope="module")
def digits():
    return draw_digits(200, np.random.default_rng(0))


def test_the_plain_one_is_a_line_from_top_to_bottom():
    (path,) = stroke_paths(1, 0)
    np.testing.assert_allclose(path[:, 0], 0.5, rtol=1e-6)
    np.testing.assert_allclose(path[[0, 6, -1], 1], [0, 0.5, 1], atol=1e-6)
    assert (np.diff(path[:, 1]) > 0).all()


def test_a_curve_passes_through_its_control_points_and_weighs_four_of_them_between():
    # The open 4's first stroke turns at (8, 50) and ends at (95, 45). Half-way from (8, 50) to
    # (50, 52) the spline is (-a + 9b + 9c - d) / 16, and a is the mirror image 2b - c = (-34, 48).
    first, second = stroke_paths(4, 0)
    np.testing.assert_allclose(first[[6, 12, 18]], [(0.08, 0.5), (0.5, 0.52), (0.95, 0.45)])
    half_way = -np.array((-34, 48)) + 9 * np.array((8, 50)) + 9 * np.array((50, 52)) - (95, 45)
    np.testing.assert_allclose(first[9], half_way / 1600, rtol=1e-6)
    np.testing.assert_allclose(second[[0, -1]], [(0.9, 0), (0.68, 1)], atol=1e-7)


@pytest.mark.parametrize(("digit", "variant"), WAYS)
def test_every_way_of_writing_is_a_few_unbroken_strokes_about_as_high_as_the_box(digit, variant):
    paths = stroke_paths(digit, variant)
    assert len(paths) == PEN_PATHS[digit][variant][1].count("|") + 1
    points = np.concatenate(paths)
    assert points.dtype == np.float32
    assert 0.8 < np.ptp(points[:, 1]) < 1.1
    # No line is longer than a quarter of the box: the pen is never moved without being lifted.
    assert max(np.hypot(*np.diff(path, axis=0).T).max() for path in paths) < 0.25


def test_the_commonest_way_of_writing_a_digit_comes_first():
    for ways in PEN_PATHS.values():
        assert ways[0][0] == max(share for share, _ in ways)


@pytest.mark.parametrize(
    ("digit", "variant", "message"),
    [(10, 0, "digit must be 0 to 9, got 10"), (1, 3, "0 to 2 for the digit 1, got 3")],
)
def test_a_digit_or_variant_that_does_not_exist_is_quoted(digit, variant, message):
    with pytest.raises(ValueError, match=message):
        stroke_paths(digit, variant)


def test_images_are_bytes_of_32_by_32_and_labels_integers(digits):
    images, labels = digits
    assert (images.shape, images.dtype) == ((200, 1, 32, 32), np.uint8)
    assert (labels.shape, labels.dtype) == ((200,), np.int64)


def test_every_digit_is_written_in_full_ink_on_blank_paper(digits):
    images, _ = digits
    np.testing.assert_array_equal(images.max(axis=(1, 2, 3)), 255)
    share = (images > 127).mean(axis=(1, 2, 3))
    assert (share > 0.02).all()
    assert (share < 0.35).all()


def test_the_border_of_two_pixels_is_empty(digits):
    images = digits[0].copy()
    images[:, :, 2:30, 2:30] = 0
    assert not images.any()


@pytest.mark.parametrize("count", [1, 10, 97])
def test_classes_are_balanced_to_within_one(count):
    _, labels = draw_digits(count, np.random.default_rng(count))
    sizes = np.bincount(labels, minlength=10)
    assert sizes.sum() == count
    assert np.ptp(sizes) <= 1


def test_labels_come_in_random_order(digits):
    assert (np.diff(digits[1]) % 10 != 1).sum() > 100


def test_without_variation_the_ink_fills_20_pixels_and_balances_in_mid_frame():
    images, labels = draw_digits(200, np.random.default_rng(1), STILL)
    ink = images[:, 0].astype(float)
    axis = np.arange(32) + 0.5
    mass = ink.sum(axis=(1, 2))
    # Where lines overlap, ink counts once on paper but twice along the path: up to a pixel off.
    np.testing.assert_allclose((ink.sum(axis=1) @ axis) / mass, 16, atol=1)
    np.testing.assert_allclose((ink.sum(axis=2) @ axis) / mass, 16, atol=1)
    sides = np.array([max(np.ptp(np.nonzero(image), axis=1) + 1) for image in ink])
    assert sides.min() >= 19
    assert sides.max() <= 21
    assert len(np.unique(images[labels == 7], axis=0)) <= len(PEN_PATHS[7])


def test_with_variation_no_two_digits_are_alike(digits):
    assert len(np.unique(digits[0], axis=0)) == 200


def test_the_same_seed_draws_the_same_digits_in_every_thread(digits):
    with ThreadPoolExecutor(2) as pool:
        again = list(pool.map(lambda seed: draw_digits(200, np.random.default_rng(seed)), [0, 0]))
    for images, labels in again:
        np.testing.assert_array_equal(images, digits[0])
        np.testing.assert_array_equal(labels, digits[1])


@pytest.mark.parametrize("cores", [1, 3])
def test_the_number_of_cores_makes_no_difference(digits, monkeypatch, cores):
    monkeypatch.setattr(strokes, "usable_cores", lambda: cores)
    images, labels = draw_digits(200, np.random.default_rng(0))
    np.testing.assert_array_equal(images, digits[0])
    np.testing.assert_array_equal(labels, digits[1])


def test_one_generator_goes_on_to_draw_other_digits(digits):
    rng = np.random.default_rng(0)
    first, _ = draw_digits(200, rng)
    second, _ = draw_digits(200, rng)
    np.testing.assert_array_equal(first, digits[0])
    assert (second != first).any()


@pytest.mark.parametrize("count", [0, -3])
def test_a_count_below_one_is_quoted(count):
    with pytest.raises(ValueError, match=f"at least 1 digit, got {count}"):
        draw_digits(count, np.random.default_rng(0))
