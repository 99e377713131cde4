from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuiconv.data.distortions import LIMITS, Distortions, neighbours, recommended
from tuiconv.data.strokes import draw_digits

SIZES = [(1, 1, 1), (1, 8, 8), (3, 32, 32), (2, 5, 9)]


@pytest.fixture
def rng():
    return np.random.default_rng(7)


def pictures(rng, *shape):
    return rng.integers(0, 256, shape).astype(np.uint8)


def dot(size=33):
    """Many pictures of a bright square in the middle."""
    images = np.zeros((200, 1, size, size), np.uint8)
    images[:, :, size // 2 - 2 : size // 2 + 3, size // 2 - 2 : size // 2 + 3] = 255
    return images


def centres(images):
    """(n, 2): the centre of mass of each picture, from its middle; y, x."""
    mass = images[:, 0].astype(float)
    places = np.arange(images.shape[2]) - (images.shape[2] - 1) / 2
    total = mass.sum(axis=(1, 2))
    return np.stack([mass.sum(axis=2) @ places / total, mass.sum(axis=1) @ places / total], 1)


def strokes(rng, count=40):
    return draw_digits(count, rng)[0]


@pytest.mark.parametrize("shape", SIZES)
def test_without_any_distortion_pictures_stay_as_they_are(rng, shape):
    images = pictures(rng, 3, *shape)
    np.testing.assert_array_equal(Distortions()(images, rng), images)


@pytest.mark.parametrize("shape", SIZES)
@pytest.mark.parametrize("count", [0, 1, 4])
def test_pictures_of_any_size_and_number_keep_both(rng, count, shape):
    everything = Distortions(2, 0.2, 20, 20, 1, 3, 0.5, 0.5)
    changed = everything(pictures(rng, count, *shape), rng)
    assert (changed.shape, changed.dtype) == ((count, *shape), np.uint8)


def test_the_same_state_of_the_generator_gives_the_same_pictures(rng):
    images = strokes(rng)
    everything = Distortions(2, 0.2, 20, 20, 1, 3, 0.5, 0.5)
    one, two, other = (everything(images, np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, two)
    assert (one != other).any()


def test_the_pictures_given_are_not_changed(rng):
    images = strokes(rng)
    before = images.copy()
    Distortions(2, 0.2, 20, 20, 1, 3, 0.5, 0.5)(images, rng)
    np.testing.assert_array_equal(images, before)


def test_shift_moves_up_to_so_many_pixels_along_both_axes(rng):
    moved = centres(Distortions(shift=3)(dot(), rng))
    assert (np.abs(moved) < 3.01).all()
    assert (moved.min(axis=0) < -2.5).all()
    assert (moved.max(axis=0) > 2.5).all()
    assert np.abs(np.corrcoef(moved.T)[0, 1]) < 0.3


def test_a_shift_alone_copies_pixels_and_blurs_none(rng):
    moved = Distortions(shift=3)(dot(), rng)
    assert set(np.unique(moved)) == set(np.unique(dot()))
    moved = Distortions(shift=3, rotate=5)(dot(), rng)
    assert set(np.unique(moved)) > set(np.unique(dot()))


def test_rescale_changes_height_and_width_each_by_itself(rng):
    bars = np.zeros((300, 1, 33, 33), np.uint8)
    bars[:, :, 6:27, 6:27] = 255  # 21 × 21
    sized = Distortions(rescale=0.2)(bars, rng)[:, 0] / 255
    height, width = sized[:, :, 16].sum(axis=1), sized[:, 16].sum(axis=1)
    for size in height, width:
        assert 21 * 0.8 - 0.6 < size.min() < 21 * 0.83
        assert 21 * 1.17 < size.max() < 21 * 1.2 + 0.6
    assert abs(np.corrcoef(height, width)[0, 1]) < 0.3


def angles(images):
    """Degrees by which the long axis of each picture leans from upright."""
    y, x = np.indices(images.shape[2:]) - (images.shape[2] - 1) / 2
    mass = images[:, 0] / 255
    xx, yy, xy = ((mass * m).sum(axis=(1, 2)) for m in (x * x, y * y, x * y))
    return np.degrees(np.arctan2(2 * xy, yy - xx) / 2)


def upright(images=200):
    bar = np.zeros((images, 1, 33, 33), np.uint8)
    bar[:, :, 6:27, 15:18] = 255
    return bar


def test_rotate_turns_to_both_sides_by_up_to_so_many_degrees(rng):
    turned = angles(Distortions(rotate=30)(upright(), rng))
    assert -30.5 < turned.min() < -27
    assert 27 < turned.max() < 30.5


def test_a_turned_bar_keeps_its_length(rng):
    bar = upright()
    y, x = np.indices((33, 33)) - 16
    spread = [
        ((images[:, 0] / 255) * (x * x + y * y)).sum(axis=(1, 2))
        for images in (bar, Distortions(rotate=90)(bar, rng))
    ]
    np.testing.assert_allclose(spread[1], spread[0], rtol=0.1)


def test_shear_leans_upright_strokes_and_leaves_level_ones(rng):
    lean = Distortions(shear=20)
    leaning = angles(lean(upright(), rng))
    assert -20.5 < leaning.min() < -18
    assert 18 < leaning.max() < 20.5
    level = upright(50).transpose(0, 1, 3, 2).copy()
    rows = lean(level, rng)[:, 0].sum(axis=2)
    assert (rows[:, [13, 19]] == 0).all()


def test_elastic_moves_pixels_by_so_many_on_average(rng):
    # a ramp of 7 greys a column: a pixel's new value says how far to the side it was taken from
    ramp = np.broadcast_to((np.arange(33) * 7).astype(np.uint8), (300, 1, 33, 33)).copy()
    bent = Distortions(elastic=1.5, smoothness=4)(ramp, rng)[:, 0, 8:25, 8:25]
    moved = (bent - (np.arange(8, 25) * 7.0)) / 7
    assert moved.mean() == pytest.approx(0, abs=0.15)
    assert moved.std() == pytest.approx(1.5, rel=0.1)


def test_a_flip_mirrors_that_share_of_the_pictures(rng):
    images = pictures(rng, 300, 1, 4, 5)
    flipped = Distortions(flip=0.3)(images, rng)
    mirrored = (flipped == images[..., ::-1]).all(axis=(1, 2, 3))
    assert ((flipped == images).all(axis=(1, 2, 3)) ^ mirrored).all()
    assert mirrored.mean() == pytest.approx(0.3, abs=0.1)


def test_neighbours_stand_at_that_share_of_each_side(rng):
    others, _ = neighbours(strokes(rng, 500), 0.4, rng)
    np.testing.assert_allclose((others >= 0).mean(axis=0), 0.4, atol=0.08)
    both = (others >= 0).all(axis=1).mean()
    assert both == pytest.approx(0.16, abs=0.06)


def test_between_a_digit_and_its_neighbour_is_a_gap_of_a_pixel_to_a_quarter(rng):
    images = strokes(rng, 200)
    others, shifts = neighbours(images, 1, rng)
    columns = (images.max(axis=(1, 2)) >= 64) @ np.eye(32, dtype=int)
    first, last = columns.argmax(axis=1), 31 - columns[:, ::-1].argmax(axis=1)
    left = first - (last[others[:, 0]] + shifts[:, 0]) - 1
    right = (first[others[:, 1]] + shifts[:, 1]) - last - 1
    for gap in left, right:
        assert (gap.min(), gap.max()) == (1, 8)


def test_a_digit_itself_stays_whole_when_neighbours_come(rng):
    images = strokes(rng, 100)
    accompanied = Distortions(sides=1)(images, rng)
    assert (accompanied >= images).all()
    middle = accompanied[..., 14:18] == images[..., 14:18]
    assert middle.mean() > 0.9
    assert (accompanied[..., [0, -1]] > 0).any()


def test_an_empty_picture_has_no_neighbour_and_is_none(rng):
    images = strokes(rng, 60)
    images[::2] = 0
    others, _ = neighbours(images, 1, rng)
    assert (others[::2] == -1).all()
    assert set(others.ravel()) <= {-1, *range(1, 60, 2)}


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 9999), value=st.integers(0, 255))
def test_a_picture_of_one_grey_stays_so(seed, value):
    rng = np.random.default_rng(seed)
    plain = np.full((3, 3, 9, 7), value, np.uint8)
    changed = Distortions(5, 0.5, 90, 40, 3, 2, 0.5, 0.5)(plain, rng)
    np.testing.assert_array_equal(changed, plain)


def test_the_recommended_distortions_leave_a_digit_in_its_picture(rng):
    images = strokes(rng, 200)
    changed = recommended((1, 32, 32))(images, rng)
    assert (changed != images).any(axis=(1, 2, 3)).all()
    ink = changed.sum(axis=(1, 2, 3)) / images.sum(axis=(1, 2, 3))
    assert ((ink > 0.6) & (ink < 1.5)).all()


@pytest.mark.parametrize("shape", SIZES)
def test_some_are_recommended_for_pictures_of_any_size(rng, shape):
    distortions = recommended(shape)
    assert distortions.shift == pytest.approx(shape[2] * (4 if shape[0] > 1 else 2) / 32)
    assert (distortions.flip > 0) == (shape[0] > 1)
    assert (distortions.elastic > 0) == (shape[0] == 1)


def test_every_setting_has_limits():
    assert [field.name for field in fields(Distortions)] == list(LIMITS)


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"shift": -1}, "shift is -1; expected 0 to 1000, pixels"),
        ({"shift": float("nan")}, "shift is nan"),
        ({"elastic": float("inf")}, "elastic is inf"),
        ({"rescale": 1.0}, "rescale is 1.0; expected 0 to 0.9, as a share"),
        ({"rotate": 181}, "rotate is 181; expected 0 to 180, degrees"),
        ({"shear": 90}, "shear is 90; expected 0 to 80, degrees"),
        ({"smoothness": 0.5}, "smoothness is 0.5; expected 1 to 1000, pixels"),
        ({"sides": 1.5}, "sides is 1.5; expected 0 to 1, as a share"),
        ({"flip": True}, "flip is True; expected 0 to 1"),
        ({"shift": "2"}, "shift is '2'"),
    ],
)
def test_a_setting_outside_its_limits_is_quoted(setting, message):
    with pytest.raises(ValueError, match=message):
        Distortions(**setting)
