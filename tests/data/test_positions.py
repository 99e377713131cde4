import numpy as np
import pytest

from tuiconv.data.dataset import Dataset, Splits, statistics
from tuiconv.data.positions import fitted, in_positions
from tuiconv.data.reduce import reduced
from tuiconv.errors import RequestError


@pytest.fixture
def bars():
    """Ten images of class a with a bar upright, ten of b with one that lies."""
    images = np.zeros((20, 1, 8, 8), np.uint8)
    images[:10, 0, 1:7, 3:5] = np.arange(101, 111)[:, None, None]
    images[10:, 0, 3:5, 1:7] = np.arange(201, 211)[:, None, None]
    return Dataset("bars", images, np.arange(20) // 10, ("a", "b"))


def test_ink_is_made_as_large_as_fits_and_put_in_the_middle():
    image = np.zeros((1, 6, 6), np.uint8)
    image[0, 1:5, 2:4] = [[10, 20], [30, 40], [50, 60], [70, 80]]
    # four rows become two: a pixel is the mean of two by two, and half of each side is empty
    np.testing.assert_array_equal(fitted(image, 2, 3), [[0, 25, 0], [0, 65, 0]])
    # as it is, with a column of paper on both sides
    np.testing.assert_array_equal(fitted(image, 4, 4)[:, [0, 3]], np.zeros((4, 2)))
    np.testing.assert_array_equal(fitted(image, 4, 4)[:, 1:3], image[0, 1:5, 2:4])


def test_wide_ink_fills_the_width():
    image = np.zeros((1, 6, 6), np.uint8)
    image[0, 2, 1:5] = 100
    # four columns become two, so the one row becomes half a row: a quarter in each of two
    np.testing.assert_array_equal(fitted(image, 2, 2), [[25, 25], [25, 25]])


def test_an_image_without_ink_stays_empty():
    assert not fitted(np.zeros((1, 6, 6), np.uint8), 4, 3).any()


def test_each_digit_is_in_every_position_once(bars):
    parts = in_positions(bars, np.random.default_rng(0), 3, 8, 4, size=6)
    upright = np.concatenate([part.images[part.labels == 0, 0] for part in parts])
    assert upright.shape == (6, 6, 6)
    # 6 rows of a bar 2 wide, in the middle of 4 columns that begin at 0, 1 and 2
    begins = sorted((int(image.max()), int(image.any(axis=0).argmax())) for image in upright)
    first, second = (shade for shade, begin in begins if begin == 1)
    assert begins == [(shade, begin) for shade in (first, second) for begin in (1, 2, 3)]
    assert all((image > 0).sum() == 12 for image in upright)


def test_the_parts_have_so_many_images_of_every_class(bars):
    train, test = in_positions(bars, np.random.default_rng(0), 4, 32, 16, size=6)
    assert np.bincount(train.labels).tolist() == [16, 16]
    assert np.bincount(test.labels).tolist() == [8, 8]
    assert (train.name, test.name) == (
        "bars in 4 positions, to learn",
        "bars in 4 positions, to test",
    )
    assert train.preprocessing == test.preprocessing == statistics(train.images)


def test_the_seed_says_which_digits_and_which_images(bars):
    def drawn(seed):
        return in_positions(bars, np.random.default_rng(seed), 2, 6, 6, size=6).train.images

    np.testing.assert_array_equal(drawn(1), drawn(1))
    assert not all(np.array_equal(drawn(0), drawn(seed)) for seed in range(1, 9))


def test_they_come_from_the_training_part_without_what_is_held_out(bars):
    asked = {"positions": 1, "train": 10, "test": 4, "size": 6, "held_out": 6}
    parts = reduced(Splits(bars, bars), np.random.default_rng(0), **asked)
    # the last three of each class are held out
    shades = {int(image.max()) for part in parts for image in part.images}
    assert shades == {*range(101, 108), *range(201, 208)}


@pytest.mark.parametrize(
    ("positions", "train", "test", "size", "message"),
    [
        (
            4,
            20,
            10,
            6,
            "train is 20, test 10 and positions 4; expected numbers of at least 1, and train + test"
            " a multiple of positions",
        ),
        (
            0,
            20,
            10,
            6,
            "train is 20, test 10 and positions 0; expected numbers of at least 1, and train + test"
            " a multiple of positions",
        ),
        (
            4,
            32,
            16,
            3,
            "size is 3 and positions 4; expected size − positions + 1 = 0 to be 1 to 8, the pixels"
            " of bars",
        ),
        (
            2,
            32,
            16,
            6,
            "(train + test) / positions is 24; expected 1 to 20: all bars",
        ),
    ],
)
def test_what_does_not_work_out_is_refused(bars, positions, train, test, size, message):
    with pytest.raises(RequestError) as caught:
        in_positions(bars, np.random.default_rng(0), positions, train, test, size)
    assert str(caught.value) == message
