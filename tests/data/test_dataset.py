import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tuiconv.data.dataset import DIGITS, MNIST_STATISTICS, DataError, Dataset, Preprocessing


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
