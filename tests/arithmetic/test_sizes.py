import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tuiconv.arithmetic import Window, parse


def window(kernel, stride=1, padding=0, dilation=1):
    return Window((kernel,) * 2, (stride,) * 2, (padding,) * 2, (dilation,) * 2)


@pytest.mark.parametrize(
    ("size", "sliding", "places"),
    [
        (32, window(5), 28),
        (28, window(2, stride=2), 14),
        (14, window(5), 10),
        (10, window(2, stride=2), 5),
        (5, window(5), 1),
    ],
)
def test_the_lecture_net_goes_from_32_over_28_14_10_and_5_to_1(size, sliding, places):
    assert sliding.output_size(size, 0) == places
    assert sliding.output_size(size, 1) == places


@pytest.mark.parametrize(
    ("size", "sliding", "places"),
    [
        (16, window(5, stride=2, padding=2), (16 + 2 * 2 - 5) // 2 + 1),
        (7, window(3, padding=1), 7),
        (7, window(3, stride=2), 3),
        (8, window(3, stride=2), 3),
        (9, window(3, dilation=2), 9 - 2 * (3 - 1)),
        (4, window(5), 0),
        (2, window(9, stride=3), -2),
    ],
)
def test_padding_widens_stride_divides_rounding_down_and_dilation_stretches(size, sliding, places):
    assert sliding.output_size(size, 0) == places


def test_the_two_axes_have_their_own_numbers():
    oblong = Window(kernel_size=(3, 5), stride=(1, 2), padding=(1, 0), dilation=(1, 2))
    assert oblong.output_size(10, 0) == 10 + 2 - 3 + 1
    assert oblong.output_size(10, 1) == (10 - 2 * (5 - 1) - 1) // 2 + 1


def test_the_formula_can_be_read_aloud_with_its_numbers():
    oblong = Window(kernel_size=(3, 5), stride=(1, 2), padding=(1, 0), dilation=(1, 2))
    assert oblong.formula(10, 0) == "floor((10 + 2·1 − 3) / 1) + 1 = 10"
    assert oblong.formula(10, 1) == "floor((10 + 2·0 − (2·(5 − 1) + 1)) / 2) + 1 = 1"
    assert window(5, stride=2, padding=2).formula(32, 0) == "floor((32 + 2·2 − 5) / 2) + 1 = 16"


def test_padding_may_differ_before_and_behind():
    uneven = Window((3, 3), (1, 2), padding=((1, 2), 0))
    assert (uneven.before, uneven.behind) == ((1, 0), (2, 0))
    assert uneven.output_size(32, 0) == 32 + 1 + 2 - 3 + 1
    assert uneven.formula(32, 0) == "floor((32 + 1 + 2 − 3) / 1) + 1 = 33"
    assert uneven.formula(32, 1) == "floor((32 + 2·0 − 3) / 2) + 1 = 15"
    conv = parse("INPUT(1,32,32) -> CONV(1,3,stride=(1,2),pad=((1,2),0))").layers[-1]
    assert conv.window == uneven
    assert conv.output == (1, 33, 15)


def test_where_sizes_are_rounded_up_the_formula_says_so_and_which_window_is_left_out():
    assert Window((3, 3), (2, 2), rounds_up=True).formula(112, 0) == (
        "ceil((112 + 2·0 − 3) / 2) + 1 = 56"
    )
    # windows would begin at -1, 2 and 5, but the maps end at 3 and the padding at 4
    assert Window((2, 2), (3, 3), (1, 1), rounds_up=True).formula(4, 0) == (
        "ceil((4 + 2·1 − 2) / 3) + 1 − 1 = 2 (one more window would begin behind the maps)"
    )


@pytest.mark.parametrize(
    ("size", "sliding", "left"),
    [
        (7, window(2, stride=2), 1),  # 0 1, 2 3, 4 5 and the 6 is left
        (8, window(2, stride=2), 0),
        (8, window(3, stride=5), 0),  # 0 1 2 and 5 6 7: 3 and 4 lie between
        (12, window(3, stride=5), 4),  # 0 1 2 and 5 6 7
        (8, window(3, stride=2, padding=1), 0),  # the row left over is padding
        (8, Window((3, 3), (2, 2), padding=((1, 0), 0)), 0),
        (8, Window((3, 3), (2, 2), padding=((2, 0), 0)), 1),
        (9, window(2, stride=2, dilation=3), 1),  # 0 3, 2 5, 4 7
        (1, window(1, stride=9, padding=(5, 0)), 1),  # the only place is in the padding
        (7, Window((2, 2), (2, 2), rounds_up=True), 0),
        (5, Window((1, 1), (3, 3), rounds_up=True), 1),  # 0 and 3; a third would begin at 6
    ],
)
def test_the_floor_discards_the_cells_behind_the_last_window(size, sliding, left):
    assert sliding.discarded(size, 0) == left


def test_a_layer_says_what_it_discards_along_each_axis():
    assert parse("INPUT(1,7,9) -> POOL(2,stride=(2,3))").layers[-1].discarded == (1, 1)
    assert parse("INPUT(1,7,8) -> POOL(2,stride=(2,3))").layers[-1].discarded == (1, 0)
    assert parse("INPUT(1,7,8) -> POOL(2,stride=(2,3),round=up)").layers[-1].discarded == (0, 0)
    assert parse("INPUT(1,7,8) -> GLOBALAVGPOOL").layers[-1].discarded == (0, 0)


small = st.integers(1, 5)


pads = st.integers(0, 4)


@given(st.integers(1, 40), small, small, pads, pads, small)
def test_the_size_is_the_number_of_places_one_can_count(
    size, kernel, stride, before, behind, dilation
):
    last_tap = dilation * (kernel - 1)
    places = range(-before, size + behind - last_tap, stride)
    sliding = window(kernel, stride, (before, behind), dilation)
    if len(places):
        assert sliding.output_size(size, 0) == len(places)
        touched = {start + tap for start in places for tap in range(0, last_tap + 1, dilation)}
        assert sliding.discarded(size, 0) == sum(max(touched) < cell for cell in range(size))
    else:
        assert sliding.output_size(size, 0) < 1


@given(st.integers(1, 40), small, small, pads, pads, small)
def test_rounding_up_adds_the_window_that_begins_before_the_end(
    size, kernel, stride, before, behind, dilation
):
    last_tap = dilation * (kernel - 1)
    assume(2 * max(before, behind) <= last_tap + 1)  # as pools have it
    starts = range(-before, size, stride)
    reaching = [start for start in starts if start - stride + last_tap < size + behind - 1]
    sides = ((before, behind),) * 2
    rounded = Window((kernel,) * 2, (stride,) * 2, sides, (dilation,) * 2, rounds_up=True)
    assume(rounded.output_size(size, 0) >= 1)
    assert rounded.output_size(size, 0) == len(reaching)
    assert rounded.discarded(size, 0) == max(0, size - 1 - reaching[-1] - last_tap)


@given(st.integers(1, 40), small, small, st.integers(0, 4))
def test_a_stride_more_of_input_gives_one_more_place(size, kernel, stride, padding):
    sliding = window(kernel, stride, padding)
    assume(sliding.output_size(size, 0) >= 1)
    assert sliding.output_size(size + stride, 0) == sliding.output_size(size, 0) + 1


def shapes(text):
    return [layer.output for layer in parse(text).layers[1:]]


def test_the_bell_labs_net_halves_16_to_8_to_4_by_its_stride_alone():
    net = "INPUT(1,16,16) -> [CONV(12,5,stride=2,pad=2)]*2 -> FC(30) -> FC(10)"
    assert shapes(net) == [(12, 8, 8), (12, 4, 4), (30,), (10,)]


def test_seven_by_seven_filters_on_a_colour_picture_leave_a_volume_of_26_by_26_by_20():
    net = "INPUT(3,32,32) -> CONV(20,7) -> CONV(30,5)"
    assert shapes(net) == [(20, 26, 26), (30, 22, 22)]
    assert parse(net).layers[2].weight_shape == (30, 20, 5, 5)


def test_eight_filters_on_28_by_28_leave_4608_units():
    conv, pool = shapes("INPUT(1,28,28) -> CONV(8,5) -> POOL(2)")
    assert conv == (8, 24, 24)
    assert 8 * 24 * 24 == 4608
    assert pool == (8, 12, 12)


def along(length):
    net = f"INPUT(1,1,{length}) -> [CONV(1,(1,3)) -> POOL((1,2))]*2"
    return [width for _, _, width in shapes(net)]


def test_a_row_of_ten_shrinks_to_eight_four_two_and_one():
    assert along(10) == [8, 4, 2, 1]


def test_four_more_inputs_make_four_two_two_and_one_more():
    grown = [more - before for more, before in zip(along(14), along(10), strict=True)]
    assert grown == [4, 2, 2, 1]
