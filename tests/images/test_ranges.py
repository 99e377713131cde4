import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuiconv.images.apply import Settings, filter_frames, filter_picture
from tuiconv.images.filters.catalog import FILTERS
from tuiconv.images.filters.filter import NamedFilter
from tuiconv.images.pictures import Picture
from tuiconv.images.ranges import scale

SUMS = np.array([-100.0, -0.5, 0.0, 0.5, 1.5, 254.5, 255.5, 300.0])
MINUS = NamedFilter("minus", np.array([[-1.0]]), "")


def rounded(range_, sums, most=255):
    return scale(range_, most, min(sums), max(sums)).rounded(np.asarray(sums)).tolist()


def stored(range_, pixels, applied=MINUS, dtype=np.uint8):
    picture = Picture(np.array(pixels, dtype), "L" if dtype is np.uint8 else "I;16")
    return filter_picture(picture, [applied], Settings(range=range_)).picture.pixels.tolist()


def test_clamp_rounds_halves_to_even():
    assert rounded("clamp", SUMS) == [-100, 0, 0, 0, 2, 254, 256, 300]
    assert stored("clamp", [[0, 3, 255]]) == [[0, 0, 0]]


def test_abs_is_the_magnitude():
    assert rounded("abs", SUMS) == [100, 0, 0, 0, 2, 254, 256, 300]
    assert stored("abs", [[0, 3, 255]]) == [[0, 3, 255]]


def test_signed_has_zero_in_the_middle_and_the_largest_magnitude_at_an_end():
    # 127 / 300 for each: −42.3 + 128 and so on
    assert rounded("signed", [-100, 0, 150, 300]) == [86, 128, 192, 255]
    assert rounded("signed", [-300, -150, 0, 100]) == [1, 64, 128, 170]
    assert stored("signed", [[0, 100, 50]]) == [[128, 1, 64]]  # 64.5, to the even one


def test_minmax_stretches_what_there_is_over_all_that_a_pixel_holds():
    assert rounded("minmax", [-100, 0, 150, 300]) == [0, 64, 159, 255]  # 63.75, 159.375
    assert stored("minmax", [[10, 30, 20]]) == [[255, 0, 128]]  # 127.5, to the even one


def test_sixteen_bits_have_their_own_middle_and_end():
    assert rounded("signed", [-2, 0, 2], most=65535) == [1, 32768, 65535]
    assert rounded("minmax", [-1, 0, 3], most=65535) == [0, 16384, 65535]  # 16383.75
    assert stored("signed", [[0, 1000]], dtype=np.uint16) == [[32768, 1]]
    assert stored("minmax", [[7, 8]], dtype=np.uint16) == [[65535, 0]]


def test_a_flat_picture_becomes_the_middle():
    for dtype, middle in ((np.uint8, 128), (np.uint16, 32768)):
        assert stored("minmax", [[9, 9]], dtype=dtype) == [[middle, middle]]
        assert stored("signed", [[0, 0]], dtype=dtype) == [[middle, middle]]
    assert stored("signed", [[9, 9]]) == [[1, 1]]  # −9 is not 0


@pytest.mark.parametrize("name", [name for name in FILTERS if FILTERS[name].zero_sum])
def test_noise_of_adding_up_is_not_stretched(name):
    # 0.1 times 10 less 1 is 1.1e-16 and not 0: nobody wants to see that
    for value in (77, 200):
        for range_ in ("signed", "minmax"):
            assert set(np.ravel(stored(range_, np.full((4, 5), value), FILTERS[name]))) == {128}


def test_the_frames_of_an_animation_share_one_scale():
    frames = [Picture(np.array([[low, high]], np.uint8), "L") for low, high in ((0, 50), (0, 100))]
    for range_, wanted in (("signed", [[128, 64], [128, 1]]), ("minmax", [[255, 128], [255, 0]])):
        filtered = filter_frames(frames, [MINUS], Settings(range=range_))
        assert [each.picture.pixels[0].tolist() for each in filtered] == wanted


@given(
    st.lists(st.floats(-1e6, 1e6).map(lambda value: round(value, 3)), min_size=1),
    st.sampled_from([255, 65535]),
)
def test_signed_and_minmax_clip_nothing(sums, most):
    for range_ in ("signed", "minmax"):
        values = rounded(range_, sums, most)
        assert 0 <= min(values) <= max(values) <= most


@given(
    st.lists(st.floats(-1e3, 1e3), min_size=2).map(sorted),
    st.sampled_from(["clamp", "signed", "minmax"]),
)
def test_a_larger_sum_never_becomes_a_smaller_number(sums, range_):
    values = rounded(range_, sums)
    assert values == sorted(values)
