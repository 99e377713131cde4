import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tuiconv.data.dataset import Dataset, Preprocessing, Splits
from tuiconv.data.reduce import area_average, covered, draw, in_turns, reduced
from tuiconv.errors import RequestError

SEEN = Preprocessing(0.25, 0.5)


def numbered(labels, name="letters", side=4):
    """Images of which every pixel is the image's number, of classes a, b and c."""
    images = np.arange(len(labels), dtype=np.uint8)[:, None, None, None]
    images = np.broadcast_to(images, (len(labels), 1, side, side))
    return Dataset(name, images, np.array(labels), ("a", "b", "c"), SEEN)


def numbers(dataset):
    return dataset.images[:, 0, 0, 0].tolist()


@pytest.fixture
def letters():
    return Splits(
        numbered([0] * 6 + [1] * 4 + [2] * 2, "training letters"),
        numbered([2, 1, 0] * 3, "test letters"),
    )


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_classes_take_turns_in_the_order_given():
    labels = np.array([0, 0, 0, 1, 1, 2])
    order = np.array([2, 0, 1, 4, 3, 5])
    # first turns: image 2 of class 0, image 4 of class 1, image 5 of class 2; then 0 and 3
    assert in_turns(labels, order, 3).tolist() == [2, 4, 5]
    assert in_turns(labels, order, 4).tolist() == [0, 2, 4, 5]
    assert in_turns(labels, order, 5).tolist() == [0, 2, 3, 4, 5]


def test_so_many_are_drawn_of_every_class(letters, rng):
    train, test = reduced(letters, rng, train=6, test=3)
    assert np.bincount(train.labels).tolist() == [2, 2, 2]
    assert np.bincount(test.labels).tolist() == [1, 1, 1]


def test_where_a_class_has_too_few_the_others_make_up_for_it(letters, rng):
    assert np.bincount(reduced(letters, rng, train=9).train.labels).tolist() == [4, 3, 2]
    assert np.bincount(reduced(letters, rng, train=11).train.labels).tolist() == [5, 4, 2]


@given(
    labels=st.lists(st.integers(0, 2), min_size=1, max_size=30),
    share=st.floats(0, 1),
    seed=st.integers(0, 99),
)
def test_what_is_drawn_is_in_the_data_set_once_with_its_label_in_its_order(labels, share, seed):
    whole, count = numbered(labels), 1 + round(share * (len(labels) - 1))
    part = draw(whole, count, np.random.default_rng(seed), "train")
    places = numbers(part)
    assert len(part) == count
    assert places == sorted(set(places))
    assert part.labels.tolist() == [labels[place] for place in places]
    # no class gets two more than one that has some left
    left = np.bincount(labels, minlength=3) - np.bincount(part.labels, minlength=3)
    of_class = np.bincount(part.labels, minlength=3)
    assert all(of_class[k] >= of_class.max() - 1 for k in range(3) if left[k])


def test_the_seed_says_which_are_drawn(letters):
    def drawn(seed):
        return numbers(reduced(letters, np.random.default_rng(seed), train=5).train)

    assert drawn(1) == drawn(1)
    assert len({tuple(drawn(seed)) for seed in range(20)}) > 1


def test_the_last_of_every_class_are_held_out_and_the_test_part_is_left_alone(letters, rng):
    train, test = reduced(letters, rng, held_out=6)
    assert numbers(test) == [4, 5, 8, 9, 10, 11]
    assert numbers(train) == [0, 1, 2, 3, 6, 7]
    assert (train.name, test.name) == ("training letters", "training letters, held out")


def test_images_are_drawn_from_what_is_not_held_out(letters, rng):
    train, test = reduced(letters, rng, held_out=6, train=5, test=3)
    assert len(train) == 5
    assert set(numbers(train)) <= {0, 1, 2, 3, 6, 7}
    assert len(test) == 3
    assert set(numbers(test)) <= {4, 5, 8, 9, 10, 11}


def test_names_classes_and_preprocessing_stay(letters, rng):
    for part, before in zip(reduced(letters, rng, train=3, test=3, size=2), letters, strict=True):
        assert part.name == before.name
        assert part.class_names == before.class_names
        assert part.preprocessing == SEEN


def test_half_the_size_is_the_mean_of_two_by_two_pixels():
    image = np.array([[0, 4, 10, 10], [8, 0, 10, 11], [1, 1, 255, 255], [1, 2, 255, 255]], np.uint8)
    small = area_average(image[None, None], (2, 2))
    # (0 + 4 + 8 + 0) / 4 = 3; 41 / 4 = 10.25; 5 / 4 = 1.25
    np.testing.assert_array_equal(small, [[[[3, 10], [1, 255]]]])
    assert small.dtype == np.uint8


def test_a_pixel_on_the_border_of_two_counts_for_each_by_its_part():
    # Three pixels in two: each covers one and a half.
    np.testing.assert_allclose(covered(3, 2), [[2 / 3, 1 / 3, 0], [0, 1 / 3, 2 / 3]])
    row = np.array([[30, 60, 120]], np.uint8)
    np.testing.assert_array_equal(area_average(row[None, None], (1, 2)), [[[[40, 100]]]])


def test_pixels_lie_in_the_middle_of_a_longer_line():
    # Two pixels from 1 to 3 on a line of 4: in two pieces of 2 each fills half, in one a quarter.
    np.testing.assert_allclose(covered(2, 2, length=4), [[0.5, 0], [0, 0.5]])
    np.testing.assert_allclose(covered(2, 1, length=4), [[0.25, 0.25]])


@given(pixels=st.integers(1, 40), share=st.floats(0, 1))
def test_every_pixel_is_used_up_and_every_mean_is_a_mean(pixels, share):
    size = 1 + round(share * (pixels - 1))
    shares = covered(pixels, size)
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    np.testing.assert_allclose(shares.sum(axis=0), size / pixels)
    assert shares.min() >= 0


@given(arrays(np.uint8, (2, 3, 6, 5)))
def test_the_mean_of_an_image_stays_and_its_own_size_changes_nothing(images):
    np.testing.assert_array_equal(area_average(images, (6, 5)), images)
    np.testing.assert_allclose(
        area_average(images, (4, 3)).mean(axis=(2, 3)), images.mean(axis=(2, 3)), atol=0.5
    )


def test_many_images_are_averaged_in_pieces_to_the_same_end(rng):
    images = rng.integers(0, 256, (1001, 1, 3, 3), np.uint8)
    small = area_average(images, (1, 1))
    np.testing.assert_array_equal(small[:, 0, 0, 0], np.rint(images.mean(axis=(1, 2, 3))))


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"train": 13}, "train is 13; expected 1 to 12: all training letters"),
        ({"train": 0}, "train is 0; expected 1 to 12: all training letters"),
        ({"test": 10}, "test is 10; expected 1 to 9: all test letters"),
        ({"held_out": 12}, "held_out is 12; expected 1 to 11: all training letters but one"),
        ({"held_out": 4, "train": 9}, "train is 9; expected 1 to 8: all training letters"),
        (
            {"held_out": 4, "test": 5},
            "test is 5; expected 1 to 4: all training letters, held out",
        ),
        ({"size": 5}, "size is 5; expected 1 to 4, as training letters have 4×4 pixels"),
        ({"size": 0}, "size is 0; expected 1 to 4, as training letters have 4×4 pixels"),
        (
            {"positions": 4, "train": 8},
            "positions is 4, train 8, test None and size None; expected a number for each",
        ),
    ],
)
def test_more_than_there_is_is_refused(letters, rng, asked, message):
    with pytest.raises(RequestError) as caught:
        reduced(letters, rng, **asked)
    assert str(caught.value) == message
