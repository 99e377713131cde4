from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuiconv.arithmetic import SpecError, parse, summarize
from tuiconv.arithmetic.layers import CausalConv, Shuffle, TransposedConv, Unshuffle
from tuiconv.arithmetic.units import Box, Unit, reached_by, read_unit, seen_by
from tuiconv.errors import RequestError


def inside(text, unit):
    """The box that a unit sees inside each layer."""
    net = parse(text)
    return {name: seen.inside for name, seen in seen_by(net, read_unit(unit, net)).items()}


def square(first, last):
    return Box((first, first), (last, last))


def test_by_hand_from_a_unit_of_lenets_second_convolution_back_to_the_image():
    net = summarize("lenet5")
    seen = seen_by(net, read_unit("conv2:2,3", net))
    assert list(seen) == ["input", "conv1", "relu1", "pool1", "conv2"]
    assert seen["conv2"].inside == Box((2, 3), (2, 3))
    assert seen["pool1"].inside == Box((2, 3), (6, 7))
    assert seen["relu1"].inside == seen["conv1"].inside == Box((4, 6), (13, 15))
    assert seen["input"].inside == seen["input"].unclipped == Box((4, 6), (17, 19))
    assert seen["input"].inside.size == (14, 14)
    assert seen["input"].padding == ((0, 0), (0, 0))


def test_by_hand_from_a_pixel_of_lenet_forward_to_the_classes():
    reached = reached_by(summarize("lenet5"), Unit("input", 16, 0))
    assert reached["input"] == Box((16, 0), (16, 0))
    assert reached["conv1"] == Box((12, 0), (16, 0))
    assert reached["pool1"] == Box((6, 0), (8, 0))
    assert reached["conv2"] == Box((2, 0), (8, 0))
    assert reached["pool2"] == Box((1, 0), (4, 0))
    assert reached["fc1"] == reached["softmax"] == square(0, 0)


def test_what_lies_in_the_padding_is_told_apart_from_what_lies_on_the_image():
    net = parse("INPUT(1,6,6) -> [CONV(1,3,pad=1)]*2")
    seen = seen_by(net, Unit("conv2", 0, 5))
    assert seen["conv1"].unclipped == Box((-1, 4), (1, 6))
    assert seen["conv1"].inside == Box((0, 4), (1, 5))
    assert seen["conv1"].padding == ((1, 0), (0, 1))
    assert seen["input"].unclipped == Box((-2, 3), (2, 7))
    assert seen["input"].inside == Box((0, 3), (2, 5))
    assert seen["input"].padding == ((2, 0), (0, 2))


def test_a_unit_that_lies_in_the_padding_altogether_sees_nothing():
    seen = seen_by(parse("INPUT(1,4,4) -> CONV(1,2,pad=3)"), Unit("conv1", 0, 8))
    assert seen["input"].inside is None
    assert seen["input"].unclipped == Box((-3, 5), (-2, 6))
    assert seen["input"].padding == ((2, 0), (0, 2))
    beside = seen_by(parse("INPUT(1,4,4) -> CONV(1,2,pad=3)"), Unit("conv1", 0, 4))
    assert beside["input"].inside is None  # columns 1 and 2, but of no row


def test_rows_that_a_pool_drops_are_not_seen_though_the_receptive_field_reaches_over_them():
    seen = seen_by(parse("INPUT(1,5,5) -> POOL(2) -> CONV(1,3,pad=1)"), Unit("conv1", 1, 1))
    assert seen["input"].unclipped == square(0, 5)
    assert seen["input"].inside == square(0, 3)


def test_of_a_dilated_window_as_large_as_the_maps_only_the_middle_is_left():
    assert inside("INPUT(1,7,7) -> CONV(1,3,pad=6,dilation=6)", "conv1:3,3") == {
        "input": square(3, 3),
        "conv1": square(3, 3),
    }


def test_a_causal_convolution_sees_no_later_input_and_nothing_before_the_beginning():
    seen = inside("INPUT(1,16) -> [CAUSAL(1,2) -> CAUSAL(1,2,dilation=4)]", "causal2:3")
    assert seen["causal1"] == Box((0, 3), (0, 3))  # the tap four steps before is in the padding
    assert seen["input"] == Box((0, 2), (0, 3))


def test_the_taps_of_a_transposed_convolution_may_leave_a_unit_without_any_cell():
    text = "INPUT(1,3,3) -> CONV(1,1) -> CONVT(1,1,stride=2)"
    assert inside(text, "convt1:2,4")["input"] == Box((1, 2), (1, 2))
    seen = seen_by(parse(text), Unit("convt1", 1, 2))
    assert seen["conv1"].inside is seen["input"].inside is seen["input"].unclipped is None
    assert reached_by(parse(text), Unit("input", 1, 2))["convt1"] == Box((2, 4), (2, 4))


def test_a_stride_wider_than_the_kernel_leaves_pixels_without_any_unit():
    net = parse("INPUT(1,6,6) -> CONV(1,1,stride=2) -> RELU")
    assert reached_by(net, Unit("input", 2, 3)) == {
        "input": Box((2, 3), (2, 3)),
        "conv1": None,
        "relu1": None,
    }


def test_what_a_stride_leaves_out_is_not_seen_even_where_the_rest_is_padding():
    # rows 0 and 2 of conv1 are taken, of which the first lies in the padding
    text = "INPUT(1,5,5) -> CONV(1,1,pad=1) -> CONV(1,1,stride=2) -> CONV(1,2)"
    assert inside(text, "conv3:0,0")["input"] == square(1, 1)


def test_what_lies_between_the_taps_of_a_transposed_convolution_is_not_reached():
    # rows 0 and 2 of convt1 are reached, of which the next layer cuts the first off
    net = parse("INPUT(1,4,4) -> CONV(1,2,pad=1) -> CONVT(1,1,stride=2) -> CONVT(1,1,pad=1)")
    reached = reached_by(net, Unit("input", 0, 0))
    assert reached["convt1"] == square(0, 2)
    assert reached["convt2"] == square(1, 1)


def test_branches_are_united_and_what_lies_beside_the_way_is_left_out():
    text = "INPUT(1,9,9) -> CONCAT[CONV(1,1) | CONV(1,5,pad=2) -> RELU | POOL(3,stride=1,pad=1)]"
    assert inside(text, "concat1:4,4")["input"] == square(2, 6)
    corner = seen_by(parse(text), Unit("concat1", 0, 0))["input"]
    assert (corner.inside, corner.unclipped) == (square(0, 2), square(-2, 2))
    assert list(inside(text, "pool1:4,4")) == ["input", "pool1"]
    reached = reached_by(parse(text), Unit("conv2", 0, 0))
    assert list(reached) == ["conv2", "relu1", "concat1"]


def test_a_vector_sees_everything_and_its_name_is_enough():
    net = summarize("lenet5")
    assert read_unit("fc2", net) == read_unit(" fc2 : 83 ", net) == Unit("fc2")
    assert seen_by(net, Unit("fc2"))["input"].inside == square(0, 31)
    assert read_unit("globalavgpool1", parse("INPUT(3,9,9) -> GLOBALAVGPOOL")).row == 0


def test_a_unit_of_one_dimensional_maps_is_one_number():
    net = parse("INPUT(1,10) -> CONV(1,3) -> POOL(2)")
    assert read_unit("pool1:3", net) == Unit("pool1", 0, 3)
    assert seen_by(net, Unit("pool1", 0, 3))["input"].inside == Box((0, 6), (0, 9))


@pytest.mark.parametrize(
    ("unit", "message"),
    [
        ("conv1:28,0", 'unit "conv1:28,0": conv1 is 6×28×28; expected conv1:0,0 to conv1:27,27'),
        ("conv1:0,-1", 'unit "conv1:0,-1": conv1 is 6×28×28; expected conv1:0,0 to conv1:27,27'),
        ("conv1", 'unit "conv1": conv1 is 6×28×28; expected conv1:0,0 to conv1:27,27'),
        ("conv1:3", 'unit "conv1:3": conv1 is 6×28×28; expected conv1:0,0 to conv1:27,27'),
        ("conv1:a,b", 'unit "conv1:a,b": conv1 is 6×28×28; expected conv1:0,0 to conv1:27,27'),
        ("fc1:120", 'unit "fc1:120": fc1 is a vector of 120; expected fc1:0 to fc1:119'),
        ("fc1:", 'unit "fc1:": fc1 is a vector of 120; expected fc1:0 to fc1:119'),
        ("fc1:0,0", 'unit "fc1:0,0": fc1 is a vector of 120; expected fc1:0 to fc1:119'),
        ("cnov1:1,1", 'no layer is called "cnov1"; there are input, conv1.*did you mean conv'),
        ("", 'no layer is called ""'),
    ],
)
def test_a_unit_that_is_not_there_is_refused_with_those_that_are(unit, message):
    with pytest.raises(RequestError, match=message):
        read_unit(unit, summarize("lenet5"))


@pytest.mark.parametrize("follow", [seen_by, reached_by])
def test_a_unit_is_looked_for_before_it_is_followed(follow):
    net = parse("INPUT(1,10) -> CONV(1,3)")
    with pytest.raises(RequestError, match='"conv1:1,0": conv1 is 1×1×8; expected conv1:0 to'):
        follow(net, Unit("conv1", 1, 0))
    with pytest.raises(RequestError, match="input is 1×9×200000; units are followed through maps"):
        follow(parse("INPUT(1,9,200000) -> RELU"), Unit("relu1", 0, 0))


def test_even_maps_as_wide_as_can_be_are_followed_from_one_end_to_the_other():
    net = parse("INPUT(1,100000) -> CONV(1,3) -> POOL(2) -> CONV(1,1,stride=2) -> FC(3)")
    # of 49,999 places of the pool 25,000 are seen, the last from 2·49,998 on
    assert seen_by(net, Unit("fc1"))["input"].inside == Box((0, 0), (0, 2 * 49_998 + 3))
    assert reached_by(net, Unit("input", 0, 40))["conv2"] == Box((0, 10), (0, 10))


def test_long_maps_are_followed_through_hundreds_of_layers_and_thousands_of_taps():
    net = parse("INPUT(1,100000) -> [RELU]*500 -> CAUSAL(1,40000,dilation=2) -> RELU")
    seen = seen_by(net, Unit("relu501", 0, 99_999))
    assert seen["input"].inside == Box((0, 99_999 - 2 * 39_999), (0, 99_999))
    reached = reached_by(net, Unit("input", 0, 100))
    assert reached["causal1"] == reached["relu501"] == Box((0, 100), (0, 100 + 2 * 39_999))


def test_padding_longer_than_any_maps_is_not_followed():
    net = parse("INPUT(1,9) -> CAUSAL(1,3,dilation=999999999)")
    with pytest.raises(RequestError, match="causal1 is 1×1×9, with a padding of 1999999998; units"):
        seen_by(net, Unit("causal1", 0, 8))


# What follows is found once more by going through all taps of all units.


def cells_under(layer, i, j):
    """The (row, column) that the unit at i, j of a layer takes of what arrives, or of padding."""
    if layer.word in ("FC", "FLATTEN", "GLOBALAVGPOOL"):
        return places(layer.input)
    if isinstance(layer, Shuffle):
        return [(i // layer.factor, j // layer.factor)]
    if isinstance(layer, Unshuffle):
        side = range(layer.factor)
        return [(i * layer.factor + u, j * layer.factor + v) for u in side for v in side]
    if isinstance(layer, CausalConv):
        return [(0, j - tap * layer.dilation) for tap in range(layer.kernel)]
    if not hasattr(layer, "kernel_size"):
        return [(i, j)]
    window = layer.window
    (down, across), (high, wide) = window.stride, window.dilation
    top, left = (side if isinstance(side, int) else side[0] for side in window.padding)
    taps = [(u * high, v * wide) for u, v in product(*map(range, window.kernel_size))]
    if isinstance(layer, TransposedConv):
        laid = [(i + top - u, j + left - v) for u, v in taps]
        return [(r // down, c // across) for r, c in laid if r % down == c % across == 0]
    return [(i * down + u - top, j * across + v - left) for u, v in taps]


def followed(net, start):
    """By layer name, for every unit the cells of the layer at `start` that it depends on."""
    depends = {start: {cell: {cell} for cell in places(net.layers[start].output)}}
    for place, layer in enumerate(net.layers[start + 1 :], start + 1):
        sources = [depends[source] for source in layer.sources if source in depends]
        if sources:
            depends[place] = {
                unit: set().union(
                    *(
                        cells.get(cell, ())
                        for cells in sources
                        for cell in cells_under(layer, *unit)
                    )
                )
                for unit in places(layer.output)
            }
    return {net.layers[place].name: units for place, units in depends.items()}


def check_units(net, start):
    """Compare what all units see of the layer at `start`, and reach from there, with the above."""
    layer = net.layers[start]
    found = followed(net, start)
    for name, units in found.items():
        for unit, cells in units.items():
            seen = seen_by(net, Unit(name, *unit))[layer.name]
            assert seen.inside == box_of(cells)
    for cell in places(layer.output):
        reached = reached_by(net, Unit(layer.name, *cell))
        assert list(reached) == list(found)
        for name, box in reached.items():
            assert box == box_of([unit for unit, cells in found[name].items() if cell in cells])


def box_of(cells):
    """The least box around some (row, column)."""
    if not cells:
        return None
    rows, columns = zip(*cells, strict=True)
    return Box((min(rows), min(columns)), (max(rows), max(columns)))


def places(shape):
    """All (row, column) of maps; of a vector one."""
    return list(product(*map(range, shape[1:] or (1, 1))))


def longest(start, pieces):
    """The network of as many of the pieces, in order, as fit behind one another and are small."""
    net = parse(start)
    for piece in pieces:
        try:
            grown = parse(f"{net} -> {piece}")
        except SpecError:
            continue
        if len(places(grown.output)) <= 100:
            net = grown
    return net


def pair(low, high):
    return st.tuples(st.integers(low, high), st.integers(low, high)).map(
        lambda pair: f"({pair[0]},{pair[1]})"
    )


def uneven(high):
    return st.tuples(pair(0, high), pair(0, high)).map(lambda pads: f"({pads[0]},{pads[1]})")


flat_pieces = st.one_of(
    st.builds(
        "CONV(4,{},stride={},pad={},dilation={})".format,
        pair(1, 3), pair(1, 3), uneven(3), pair(1, 3),
    ),
    st.builds(
        "POOL({},stride={},round={})".format,
        pair(1, 3), pair(1, 3), st.sampled_from(["up", "down"]),
    ),
    st.builds(
        "CONVT(4,{},stride={},pad={},dilation={})".format,
        pair(1, 3), pair(1, 3), uneven(1), pair(1, 3),
    ),
    st.sampled_from(["SHUFFLE(2)", "UNSHUFFLE(2)", "RELU", "SUBNORM(3)", "LOCAL(2,2)", "FC(3)"]),
    st.sampled_from(["GLOBALAVGPOOL", "FLATTEN", "AVGPOOL(2,stride=1)"]),
)  # fmt: skip


@given(st.lists(flat_pieces, min_size=1, max_size=4), st.integers(0, 3))
def test_every_unit_of_a_chain_sees_and_is_reached_as_tap_by_tap(pieces, start):
    net = longest("INPUT(4,4,6)", pieces)
    check_units(net, start % len(net))


row_pieces = st.one_of(
    st.builds(
        "CONV(1,{},stride={},pad=(0,{}),dilation={})".format,
        *map(st.integers, (1, 1, 0, 1), (3, 2, 3, 3)),
    ),
    st.builds("CAUSAL(1,{},dilation={})".format, *map(st.integers, (1, 1), (3, 4))),
    st.builds("CONVT(1,{},stride={})".format, *map(st.integers, (1, 1), (3, 3))),
    st.sampled_from(["RELU", "POOL(2)", "POOL(3,stride=2,pad=1)", "CONV(1,3,pad=1)"]),
)


@st.composite
def branched(draw, depth=2):
    """A layer, or a join of up to three chains of such, of which any may be empty."""
    if depth == 0 or draw(st.booleans()):
        return draw(row_pieces)
    word = draw(st.sampled_from(["RES", "CONCAT", "MUL"]))
    chains = draw(st.lists(st.lists(branched(depth - 1), max_size=2), min_size=1, max_size=3))
    if word != "CONCAT" and len(chains) < 2:
        chains.append([])
    return f"{word}[{' | '.join(' -> '.join(chain) for chain in chains)}]"


same = st.sampled_from(
    [
        "RES[CAUSAL(1,2,dilation=3) -> RELU]",
        "RES[CONV(1,3,pad=1) | CONV(1,1)]",
        "CONCAT[ | POOL(2) -> CONV(1,3,pad=1) -> CONVT(1,2,stride=2)]",
        "MUL[CONV(1,3,pad=4,dilation=4) -> TANH | CAUSAL(1,3) -> SIGMOID]",
        "CONCAT[POOL(3,stride=1,pad=1) | CONV(1,2,stride=2,pad=(0,(2,0))) -> CONVT(1,1,stride=2)]",
    ]
)


@given(st.lists(st.one_of(row_pieces, branched(), same), max_size=4), st.integers(0, 9))
def test_every_unit_of_a_network_with_branches_sees_and_is_reached_as_tap_by_tap(pieces, start):
    net = longest("INPUT(1,8)", pieces)
    check_units(net, start % len(net))


@given(st.lists(flat_pieces, min_size=1, max_size=4))
def test_without_edges_a_unit_sees_what_the_receptive_field_says(pieces):
    net = longest("INPUT(4,4,6)", [p for p in pieces if p[:5] in ("CONV(", "POOL(", "LOCAL")])
    for layer in net:
        for place in places(layer.output):
            box = seen_by(net, Unit(layer.name, *place))["input"].unclipped
            field = layer.receptive_field
            assert box.size == field.size
            for axis in (0, 1):
                assert box.first[axis] == field.start[axis] + place[axis] * field.jump[axis]
