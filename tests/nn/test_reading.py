import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuiconv.arithmetic import parse
from tuiconv.data.dataset import Preprocessing
from tuiconv.errors import RequestError
from tuiconv.nn.network import Network
from tuiconv.nn.prediction import rounded
from tuiconv.nn.reading import (
    WIDEST,
    found,
    read_line,
    reads_lines,
    strip_of,
    sweep,
    typical_height,
)
from tuiconv.nn.shipped import load_model


@pytest.fixture
def net():
    """Sees a block of ink: `a` if it is bright, `b` if it is dim, `none` if its middle is black.

    Its pixels are 0 to 1. Half of them white gives a score of 8 for `a`; dim ones give `b`.
    """
    net = Network.parse("INPUT(1,8,8) -> CONV(2,1) -> RELU -> POOL(2) -> FC(3) -> SOFTMAX")
    net.class_names, net.preprocessing = ("a", "b", "none"), Preprocessing(0.0, 1.0)
    arrays = {name: np.zeros_like(array) for name, array in net.state_dict().items()}
    arrays["conv1.weight"][:, 0, 0, 0] = 1
    arrays["conv1.bias"][1] = -0.6  # the second map has nothing but what is brighter
    middle = arrays["fc1.weight"].reshape(3, 2, 4, 4)[:, :, :, 1:3]
    middle[0, 1], middle[1, 0], middle[1, 1] = 12, 2, -8
    arrays["fc1.bias"][2] = 4
    net.load_state_dict(arrays)
    return net


def blocks(*places, height=5, width=40):
    """Bright blocks, 5 columns wide, on black; a place below 0 stands for a dim one."""
    picture = np.zeros((9, width), np.uint8)
    for place in places:
        start = abs(place)
        picture[2 : 2 + height, start : start + 5] = 255 if place > 0 else 140
    return picture


def test_blocks_are_read_from_left_to_right(net):
    line = read_line(net, blocks(4, -16, 28))
    assert line.text == "aba"
    assert all(digit.probability > 0.9 for digit in line.digits)


@pytest.mark.parametrize("factor", [1, 2, 5])
def test_a_digits_place_is_its_middle_in_pixels_of_the_picture(net, factor):
    picture = np.kron(blocks(4, 16, 28), np.ones((factor, factor), np.uint8))
    line = read_line(net, picture)
    middles = [factor * (start + 2.5) for start in (4, 16, 28)]
    assert [digit.x for digit in line.digits] == pytest.approx(middles, abs=factor)


def test_dark_ink_on_a_bright_ground_is_read_too(net):
    bright, dark = read_line(net, blocks(4, 20)), read_line(net, 255 - blocks(4, 20))
    assert (bright.inverted, dark.inverted) == (False, True)
    assert dark.digits == bright.digits
    np.testing.assert_array_equal(dark.pixels, bright.pixels)


def test_nothing_is_read_where_there_is_no_ink(net):
    line = read_line(net, np.full((20, 30), 7, np.uint8))
    assert (line.text, line.digits) == ("", ())
    assert line.pixels.shape == (1, 8, 1)


def test_the_network_answers_at_every_column_as_for_that_window_alone(net):
    rng = np.random.default_rng(3)
    strip = rng.integers(0, 256, (1, 8, 13)).astype(np.uint8)
    padded = np.pad(strip, ((0, 0), (0, 0), (4, 4)))
    alone = [
        net(net.preprocessing(padded[None, :, :, column : column + 8]))[0] for column in range(13)
    ]
    np.testing.assert_allclose(sweep(net, strip), np.transpose(alone), atol=1e-5)


def test_scores_without_a_softmax_become_probabilities():
    net = Network.parse("INPUT(1,4,4) -> CONV(2,1,stride=3) -> FC(3)", seed=1)
    net.class_names = ("a", "b", "none")
    strip = np.random.default_rng(0).integers(0, 256, (1, 4, 7)).astype(np.uint8)
    log_p = sweep(net, strip)
    assert log_p.shape == (3, 7)
    np.testing.assert_allclose(np.exp(log_p).sum(axis=0), 1, rtol=1e-5)


@pytest.mark.parametrize(
    ("columns", "digits"),
    [
        ("...", []),
        ("aaa", [(0, 3, 0)]),
        (".aaa..bb.", [(1, 4, 0), (6, 8, 1)]),
        ("aabbb", [(0, 5, 1)]),  # one digit: b has the larger sum
        (".a.", []),  # too little of it
        ("a.aa", [(2, 4, 0)]),
    ],
)
def test_columns_beside_each_other_are_one_digit_of_the_class_with_the_largest_sum(columns, digits):
    probabilities = np.array([[c == name for c in columns] for name in "ab."], float)
    assert found(probabilities) == digits


def test_where_none_is_just_below_a_half_a_digit_stands():
    there = np.array([[0.51, 0.51, 0.51, 0.51], [0, 0, 0, 0], [0.49, 0.49, 0.49, 0.49]])
    assert found(there) == [(0, 4, 0)]
    assert found(there[[1, 0, 2]] - [[0], [0.02], [-0.02]]) == []


def test_where_only_every_fourth_column_has_an_answer_a_quarter_of_the_sum_is_enough():
    there = np.array([[0.6], [0], [0.4]])
    assert found(there) == []
    assert found(there, enough=0.5) == [(0, 1, 0)]


def test_the_height_of_digits_is_the_median_of_what_stands_by_itself():
    there = np.zeros((30, 20), bool)
    there[0:10, 0:3] = there[5:17, 5:8] = there[10:24, 10:12] = True  # 10, 12 and 14 rows
    there[20:22, 15:18] = True  # a dash
    there[1, 19] = True  # a speck
    assert typical_height(there) == 12


def test_a_line_is_scaled_by_its_digits_not_by_what_rises_and_falls_between_them():
    ink = np.zeros((40, 60))
    ink[5:15, 10:16], ink[9:19, 30:36] = 255, 255  # 10 rows each, 14 together
    strip, zoom, left = strip_of(ink, 32)
    assert (zoom, left) == (2.0, 10)
    assert strip.shape == (32, 52)
    there = rounded(strip) > 128
    assert there[:, 0].sum() == there[:, -1].sum() == 20


@pytest.mark.parametrize(("height", "tall"), [(32, 20), (28, 20), (16, 10)])
def test_digits_become_as_tall_as_those_the_network_learned(height, tall):
    ink = np.zeros((60, 60))
    ink[5:45, 10:20] = ink[5:45, 30:40] = 255
    strip, zoom, _ = strip_of(ink, height)
    assert zoom == tall / 40
    assert strip.shape[0] == height
    assert ((strip > 128).any(axis=1)).sum() == tall


def test_what_is_taller_than_the_network_sees_is_cut_at_both_ends():
    ink = np.zeros((90, 30))
    ink[:, 0:2] = 255
    ink[40:50, 10:14] = ink[40:50, 20:24] = 255
    strip, _, _ = strip_of(ink, 32)
    assert strip.shape[0] == 32


def test_a_line_that_is_too_long_is_refused(net):
    picture = np.zeros((20, 3 * WIDEST), np.uint8)
    picture[5:10, ::9] = 255
    with pytest.raises(RequestError, match=r"a line 24,\d+ columns long .*; at most 8,192"):
        read_line(net, picture)


@given(st.integers(1, 40), st.integers(1, 60), st.integers(0, 2**32 - 1), st.floats(0.0, 1.0))
def test_any_picture_gives_a_strip_the_network_can_take(rows, columns, seed, share):
    rng = np.random.default_rng(seed)
    ink = np.where(rng.random((rows, columns)) < share, 255.0, 0.0)
    strip, zoom, left = strip_of(ink, 8)
    assert strip.shape[0] == 8
    assert strip.shape[1] >= 1
    assert zoom > 0
    assert 0 <= left < columns


def test_only_a_network_with_a_class_none_that_runs_on_wider_pictures_reads_lines(net):
    assert reads_lines(net)
    net.class_names = ("a", "b", "c")
    assert not reads_lines(net)
    net.class_names = ()
    assert not reads_lines(net)
    for text in ("INPUT(1,8,8) -> LOCAL(1,3) -> FC(3)", "INPUT(3,8,8) -> FC(3)"):
        assert not reads_lines(three_classes(text))


def three_classes(text):
    return Network(parse(text), class_names=("a", "b", "none"))


@pytest.mark.parametrize(
    "text",
    [
        "INPUT(1,8,8) -> CONV(4,3) -> GLOBALAVGPOOL -> FC(3)",  # one answer for all places
        "INPUT(1,8,8) -> CONV(4,3) -> GLOBALAVGPOOL -> FLATTEN -> FC(3)",
        "INPUT(1,8,8) -> CONVT(2,2,stride=2) -> FC(3)",  # two answers a column
        "INPUT(1,8,8) -> POOL(2) -> CONVT(2,3,stride=3) -> FC(3)",  # three for every two columns
        "INPUT(1,8,8) -> UNSHUFFLE(2) -> SHUFFLE(2) -> FC(3)",  # takes even widths only
        "INPUT(1,8,8) -> CONV(3,3)",  # a map for one place
        "INPUT(1,8,8) -> CONV(4,1,stride=100000000) -> FC(3)",  # hardly ever an answer
    ],
)
def test_a_network_without_an_answer_for_every_place_reads_no_lines(text):
    assert not reads_lines(three_classes(text))


@pytest.mark.parametrize(
    "text",
    [
        "INPUT(1,8,8) -> CONV(4,3,pad=1) -> POOL(2) -> CONV(3,3,pad=1,stride=3) -> FC(3)",
        "INPUT(1,8,8) -> POOL(3,stride=2,round=up) -> CONV(3,4) -> SOFTMAX",
        "INPUT(1,8,8) -> UNSHUFFLE(2) -> CONV(4,2) -> FC(3)",
    ],
)
def test_a_network_that_reads_lines_answers_for_every_column(text):
    net = three_classes(text)
    assert reads_lines(net)
    for columns in (1, 13):
        strip = np.full((1, 8, columns), 9, np.uint8)
        assert sweep(net, strip).shape == (3, columns)


@pytest.mark.mnist
def test_the_network_that_comes_with_the_program_reads_lines_of_mnists_digits(mnist):
    net = load_model("lenet5")
    rng = np.random.default_rng(1)
    digits, labels = mnist.train.images[-10_000:, 0], mnist.train.labels[-10_000:]
    right = 0
    for _ in range(40):
        which = rng.integers(0, 10_000, 5)
        parts = [trimmed(digits[k], gap=int(rng.integers(3, 13))) for k in which]
        right += read_line(net, np.concatenate(parts, axis=1)).text == "".join(
            str(label) for label in labels[which]
        )
    assert right >= 36


def trimmed(digit, gap):
    """A digit with so many empty columns behind its ink."""
    ink = np.flatnonzero(digit.max(axis=0) >= 64)
    return np.pad(digit[:, ink[0] : ink[-1] + 1], ((0, 0), (0, gap)))


@pytest.mark.mnist
def test_the_network_that_comes_with_the_program_knows_mnists_digits(mnist):
    net = load_model("lenet5")
    assert net.class_names == (*"0123456789", "none")
    held_out = slice(-5000, None)  # kept out of its training
    read_as = net(net.preprocessing(mnist.train.images[held_out])).argmax(axis=1)
    assert (read_as == mnist.train.labels[held_out]).mean() >= 0.985
