from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuiconv.arithmetic import ReceptiveField, SpecError, parse
from tuiconv.arithmetic.joins import Concat, Product, Residual


def test_by_hand_a_skip_connection_adds_what_arrives_to_its_body():
    net = parse("INPUT(4,8,8) -> RES[CONV(4,3,pad=1) -> RELU -> CONV(4,3,pad=1)] -> RELU")
    assert [layer.name for layer in net] == ["input", "conv1", "relu1", "conv2", "res1", "relu2"]
    assert [layer.sources for layer in net] == [(), (0,), (1,), (2,), (3, 0), (4,)]
    join = net.named("res1")
    assert isinstance(join, Residual)
    assert (join.fork, join.input, join.output) == (0, (4, 8, 8), (4, 8, 8))
    assert (join.parameters, join.macs, join.connections, join.units) == (0, 0, 512, 256)
    assert join.activations == 0  # the sum is made where the body's output was
    assert join.receptive_field == ReceptiveField(size=(5, 5), start=(-2, -2))


def test_a_shortcut_of_its_own_takes_the_place_of_what_arrives():
    body = "CONV(8,3,stride=2,pad=1) -> RELU -> CONV(8,3,pad=1)"
    net = parse(f"INPUT(4,8,8) -> RES[{body} | CONV(8,1,stride=2)]")
    assert [layer.sources for layer in net] == [(), (0,), (1,), (2,), (0,), (3, 4)]
    assert net.output == (8, 4, 4)
    assert net.layers[-1].receptive_field == ReceptiveField((7, 7), (2, 2), (-3, -3))


def test_maps_of_branches_are_stacked_in_their_order_and_the_field_is_their_union():
    net = parse("INPUT(3,8,8) -> CONCAT[CONV(2,1) | CONV(3,3,pad=1) -> RELU | POOL(5,1,pad=2) | ]")
    join = net.layers[-1]
    assert isinstance(join, Concat)
    assert [shape[0] for shape in join.inputs] == [2, 3, 3, 3]
    assert join.output == (11, 8, 8)
    assert (join.units, join.activations) == (0, 11 * 64)
    assert join.receptive_field == ReceptiveField((5, 5), (1, 1), (-2, -2))


def test_vectors_are_stacked_too():
    net = parse("INPUT(3,8,8) -> FC(5) -> CONCAT[FC(2) | ] -> FC(1)")
    assert net.named("concat1").output == (7,)
    assert net.named("fc3").parameters == 8


def test_a_gate_multiplies_its_branches_unit_by_unit():
    net = parse("INPUT(1,1,9) -> MUL[CAUSAL(4,2) -> TANH | CAUSAL(4,2) -> SIGMOID]")
    join = net.layers[-1]
    assert isinstance(join, Product)
    assert (join.output, join.macs, join.connections) == ((4, 1, 9), 36, 72)
    assert join.activations == 36  # both factors are needed to go back
    one = parse("INPUT(4,8,8) -> MUL[CONV(4,1) -> SIGMOID]").layers[-1]
    assert one.sources == (2, 0)


def test_branches_lie_inside_one_another():
    # the two ways of a little U-Net: 8×8 → 4×4 → 2×2 and back
    inner = "POOL(2) -> CONV(8,3,pad=1) -> CONVT(8,2,stride=2)"
    net = parse(
        "INPUT(1,8,8) -> CONV(2,3,pad=1) -> CONCAT[ | POOL(2) -> CONV(4,3,pad=1)"
        f" -> CONCAT[ | {inner}] -> CONV(4,3,pad=1) -> CONVT(2,2,stride=2)] -> CONV(1,1)"
    )
    assert net.named("concat1").output == (4 + 8, 4, 4)
    assert net.named("concat2").output == (2 + 2, 8, 8)
    assert net.output == (1, 8, 8)
    assert parse(str(net)) == net


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("RES[CONV(4,1) | ]", "RES[CONV(4,1)]"),
        ("res[ | CONV(4,1)]", "RES[ | CONV(4,1)]"),
        ("RES[]", "RES[]"),
        ("RES[ | ]", "RES[]"),
        ("RES[ | | ]", "RES[ |  | ]"),
        ("MUL[ CONV(4,1)|]", "MUL[CONV(4,1)]"),
        ("CONCAT[|RELU]", "CONCAT[ | RELU]"),
        ("CONCAT[RELU]", "CONCAT[RELU]"),
        ("skip: RES[RES[RELU]*2]", "skip: RES[RES[RELU] -> RES[RELU]]"),
    ],
)
def test_a_join_is_printed_without_what_goes_without_saying(written, printed):
    net = parse(f"INPUT(4,8,8) -> {written}")
    assert str(net) == f"INPUT(4,8,8) -> {printed}"
    assert parse(str(net)) == net


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "RES[CONV(8,3,pad=1)]",
            "res1 RES[…]: 8×8×8 and 4×8×8 arrive; expected equal shapes; a shortcut can change one:"
            " RES[body | CONV(…)]",
        ),
        (
            "CONCAT[CONV(2,3) | CONV(2,1)]",
            "concat1 CONCAT[…]: 2×6×6 and 2×8×8 arrive; expected maps of equal height and width",
        ),
        ("MUL[FC(3) | ]", "mul1 MUL[…]: a vector of 3 and 4×8×8 arrive; expected equal shapes"),
        ("CONCAT[FC(3) | ]", "concat1 CONCAT[…]: a vector of 3 and 4×8×8 arrive; expected maps"),
    ],
)
def test_branches_that_do_not_fit_each_other_are_refused_with_what_each_gives(text, message):
    with pytest.raises(SpecError) as caught:
        parse(f"INPUT(4,8,8) -> {text}")
    assert str(caught.value).startswith(message)
    assert caught.value.layer.startswith(message.split()[0])


def test_aligned_branches_say_nothing():
    net = parse("INPUT(1,9,9) -> CONCAT[CONV(1,1,stride=2) | CONV(1,3,stride=2,pad=1)]")
    assert net.layers[-1].alignment == ""


def test_centres_apart_are_told_with_their_numbers():
    # a window of two, with a cell of padding behind: it looks half a cell further on
    net = parse("INPUT(1,9,9) -> RES[CONV(1,2,pad=((0,1),(0,1)))]")
    assert net.layers[-1].alignment == (
        "the branches of res1 are misaligned: what their first unit sees is centred on rows 0.5"
        " and 0"
    )
    assert net.layers[-1].receptive_field == ReceptiveField((2, 2), (1, 1), (0, 0))


def test_branches_in_time_are_aligned_by_the_present():
    text = "RES[CAUSAL(1,2,dilation=4)]"
    assert parse(f"INPUT(1,9) -> {text}").layers[-1].alignment == ""
    assert "centred on columns -2 and 0" in parse(f"INPUT(1,1,9) -> {text}").layers[-1].alignment
    late = parse("INPUT(1,9) -> RES[CONV(1,2,pad=(0,(0,1)))]").layers[-1]
    assert "centred on columns 0.5 and 0" in late.alignment


def test_jumps_that_differ_are_told_and_the_field_holds_what_every_unit_sees():
    # two places each: rows 0–8 and 1–9 of ten, and rows 0 and 9
    net = parse("INPUT(1,10,1) -> CONCAT[CONV(1,(9,1)) | CONV(1,1,stride=(9,1))]")
    join = net.layers[-1]
    assert join.alignment == "the branches of concat1 are misaligned: they jump 1 and 9 rows"
    # unit 0 sees rows 0–8, unit 1 rows 1–9
    assert join.receptive_field == ReceptiveField((9, 1), (1, 1), (0, 0))
    turned = parse("INPUT(1,10,1) -> CONCAT[CONV(1,1,stride=(9,1)) | CONV(1,(9,1))]").layers[-1]
    # in steps of nine: rows −8 … 8 for unit 0, and 1 … 17 for unit 1
    assert turned.receptive_field == ReceptiveField((17, 1), (9, 1), (-8, 0))


def test_behind_an_enlarging_branch_a_field_may_begin_between_two_cells():
    net = parse("INPUT(1,9,9) -> CONCAT[CONVT(1,3,stride=2) -> CONV(1,1) | CONVT(1,3,2)]")
    join = net.layers[-1]
    assert join.receptive_field == net.layers[-2].receptive_field
    assert join.receptive_field.jump == (Fraction(1, 2), Fraction(1, 2))


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 3)), min_size=1, max_size=4))
def test_a_sum_has_the_parameters_and_costs_of_its_branches(convolutions):
    branches = [f"CONV({maps},{2 * half - 1},pad={half - 1})" for maps, half in convolutions]
    net = parse(f"INPUT(2,7,7) -> CONCAT[{' | '.join(branches)}]")
    alone = [parse(f"INPUT(2,7,7) -> {branch}").totals for branch in branches]
    assert net.totals.parameters == sum(each.parameters for each in alone)
    assert net.totals.macs == sum(each.macs for each in alone)
    largest = max(2 * half - 1 for _, half in convolutions)
    assert net.layers[-1].receptive_field.size == (largest, largest)
