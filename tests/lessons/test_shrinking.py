import numpy as np
import pytest

from tuiconv.lessons.shrinking import shrunk


def test_a_pixel_of_the_smaller_picture_is_the_mean_of_a_square():
    pixels = np.array([[10, 20, 1], [30, 40, 2], [0, 0, 3], [0, 4, 3]], np.uint8)
    assert shrunk(pixels[:, :2], 2).tolist() == [[25], [1]]
    # the last column has no square of its own: (10 + 20 + 1 + 30 + 40 + 2) / 6, and 10 / 6
    assert shrunk(pixels, 2).tolist() == [[17], [2]]


def test_what_is_left_at_the_border_counts_for_the_last_squares():
    pixels = np.array([[0, 0, 6], [0, 0, 6], [6, 6, 6]], np.uint8)
    assert shrunk(pixels, 2).tolist() == [[round(30 / 9)]]


def test_colours_count_as_far_as_they_are_opaque():
    pixels = np.zeros((2, 2, 4), np.uint16)
    pixels[0] = [[1000, 0, 9, 60_000], [2000, 0, 9, 20_000]]
    # (1000 · 60 + 2000 · 20) / 80, and the mean alpha is 80 000 / 4
    assert shrunk(pixels, 2).tolist() == [[[1250, 0, 9, 20_000]]]
    assert shrunk(pixels[1:] + np.uint16([7, 7, 7, 0]), 2).tolist() == [[[0, 0, 0, 0]]]


@pytest.mark.parametrize("shape", [(1, 9), (9, 1), (7, 5, 2), (5, 7, 3), (3, 3, 4)])
@pytest.mark.parametrize("times", [1, 2, 9])
def test_a_flat_picture_stays_flat_in_any_shape(shape, times):
    small = shrunk(np.full(shape, 200, np.uint8), times)
    assert small.dtype == np.uint8
    assert small.shape[:2] == tuple(max(size // times, 1) for size in shape[:2])
    assert (small == 200).all()
