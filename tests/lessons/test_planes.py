import numpy as np
import pytest

from tuiconv.images.apply import filter_picture
from tuiconv.images.filters.catalog import FILTERS
from tuiconv.images.pictures import Picture
from tuiconv.lessons import planes
from tuiconv.lessons.planes import Plane, difference, mean_sums, strongest


def test_of_every_area_the_number_farthest_from_0_is_kept_with_its_sign():
    numbers = np.array([[1.0, -2.0, 0.0, 5.0], [0.0, 1.0, -6.0, 2.0]])
    assert strongest(numbers, 1, 2).tolist() == [[-2.0, -6.0]]


def test_areas_that_do_not_divide_evenly_take_every_number_once():
    numbers = np.arange(1.0, 36.0).reshape(5, 7)
    # the rows 0, 1 | 2, 3, 4 and the columns 0, 1 | 2, 3 | 4, 5, 6
    assert strongest(numbers, 2, 3).tolist() == [[9.0, 11.0, 14.0], [30.0, 32.0, 35.0]]


@pytest.mark.parametrize("band", [1, 20, 10**6])
@pytest.mark.parametrize("shape", [(9, 4), (4, 9), (10, 10), (1, 23)])
def test_a_large_plane_is_read_in_bands_and_keeps_the_strongest_of_every_square(
    monkeypatch, shape, band
):
    monkeypatch.setattr(planes, "LONGEST", 5)
    monkeypatch.setattr(planes, "BAND", band)
    numbers = np.random.default_rng(0).normal(size=shape)
    asked = []

    def rows(first, end):
        asked.append((first, end))
        return numbers[first:end]

    small = Plane(*shape, rows).numbers()
    factor = -(-max(shape) // 5)
    squares = [
        [
            max(numbers[y : y + factor, x : x + factor].flat, key=abs)
            for x in range(0, shape[1], factor)
        ]
        for y in range(0, shape[0], factor)
    ]
    np.testing.assert_array_equal(small, squares)
    assert min(first for first, _ in asked) == 0
    assert max(end for _, end in asked) == shape[0]
    assert all(end - first <= max(factor, band // shape[1]) for first, end in asked)


def test_a_part_is_what_lies_in_its_box():
    numbers = np.arange(20.0).reshape(4, 5)
    part = Plane(4, 5, lambda first, end: numbers[first:end]).part(1, 2, 3, 2)
    assert part.numbers().tolist() == [[11, 12, 13], [16, 17, 18]]


def test_the_sums_of_a_pixel_are_averaged_over_its_colours_but_not_alpha():
    pixels = np.array([[[10, 20, 60, 255], [0, 0, 90, 255]]], np.uint8)
    filtered = filter_picture(Picture(pixels, "RGBA"), (FILTERS["identity"],))
    assert mean_sums(filtered.stages[-1]).numbers().tolist() == [[30, 30]]


def test_a_difference_is_after_less_before_and_may_be_negative():
    before = Picture(np.array([[[200, 0, 9], [7, 7, 8]]], np.uint8)[:, :, :2], "LA")
    after = Picture(np.array([[[50, 255], [255, 0]]], np.uint8), "LA")
    assert difference(before, after).numbers().tolist() == [[-150, 248]]
