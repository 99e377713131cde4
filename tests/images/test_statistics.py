import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuiconv.images.apply import Settings, filter_picture
from tuiconv.images.filters.filter import NamedFilter
from tuiconv.images.pictures import Picture
from tuiconv.images.ranges import scale
from tuiconv.images.statistics import Statistics, measured, together

CLAMP = scale("clamp", 255, 0, 0)


def of(sums, how=CLAMP):
    values = np.array(sums, np.float64)
    return measured(values, how.rounded(values), how)


def test_the_statistics_of_a_band_by_hand():
    # two pixels of three colours
    assert of([[[-7, 0, 300], [10, 260, 277]]]) == Statistics(
        minimum=-7,
        maximum=300,
        mean=140,
        below=1,
        above=3,
        clipped_pixels=2,
        pixels=2,
        numbers=6,
    )


def test_what_rounds_into_the_range_fits():
    seen = of([[[-0.5], [255.5], [255.4], [-0.6], [0.2]]])
    assert (seen.below, seen.above, seen.clipped_pixels) == (1, 1, 2)  # −0.6, and 255.5 to 256


def test_a_pixel_with_several_colours_clipped_counts_once():
    seen = of([[[-1, 256, 5], [-1, -2, -3], [0, 1, 255]]])
    assert (seen.below, seen.above, seen.clipped_pixels) == (4, 1, 2)


def test_sixteen_bits_hold_more():
    how = scale("clamp", 65535, 0, 0)
    seen = of([[[65535.4], [65535.6], [256]]], how)
    assert (seen.above, seen.clipped_pixels) == (1, 1)


def test_the_sums_are_told_as_they_were_before_the_range():
    picture = Picture(np.array([[0, 100, 200]], np.uint8), "L")
    minus = NamedFilter("minus", np.array([[-2.0]]), "")
    seen = filter_picture(picture, [minus], Settings(range="abs")).statistics
    assert (seen.minimum, seen.maximum, seen.mean) == (-400, 0, -200)
    assert (seen.below, seen.above) == (0, 1)  # of 0, 200 and 400
    signed = filter_picture(picture, [minus], Settings(range="signed")).statistics
    assert (signed.minimum, signed.below, signed.above, signed.clipped_pixels) == (-400, 0, 0, 0)


@given(st.integers(1, 4), st.integers(0, 2**32), st.lists(st.integers(1, 6), min_size=1))
def test_bands_together_are_the_whole(colours, seed, heights):
    sums = np.random.default_rng(seed).normal(128, 150, (sum(heights), 5, colours))
    bands = np.split(sums, np.cumsum(heights)[:-1])
    whole, parts = of(sums), together([of(band) for band in bands])
    assert parts.mean == pytest.approx(whole.mean)
    assert {**vars(parts), "mean": 0} == {**vars(whole), "mean": 0}
    assert whole.pixels == sum(heights) * 5
    assert whole.numbers == sums.size
    assert whole.below == (np.rint(sums) < 0).sum()
    assert whole.above == (np.rint(sums) > 255).sum()
    outside = (np.rint(sums) < 0) | (np.rint(sums) > 255)
    assert whole.clipped_pixels == outside.any(axis=2).sum()
