import itertools
from dataclasses import replace
from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tuiconv.arithmetic import ReceptiveField, SpecError, Window, parse, summarize


def fields(net):
    return {layer.name: layer.receptive_field for layer in net}


def test_a_pixel_sees_itself():
    assert fields(parse("INPUT(1,9,9)"))["input"] == ReceptiveField((1, 1), (1, 1), (0, 0))


def test_by_hand_through_a_padded_convolution_and_a_pool():
    seen = fields(parse("INPUT(1,12,12) -> CONV(1,3,pad=1) -> POOL(2) -> CONV(1,3,dilation=2)"))
    assert seen["conv1"] == ReceptiveField((3, 3), (1, 1), (-1, -1))
    assert seen["pool1"] == ReceptiveField((3 + 1 * 1,) * 2, (2, 2), (-1, -1))
    # Three taps, two units apart, each unit two pixels from the next: 2·2·2 pixels more.
    assert seen["conv2"] == ReceptiveField((4 + 2 * 2 * 2,) * 2, (2, 2), (-1, -1))


def test_lenet_sees_16_pixels_after_its_second_pooling_and_the_whole_digit_from_then_on():
    seen = fields(summarize("lenet5"))
    assert seen["conv1"].size == (5, 5)
    assert seen["pool1"] == ReceptiveField((6, 6), (2, 2), (0, 0))
    assert seen["conv2"].size == (6 + 4 * 2,) * 2
    assert seen["pool2"] == ReceptiveField((16, 16), (4, 4), (0, 0))
    assert seen["fc1"] == ReceptiveField((32, 32), (4, 4), (0, 0))
    assert seen["softmax"] == seen["fc1"]


def test_subsampling_and_a_table_see_what_a_pool_and_all_connections_see():
    seen, modern = fields(summarize("lenet5-1998")), fields(summarize("lenet5"))
    assert seen["subsample1"] == modern["pool1"]
    assert seen["subsample2"] == modern["pool2"]
    assert seen["conv3"] == modern["fc1"]


def test_an_activation_changes_nothing_about_what_is_seen():
    seen = fields(summarize("lenet5"))
    assert seen["relu1"] == seen["conv1"]


def test_the_row_net_sees_ten_inputs_at_steps_of_four():
    field = parse("INPUT(1,1,10) -> [CONV(1,(1,3)) -> POOL((1,2))]*2").layers[-1].receptive_field
    assert field == ReceptiveField((1, 10), (1, 4), (0, 0))


def test_lenet_slides_over_32_by_64_in_nine_places():
    field = summarize("lenet5").layers[-1].receptive_field
    assert Window(field.size, field.jump).output_size(64, 1) == (64 - 32) // 4 + 1 == 9


def test_three_small_filters_see_as_much_as_one_large_with_fewer_weights():
    small = parse("INPUT(8,32,32) -> [CONV(8,3)]*3")
    large = parse("INPUT(8,32,32) -> CONV(8,7)")
    assert small.layers[-1].receptive_field == large.layers[-1].receptive_field
    assert small.totals.parameters == 27 * 8**2 + 3 * 8
    assert large.totals.parameters == 49 * 8**2 + 8


IMAGE = 300
pairs = st.tuples(st.integers(1, 3), st.integers(1, 3))
sides = st.one_of(st.integers(0, 1), st.sampled_from([(0, 1), (2, 0)]))
windows = st.builds(
    Window,
    kernel_size=pairs,
    stride=pairs,
    padding=st.tuples(sides, sides),
    dilation=st.tuples(st.integers(1, 2), st.integers(1, 2)),
)


def written(window):
    options = {"stride": window.stride, "pad": window.padding, "dilation": window.dilation}
    listed = "".join(f",{word}={pair}" for word, pair in options.items())
    return f" -> CONV(1,{window.kernel_size}{listed})"


def reach(chain, axis):
    """For each unit after a chain of windows: (the set of pixels that reach it as bits of a number,
    whether padding reaches it too)."""
    units = [(1 << pixel, False) for pixel in range(IMAGE)]
    for window in chain:
        kernel, stride = window.kernel_size[axis], window.stride[axis]
        dilation = window.dilation[axis]
        edge = [(0, True)]
        padded = edge * window.before[axis] + units + edge * window.behind[axis]
        units = []
        for start in range(0, len(padded) - dilation * (kernel - 1), stride):
            taps = padded[start : start + dilation * (kernel - 1) + 1 : dilation]
            pixels, touched = 0, False
            for bits, outside in taps:
                pixels, touched = pixels | bits, touched or outside
            units.append((pixels, touched))
    return units


def test_by_hand_through_a_transposed_convolution_a_cell_is_shared_by_neighbours():
    # kernels of 3 laid 2 apart: even units lie under one cell's, odd ones under two
    seen = fields(parse("INPUT(1,9,9) -> CONVT(1,3,stride=2,pad=1)"))["convt1"]
    assert seen == ReceptiveField((2, 2), (Fraction(1, 2),) * 2, (Fraction(-1, 2),) * 2)
    assert seen.cells == (2, 2)
    # kernels of 2 laid 2 apart share nothing
    alone = fields(parse("INPUT(1,9,9) -> CONVT(1,2,stride=2)"))["convt1"]
    assert alone.cells == (1, 1)
    assert alone == fields(parse("INPUT(4,9,9) -> SHUFFLE(2)"))["shuffle1"]


def test_a_layer_that_enlarges_undoes_the_jump_of_one_that_reduces():
    down_and_up = fields(parse("INPUT(1,9,9) -> POOL(2) -> CONVT(1,2,stride=2)"))["convt1"]
    assert down_and_up.jump == (1, 1)
    assert all(isinstance(length, int) for length in down_and_up.jump)
    assert down_and_up.cells == (3, 3)  # two cells of one pool, and no more than three side by side


sizes = st.integers(1, 3)
ways = st.lists(
    st.tuples(st.sampled_from(["CONV", "CONVT"]), sizes, sizes, st.integers(0, 1), sizes),
    min_size=1,
    max_size=3,
)
"""(word, kernel, stride, padding, dilation) of layers over a row."""


@given(ways)
def test_units_behind_layers_that_enlarge_see_no_more_than_the_field_says(chain):
    width = 24
    try:
        net = parse(
            f"INPUT(1,1,{width})"
            + "".join(
                f" -> {word}(1,(1,{kernel}),stride=(1,{stride}),pad=(0,{padding}),"
                f"dilation={dilation})"
                for word, kernel, stride, padding, dilation in chain
            )
        )
    except SpecError:
        assume(False)
    units = [{pixel} for pixel in range(width)]
    for word, kernel, stride, padding, dilation in chain:
        if word == "CONVT":
            made = [set() for _ in range((len(units) - 1) * stride + dilation * (kernel - 1) + 1)]
            for j, tap in itertools.product(range(len(units)), range(kernel)):
                made[j * stride + tap * dilation] |= units[j]
            units = made[padding : len(made) - padding]
        else:
            edge = [set()] * padding
            padded = edge + units + edge
            starts = range(0, len(padded) - dilation * (kernel - 1), stride)
            units = [
                set().union(*padded[s : s + dilation * (kernel - 1) + 1 : dilation]) for s in starts
            ]
    field = net.layers[-1].receptive_field
    assert len(units) == net.output[2]
    for unit, pixels in enumerate(units):
        first = field.start[1] + unit * field.jump[1]
        assert all(first <= pixel <= first + field.size[1] - 1 for pixel in pixels)
        inside = [pixel for pixel in range(width) if first <= pixel <= first + field.size[1] - 1]
        assert len(inside) <= field.cells[1]
    if len(chain) == 1 and dilation == 1:  # then it sees all of them
        middle = len(units) // 2
        first = field.start[1] + middle * field.jump[1]
        last = first + field.size[1] - 1
        if first >= 0 and last < width:
            assert units[middle] == set(range(ceil(first), floor(last) + 1))


@given(windows)
def test_a_locally_connected_layer_sees_what_a_convolution_sees(window):
    conv = parse(f"INPUT(1,20,20){written(replace(window, dilation=(1, 1)))}")
    local = parse(str(conv).replace("CONV", "LOCAL"))
    assert local.output == conv.output
    assert local.layers[-1].receptive_field == conv.layers[-1].receptive_field


@given(st.lists(windows, min_size=1, max_size=4))
def test_it_is_what_one_finds_by_following_every_pixel_forward(chain):
    net = parse(f"INPUT(1,{IMAGE},{IMAGE})" + "".join(map(written, chain)))
    field = net.layers[-1].receptive_field
    for axis in (0, 1):
        units = reach(chain, axis)
        assert len(units) == net.output[1 + axis]
        assert not all(touched for _, touched in units)
        for unit, (pixels, touched) in enumerate(units):
            first = field.start[axis] + unit * field.jump[axis]
            last = first + field.size[axis] - 1
            lowest, highest = (pixels & -pixels).bit_length() - 1, pixels.bit_length() - 1
            if touched:
                assert pixels == 0 or first <= lowest <= highest <= last
            else:
                assert (lowest, highest) == (first, last)


def test_what_lies_before_the_image_counts_from_the_padding_before_it():
    seen = fields(parse("INPUT(1,9,9) -> CONV(1,3,pad=((2,0),1)) -> CONV(1,3,pad=((0,5),1))"))
    assert seen["conv2"] == ReceptiveField((5, 5), (1, 1), (-2, -2))
    laid = fields(parse("INPUT(1,9,9) -> CONVT(1,3,stride=2,pad=((1,0),(0,1)))"))["convt1"]
    assert laid.start == (Fraction(-1, 2), -1)


def test_a_causal_convolution_is_padded_with_the_past_alone():
    causal = parse("INPUT(1,20) -> CAUSAL(1,3,dilation=4)").layers[-1]
    assert (causal.window.before, causal.window.behind) == ((0, 8), (0, 0))
    assert causal.window.output_size(20, 1) == 20
    assert causal.receptive_field == ReceptiveField((1, 9), (1, 1), (0, -8))


def taps(spec, axis):
    """Every (cell, unit) along an axis, edges aside, of which the unit depends on the cell."""
    places = range(-99, 100)
    if spec.word == "SHUFFLE":
        return {(unit // spec.factor, unit) for unit in places}
    if spec.word == "UNSHUFFLE":
        return {(cell, cell // spec.factor) for cell in places}
    if spec.word == "CAUSAL":
        steps = range(spec.kernel) if axis else range(1)
        return {(unit - step * spec.dilation, unit) for unit in places for step in steps}
    window = spec.window
    kernel, dilation = range(window.kernel_size[axis]), window.dilation[axis]
    stride, before = window.stride[axis], window.before[axis]
    pairs = {(k * stride - before + tap * dilation, k) for k in places for tap in kernel}
    return {(k, cell) for cell, k in pairs} if spec.word == "CONVT" else pairs


small = st.integers(1, 4)
two = st.tuples(small, small)
uneven = st.tuples(*[st.one_of(st.integers(0, 2), st.sampled_from([(0, 1), (2, 0)]))] * 2)
alone = st.one_of(
    st.builds("CONV(1,{},{},{},{})".format, two, two, uneven, two),
    st.builds("CONVT(1,{},{},{},0,{})".format, two, two, uneven, two),
    st.builds("LOCAL(1,{},{},{})".format, two, two, uneven),
    st.builds("POOL({},{},0,up,{})".format, two, two, two),
    st.builds("SUBSAMPLE({},{})".format, two, two),
    st.builds("CAUSAL(1,{},{})".format, small, small),
    st.builds("SHUFFLE({})".format, small),
    st.builds("UNSHUFFLE({})".format, small),
    st.sampled_from(["SUBNORM((3,5))", "DIVNORM((5,1))", "RELU", "BATCHNORM", "LRN(5)"]),
)


@given(alone, st.integers(-9, 9), st.integers(0, 9), st.integers(0, 1))
def test_what_units_see_and_cells_reach_is_counted_tap_by_tap(written, first, more, axis):
    size = "144,1,12" if "CAUSAL" in written else "144,12,12"
    try:
        spec = parse(f"INPUT({size}) -> {written}").layers[-1]
    except SpecError:
        assume(False)
    pairs, run = taps(spec, axis), range(first, first + more + 1)
    check(spec.sees(run[0], run[-1], axis), [cell for cell, unit in pairs if unit in run])
    check(spec.reaches(run[0], run[-1], axis), [unit for cell, unit in pairs if cell in run])


def check(ends, found):
    """Compare ends with those of a list."""
    if found:
        assert ends == (min(found), max(found))
    else:
        assert ends[0] > ends[1]


def test_by_hand_what_enlarging_and_gaps_leave_out():
    laid = parse("INPUT(1,9,9) -> CONVT(1,2,stride=3,pad=1)").layers[-1]
    # cell 1 is laid on 2 and 3; nothing is laid on 1 and 4
    assert laid.reaches(1, 1, 0) == (2, 3)
    assert laid.sees(2, 3, 0) == laid.sees(1, 4, 0) == (1, 1)
    assert laid.sees(4, 4, 0) == (2, 1)
    holes = parse("INPUT(1,9,9) -> CONV(1,2,stride=2,dilation=2)").layers[-1]
    assert holes.reaches(1, 1, 0) == (0, -1)
    assert holes.reaches(1, 2, 0) == (0, 1)
    # windows on 0 3, 2 5, 4 7: the first that has cell 2 is the second
    wide = parse("INPUT(1,9,9) -> CONV(1,2,stride=2,dilation=3)").layers[-1]
    assert wide.reaches(2, 2, 0) == (1, 1)
    far = parse("INPUT(1,9,9) -> CONV(1,3,stride=2,pad=999999998,dilation=999999999)").layers[-1]
    assert far.reaches(0, 0, 0) == (-500_000_000, 499_999_999)  # under its last and first cell
    assert far.reaches(1, 1, 0) == (0, 0)  # under the middle: the stride leaves the others out
    assert parse("INPUT(4,9,9) -> SHUFFLE(2)").layers[-1].sees(3, 4, 1) == (1, 2)
    assert parse("INPUT(1,9) -> CAUSAL(1,2,dilation=4)").layers[-1].reaches(5, 5, 1) == (5, 9)


@pytest.mark.parametrize(
    ("word", "rows", "columns"),
    [
        ("FC(3)", 1, 1),
        ("FLATTEN", 1, 1),
        ("GLOBALAVGPOOL", 1, 1),
        ("GLOBALMAXPOOL", 1, 1),
        ("WHITEN", 5, 7),
    ],
)
def test_some_layers_see_everything(word, rows, columns):
    spec = parse(f"INPUT(2,5,7) -> {word}").layers[-1]
    assert (spec.sees(0, 0, 0), spec.sees(0, 0, 1)) == ((0, 4), (0, 6))
    assert (spec.reaches(2, 2, 0), spec.reaches(2, 2, 1)) == ((0, rows - 1), (0, columns - 1))


def test_a_vector_sees_the_one_place_of_the_vector_before():
    spec = parse("INPUT(2,5,7) -> FC(9) -> FC(3)").layers[-1]
    assert spec.sees(0, 0, 0) == spec.reaches(0, 0, 1) == (0, 0)
