import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tuiconv.data.dataset import (
    DIGITS,
    MNIST_STATISTICS,
    DataError,
    Dataset,
    Preprocessing,
    check_names,
    make_splits,
    statistics,
)


def blank(count):
    return np.zeros((count, 1, 4, 4), np.uint8)


def test_a_data_set_counts_its_images_and_classes():
    digits = Dataset("digits", blank(3), np.array([0, 9, 4]))
    assert len(digits) == 3
    assert digits.classes == 10
    assert digits.class_names == DIGITS == tuple("0123456789")


def test_it_may_be_empty():
    assert len(Dataset("nothing", blank(0), np.zeros(0, np.int64))) == 0


def test_every_image_needs_a_label():
    with pytest.raises(DataError) as caught:
        Dataset("digits", blank(3), np.array([0, 9]))
    assert str(caught.value) == ("digits: 3 images but 2 labels; expected a label for every image")
    assert caught.value.exit_status == 1


@pytest.mark.parametrize("bad", [-1, 3, 255])
def test_a_label_that_is_no_class_is_quoted(bad):
    with pytest.raises(DataError) as caught:
        Dataset("letters", blank(3), np.array([0, bad, 2]), class_names=("a", "b", "c"))
    assert str(caught.value) == f"letters: label {bad}; expected 0 to 2"


@pytest.mark.parametrize("bad", ["two\nlines", "\x1b[2J", "\x9b2J", "half \ud800"])
def test_a_class_name_that_a_terminal_would_obey_or_could_not_print_is_refused(bad):
    with pytest.raises(DataError) as caught:
        Dataset("letters", blank(2), np.array([0, 1]), class_names=("a", bad))
    assert str(caught.value).startswith(f"letters: class name {bad!a} contains ")
    assert str(caught.value).isprintable()


def test_class_names_may_be_in_any_script():
    check_names(["猫　犬", "façade", "“no”", "🐈", "a b", ""])


@pytest.mark.parametrize(
    ("mean", "std"), [(0, 0), (0, -1), (float("nan"), 1), (0, float("inf")), (0, 1e-39), (1e39, 1)]
)
def test_statistics_that_pixels_cannot_be_divided_by_are_refused(mean, std):
    with pytest.raises(ValueError, match=re.escape(f"mean {mean}, std {std}")):
        Preprocessing(mean, std)


def test_the_smallest_deviation_that_is_allowed_gives_numbers():
    seen = Preprocessing(mean=1.0, std=6e-39)(np.array([0, 255], np.uint8))
    assert np.isfinite(seen).all()


def test_pixels_are_scaled_to_one_then_centred_and_divided_by_the_deviation():
    seen = Preprocessing(mean=0.2, std=0.5)(np.array([[0, 51, 255]], np.uint8))
    np.testing.assert_allclose(seen, [[-0.2 / 0.5, 0, (1 - 0.2) / 0.5]], atol=1e-7)
    assert seen.dtype == np.float32


def test_mnists_black_and_white_become_minus_0_42_and_2_82():
    black, white = MNIST_STATISTICS(np.array([0, 255], np.uint8))
    assert black == pytest.approx(-0.4242, abs=1e-4)
    assert white == pytest.approx(2.8215, abs=1e-4)


@given(
    arrays(np.uint8, (2, 1, 3, 3)),
    st.floats(0, 1),
    st.floats(0.05, 2),
)
def test_it_is_the_formula_to_float32s_precision(images, mean, std):
    seen = Preprocessing(mean, std)(images)
    np.testing.assert_allclose(seen, (images / 255 - mean) / std, rtol=1e-5, atol=1e-5)
    assert seen.shape == images.shape
    assert seen.dtype == np.float32


def test_statistics_of_half_black_and_half_white_are_a_half():
    images = np.zeros((2, 1, 2, 2), np.uint8)
    images[1] = 255
    assert statistics(images) == Preprocessing(0.5, 0.5)


@given(arrays(np.uint8, (3, 2, 4, 5)))
def test_statistics_are_the_mean_and_deviation_of_all_pixels(images):
    images[0, 0, 0, :2] = (0, 255)
    seen = statistics(images)
    assert seen.mean == pytest.approx((images / 255).mean(), abs=1e-12)
    assert seen.std == pytest.approx((images / 255).std(), abs=1e-12)


def test_statistics_of_many_images_are_counted_in_pieces_to_the_same_end():
    images = np.random.default_rng(0).integers(0, 256, (1100, 1, 32, 32), np.uint8)
    seen = statistics(images)
    assert seen.mean == pytest.approx((images / 255).mean(), abs=1e-12)


def test_images_that_are_all_alike_are_refused():
    with pytest.raises(DataError, match="all 48 training pixels are equal"):
        statistics(blank(3))


def numbered(count):
    """Images of which every pixel is the image's number."""
    return np.arange(count, dtype=np.uint8)[:, None, None, None].repeat(4, axis=2)


def test_without_a_test_part_every_sixth_image_of_each_class_is_held_out():
    labels = np.array([0] * 6 + [1] * 13 + [0] * 6)
    train, test = make_splits("shapes", (numbered(25), labels), None, ("a", "b"))
    # class a is images 0 to 5 and 19 to 24, class b 6 to 18
    np.testing.assert_array_equal(test.images[:, 0, 0, 0], [5, 11, 17, 24])
    np.testing.assert_array_equal(test.labels, [0, 1, 1, 0])
    assert len(train) == 21
    assert not set(train.images[:, 0, 0, 0]) & {5, 11, 17, 24}


def test_both_parts_are_normalised_by_the_statistics_of_the_training_part():
    train, test = make_splits(
        "shapes", (numbered(4), np.arange(4) % 2), (numbered(9), np.zeros(9, int)), ("a", "b")
    )
    assert train.preprocessing == test.preprocessing == statistics(numbered(4))
    assert (train.name, test.name) == ("shapes: training images", "shapes: test images")


@pytest.mark.parametrize(
    ("labels", "names", "message"),
    [
        ([0] * 12, ("a",), "shapes: a single class (a); expected two or more"),
        ([], (), "shapes: no training images; expected at least one of every class"),
        ([0] * 11 + [2], ("a", "b"), "shapes: training images: label 2; expected 0 to 1"),
        (
            [0] * 7 + [1] * 5,
            ("a", "b"),
            "shapes: training images: 5 of class b; expected at least 6, to hold every sixth out"
            " for the test, or a test part of their own",
        ),
    ],
)
def test_images_that_cannot_be_learned_from_are_refused(labels, names, message):
    with pytest.raises(DataError) as caught:
        make_splits("shapes", (numbered(len(labels)), np.array(labels, int)), None, names)
    assert str(caught.value) == message
