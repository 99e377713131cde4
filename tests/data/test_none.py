from itertools import pairwise

import numpy as np
import pytest

from tuiconv.data.dataset import DIGITS, Dataset
from tuiconv.data.distortions import ink_between
from tuiconv.data.none import NOISE, between, blank, with_none
from tuiconv.data.strokes import draw_digits
from tuiconv.errors import RequestError


@pytest.fixture
def rng():
    return np.random.default_rng(7)


@pytest.fixture
def digits(rng):
    return Dataset("digits", *draw_digits(200, rng))


def bars(width, *, size=32):
    """One upright bar of so many columns, in the middle of its picture."""
    images = np.zeros((1, 1, size, size), np.uint8)
    start = (size - width) // 2
    images[:, :, 4:-4, start : start + width] = 255
    return images


def runs(image):
    """First column of each run of columns with ink, and the one after its last."""
    ink = np.concatenate(([False], image[0].max(axis=0) >= 64, [False]))
    changes = np.flatnonzero(ink[1:] != ink[:-1])
    return list(zip(changes[::2], changes[1::2], strict=True))


@pytest.mark.parametrize(("share", "count"), [(0.2, 50), (0.5, 200), (1 / 11, 20)])
def test_the_share_is_that_of_all_pictures_returned(digits, rng, share, count):
    larger = with_none(digits, share, rng)
    assert larger.class_names == (*DIGITS, "none")
    assert (larger.labels == 10).sum() == count
    assert len(larger) == 200 + count


def test_the_digits_themselves_stay_as_they_are_and_come_first(digits, rng):
    larger = with_none(digits, 0.2, rng)
    np.testing.assert_array_equal(larger.images[:200], digits.images)
    np.testing.assert_array_equal(larger.labels[:200], digits.labels)
    assert larger.preprocessing == digits.preprocessing


def test_the_same_state_of_the_generator_gives_the_same_pictures(digits):
    one, two, other = (
        with_none(digits, 0.2, np.random.default_rng(seed)).images for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(one, two)
    assert (one != other).any()


def test_a_quarter_is_blank_and_the_rest_has_digits(digits, rng):
    none = with_none(digits, 0.5, rng).images[200:]
    first, end = ink_between(none)
    assert ((first == end)[:50]).all()
    assert (first < end)[50:].mean() > 0.8


def test_every_second_blank_has_faint_speckles(digits, rng):
    images = blank(40, digits.images, rng)
    assert (images[1::2] == 0).all()
    brightest = images[::2].max(axis=(1, 2, 3))
    assert brightest.min() > 0
    assert NOISE / 2 < brightest.max() <= NOISE


def test_digits_stand_at_the_left_at_the_right_or_at_both(digits, rng):
    sums = between(300, digits.images, rng).sum(axis=(1, 2))
    left, right = sums[:, :16].any(axis=1), sums[:, 16:].any(axis=1)
    assert 0.1 < (left & ~right).mean() < 0.35
    assert 0.1 < (right & ~left).mean() < 0.35
    assert (left & right).mean() > 0.4


@pytest.mark.parametrize("width", [1, 4, 9])
def test_no_digit_stands_in_the_middle(rng, width):
    # bars are as wide as they are, so that a digit's middle is known; 5 columns of 32 are kept free
    for image in between(200, bars(width), rng):
        for first, end in runs(image):
            whole = first > 0 and end < 32
            if whole:
                assert end - first == width
                assert abs((first + end) / 2 - 16) >= 5


def test_wide_digits_may_meet_in_the_middle(rng):
    images = between(400, bars(20), rng)
    gaps = [b[0] - a[1] for a, b in (runs(image) for image in images if len(runs(image)) == 2)]
    assert min(gaps) <= 2
    assert max(gaps) >= 10
    assert any(len(runs(image)) == 1 and runs(image)[0][0] == 0 for image in images)


def test_digits_of_one_side_do_not_touch(rng):
    several = [runs(image) for image in between(300, bars(3), rng)]
    assert max(map(len, several)) == 4
    for here in several:
        assert all(b[0] - a[1] >= 1 for a, b in pairwise(here))


def test_pictures_of_other_sizes_and_in_colour_are_made_too(rng):
    for shape in (1, 28, 28), (1, 16, 16), (3, 32, 32), (1, 1, 1):
        images = np.full((5, *shape), 255, np.uint8)
        dataset = Dataset("white", images, np.zeros(5, np.int64))
        assert with_none(dataset, 0.5, rng).images.shape == (10, *shape)


@pytest.mark.parametrize("share", [0, 1, -0.1, 0.95, float("nan")])
def test_a_share_outside_its_limits_is_quoted(digits, rng, share):
    with pytest.raises(RequestError, match=f"a share of {share} for none; expected above 0"):
        with_none(digits, share, rng)


def test_a_second_class_none_is_refused(digits, rng):
    with pytest.raises(RequestError, match="digits have a class none already"):
        with_none(with_none(digits, 0.1, rng), 0.1, rng)


def test_digits_without_ink_are_refused(rng):
    empty = Dataset("empty", np.zeros((3, 1, 8, 8), np.uint8), np.zeros(3, np.int64))
    with pytest.raises(RequestError, match="no digit has any ink"):
        with_none(empty, 0.5, rng)
