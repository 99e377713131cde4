import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tuiconv.data.dataset import Preprocessing
from tuiconv.errors import RequestError
from tuiconv.nn.evaluation import EvaluationError
from tuiconv.nn.network import Network
from tuiconv.nn.prediction import LARGE, Seen, averaged, predict, prepare, scaled

GREY = (1, 32, 32)


def bar(height, width, ground=0, ink=255):
    """A picture with an upright bar, 10 pixels high and 2 wide, near its upper left corner."""
    picture = np.full((height, width), ground, np.uint8)
    picture[2:12, 3:5] = ink
    return picture


def ink_box(image):
    """Top, bottom, left and right of what is not black."""
    rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
    return rows[0], rows[-1] + 1, columns[0], columns[-1] + 1


def test_a_bar_is_doubled_to_twenty_pixels_and_set_around_pixel_16():
    # 10 × 2 becomes 20 × 4; the middle 16.5 − 10 = 6.5, rounded to the even 6; 16.5 − 2 = 14.5: 14
    seen = prepare(bar(40, 30), GREY)
    assert ink_box(seen.pixels[0]) == (6, 26, 14, 18)
    assert (seen.pixels[0, 6:26, 14:18] == 255).all()
    assert (seen.inverted, seen.empty) == (False, False)


def test_dark_ink_on_a_bright_ground_is_inverted():
    bright, dark = prepare(bar(40, 30), GREY), prepare(bar(40, 30, ground=255, ink=0), GREY)
    assert dark.inverted
    assert dark.pixels.tolist() == bright.pixels.tolist()


@given(st.integers(0, 255), st.integers(0, 255))
@example(215, 223)  # their greys, as sums of red, green and blue, are 7.999… apart
def test_neither_the_grounds_grey_nor_the_inks_matters(ground, ink):
    seen = prepare(bar(20, 20, ground, ink), GREY)
    if abs(ground - ink) < 8:
        assert seen.empty
        assert not seen.pixels.any()
    else:
        assert seen.inverted == (ink < ground)
        assert seen.pixels.tolist() == prepare(bar(20, 20), GREY).pixels.tolist()


def test_the_centre_of_mass_is_in_the_middle_not_that_of_the_box():
    # A triangle: most of its ink is at the left
    triangle = np.tril(np.full((16, 16), 255, np.uint8))
    seen = prepare(np.pad(triangle, 9), GREY).pixels[0].astype(float)
    places = np.arange(32) + 0.5
    assert abs(seen.sum(axis=0) @ places / seen.sum() - 16.5) <= 0.5
    assert abs(seen.sum(axis=1) @ places / seen.sum() - 16.5) <= 0.5


@pytest.mark.mnist
def test_mnists_own_digits_come_out_as_they_are_but_for_faint_edges(mnist):
    digits = mnist.train.images[:200]
    errors = [
        np.abs(prepare(digit[0, 2:30, 2:30], GREY).pixels - digit.astype(float)).mean()
        for digit in digits
    ]
    assert np.median(errors) == 0
    bare = prepare(digits[0, 0, 2:30, 2:30], (1, 28, 28))
    assert bare.pixels.tolist() == digits[0, :, 2:30, 2:30].tolist()


@pytest.mark.parametrize(
    "change",
    [
        lambda grey: grey.astype(np.uint16) * 257,
        lambda grey: grey[:, :, None],
        lambda grey: np.stack([grey] * 3, axis=2),
        lambda grey: np.stack([grey, np.full_like(grey, 255)], axis=2),
        lambda grey: np.stack([np.full_like(grey, 255)] * 3 + [grey], axis=2),  # white on nothing
    ],
)
def test_pictures_of_every_mode_are_seen_alike(change):
    seen = prepare(change(bar(40, 30)), GREY)
    assert seen.pixels.tolist() == prepare(bar(40, 30), GREY).pixels.tolist()
    assert not seen.inverted


def test_black_ink_on_nothing_is_ink_on_white_paper():
    alpha = bar(40, 30)
    seen = prepare(np.stack([np.zeros_like(alpha), alpha], axis=2), GREY)
    assert seen.inverted
    assert seen.pixels.tolist() == prepare(alpha, GREY).pixels.tolist()


def test_a_network_in_colour_sees_the_whole_picture_in_the_middle():
    # 4 × 8 becomes 16 × 32 with eight black rows above and below
    picture = np.zeros((4, 8, 3), np.uint8)
    picture[:] = (10, 20, 30)
    seen = prepare(picture, (3, 32, 32)).pixels
    assert ink_box(seen[0]) == (8, 24, 0, 32)
    assert (seen[:, 8:24] == np.array([10, 20, 30])[:, None, None]).all()


def test_a_shrunk_pixel_is_the_mean_of_those_it_covers():
    line = np.array([10.0, 20, 40, 60])
    assert scaled(line, 0.5, 1.0, 4).tolist() == [0, 15, 50, 0]
    assert scaled(line, 2.0, 0.0, 8).tolist() == [10, 10, 20, 20, 40, 40, 60, 60]
    assert scaled(line, 1.0, 0.5, 5).tolist() == [5, 15, 30, 50, 30]


def test_a_large_picture_is_averaged_down_first_to_the_same_result():
    picture = bar(20, 20)
    large = picture.repeat(4 * LARGE // 20, axis=0).repeat(4 * LARGE // 20, axis=1)
    assert averaged(large[:, :, None]).shape[0] < 2 * LARGE
    difference = prepare(large, GREY).pixels.astype(int) - prepare(picture, GREY).pixels
    assert np.abs(difference).max() <= 64  # blocks do not meet the edge of the ink exactly
    assert np.abs(difference).mean() < 2


@given(
    arrays(
        st.sampled_from([np.uint8, np.uint16]),
        st.tuples(st.integers(1, 40), st.integers(1, 40), st.integers(1, 4)),
    ),
    st.sampled_from([(1, 32, 32), (1, 28, 28), (1, 8, 12), (1, 1, 1), (3, 32, 32), (3, 5, 9)]),
)
def test_any_picture_gives_the_networks_input(pixels, shape):
    seen = prepare(pixels, shape)
    assert seen.pixels.shape == shape
    assert seen.pixels.dtype == np.uint8
    if seen.empty:
        assert not seen.pixels.any()


@pytest.fixture
def net():
    """Its three scores are the logarithms of 1, 2 and 5 for a black pixel."""
    net = Network.parse("INPUT(1,1,1) -> FC(3)")
    net.load_state_dict({"fc1.weight": np.zeros((3, 1)), "fc1.bias": np.log([1, 2, 5])})
    net.class_names, net.preprocessing = ("a", "b", "c"), Preprocessing(0.0, 1.0)
    return net


BLACK = Seen(np.zeros((1, 1, 1), np.uint8), inverted=False, empty=True)


def test_the_most_probable_classes_come_first(net):
    guesses = predict(net, BLACK, count=2)
    assert [guess.name for guess in guesses] == ["c", "b"]
    assert [guess.probability for guess in guesses] == pytest.approx([5 / 8, 2 / 8])


def test_there_are_no_more_guesses_than_classes(net):
    assert sum(guess.probability for guess in predict(net, BLACK, count=9)) == pytest.approx(1)


def test_a_network_that_reads_no_pictures_is_refused(net):
    with pytest.raises(RequestError, match="2 channels; pictures have 1 or 3"):
        predict(Network.parse("INPUT(2,1,1) -> FC(10)"), BLACK)
    with pytest.raises(RequestError, match="output is 2×2×1; expected one for each of 2"):
        predict(Network.parse("INPUT(1,2,1) -> CONV(2,1)"), BLACK)
    net.parameters[0] = np.nan
    with pytest.raises(EvaluationError, match="training diverged"):
        predict(net, BLACK)
