"""Units without weights: their formula, their gradient, and the softmax fraction."""

from decimal import Decimal
from typing import get_args

import numpy as np
import pytest

from tuiconv.arithmetic import layers as specs
from tuiconv.lessons.network.chain_rule import backs
from tuiconv.lessons.network.digits import compared, exact
from tuiconv.lessons.network.kinds import told
from tuiconv.lessons.network.passing import Passing
from tuiconv.lessons.network.softmax import fraction
from tuiconv.lessons.network.sums import Weighted
from tuiconv.nn.joins import arriving
from tuiconv.nn.network import Network

UNITS = 12
WHOLE = (specs.Whiten, specs.SubtractiveNorm, specs.DivisiveNorm, specs.Softmax)
"""Whose units depend on too much to be spelled out as one formula."""


def formula(layers, pixels, unit):
    """What is told of a unit of the last of some layers behind INPUT, and its value."""
    pixels = np.array(pixels, np.float32)
    net = Network.parse(f"INPUT({','.join(map(str, pixels.shape))}) -> {layers}")
    activations = net.forward(pixels[np.newaxis])
    layer = net.layers[-1]
    found = told(layer, [x[0] for x in arriving(layer, activations)], unit)
    assert found.value == pytest.approx(float(activations[-1][0][unit]), rel=1e-6)
    return found


def test_a_relu_keeps_what_is_above_0():
    assert formula("RELU", [[[-1.5, 2]]], (0, 0, 0)).formula == "max(0, −1.5)"


def test_a_max_pool_names_the_winner():
    found = formula("POOL(2)", [[[0, 1, 2, 3], [4, 5, 9, 7]]], (0, 0, 1))
    assert found.formula == "the largest of 4: that of row 1, column 2"
    assert found.window.tolist() == [[2, 3], [9, 7]]
    assert found.winner == (1, 0)


def test_an_average_divides_the_sum_and_says_when_zeros_of_the_padding_count():
    pixels = [[[1, 2], [3, 4]]]
    assert formula("AVGPOOL(2)", pixels, (0, 0, 0)).formula == "sum 10 / 4"
    padded = formula("AVGPOOL(2,pad=1)", pixels, (0, 0, 0))
    assert padded.formula == "sum 1 / 4, as the padding's 3 zeros count"
    assert formula("AVGPOOL(2,pad=1,count=inside)", pixels, (0, 0, 0)).formula == "sum 1 / 1"


def test_a_skip_connection_adds_and_a_concat_says_which_branch():
    assert formula("RES[RELU]", [[[-1, 2]]], (0, 0, 1)).formula == "2 + 2"
    assert formula("MUL[RELU]", [[[-1, 2]]], (0, 0, 0)).formula == "0 · (−1)"
    found = formula("CONCAT[RELU | TANH]", [[[-1, 2]]], (1, 0, 0))
    assert found.formula == "what branch 1 brings in its channel 0"


def test_the_formula_of_every_unit_gives_what_is_stored(passing):
    rng = np.random.default_rng(0)
    for place, layer in enumerate(passing.net.layers, 1):
        if isinstance(layer.spec, get_args(Weighted) + WHOLE):
            continue
        inputs = [x[0] for x in arriving(layer, passing.activations)]
        out = passing.activations[place][0]
        for _ in range(UNITS):
            unit = tuple(int(rng.integers(size)) for size in (*out.shape, 1, 1)[:3])
            stored = float(out[unit[: out.ndim]])
            found = told(layer, inputs, unit)
            assert found.value == pytest.approx(stored, rel=1e-6, abs=1e-7), layer.name


def test_the_shares_of_the_units_behind_add_up_to_the_gradient(passing):
    rng = np.random.default_rng(0)
    last = len(passing.net.layers)
    for place, gradient in enumerate(passing.gradients[:last]):
        for _ in range(UNITS // 2):
            unit = tuple(int(rng.integers(size)) for size in (*gradient.shape[1:], 1, 1)[:3])
            stored = float(gradient[(0, *unit[: gradient.ndim - 1])])
            found = backs(passing, place, unit)
            assert sum(each.total for each in found) == pytest.approx(stored, rel=1e-5, abs=1e-9)
            for each in found:
                if each.shares is not None:
                    shares = sum(share.gradient * share.derivative for share in each.shares)
                    assert shares == pytest.approx(each.total, rel=1e-5, abs=1e-9)


def test_only_the_winner_of_a_max_pool_gets_its_gradient_back():
    net = Network.parse("INPUT(1,2,2) -> POOL(2) -> FC(2) -> SOFTMAX", seed=1)
    passing = Passing(net, np.uint8([[[1, 2], [200, 4]]]), 0)
    derivatives = [
        backs(passing, 0, (0, i, j))[0].shares[0].derivative for i, j in np.ndindex(2, 2)
    ]
    assert derivatives == [0, 0, 1, 0]


def read_with(scores):
    """An image in a network whose scores are given."""
    net = Network.parse(f"INPUT(1,1,1) -> FC({len(scores)}) -> SOFTMAX")
    net.parameters[...] = 0
    net.layers[0].parameters["bias"][...] = scores
    return Passing(net, np.zeros((1, 1, 1), np.uint8), 0)


@pytest.mark.parametrize(
    "scores", [[0, 0, 0], [1, 2, 3], [-12, 15, 3.25], [200, 199, -50], [-30, -31, -29]]
)
def test_the_numbers_of_the_softmax_fraction_give_the_quotients_that_are_shown(scores):
    passing = read_with(scores)
    table, text = fraction(passing, 1)
    *classes, total = table.rows
    whole = Decimal(total[2].replace(",", ""))
    for name, score, power, p in classes:
        assert exact(scores[int(name)]) == score
        assert (Decimal(power.replace(",", "")) / whole).quantize(Decimal("0.000001")) == Decimal(p)
        assert float(p) == pytest.approx(passing.probabilities[int(name)], abs=1e-6)
    assert sum(Decimal(row[2].replace(",", "")) for row in classes) == whole
    assert table.chosen == 1
    assert text.lines[1].endswith(f"= {classes[1][3]}")


def test_of_many_classes_the_most_probable_have_a_row_and_the_rest_one():
    table, _ = fraction(read_with(np.arange(40)), 0)
    assert len(table.rows) == 12 + 2
    assert [row[0] for row in table.rows[:3]] == ["0", "29", "30"]  # the chosen one is among them
    assert table.rows[-2][0] == "28 others"


def test_a_number_is_written_with_the_digits_that_single_it_out():
    assert exact(float(np.float32(0.1))) == "0.1"
    assert exact(-0.5) == "−0.5"
    for value in np.random.default_rng(0).standard_normal(50).astype(np.float32) * 1e-6:
        assert np.float32(exact(float(value)).replace("−", "-")) == value


def test_a_number_computed_anew_is_equal_or_the_difference_is_told():
    assert compared(0.1, float(np.float32(0.1))) == "equals the stored 0.1: difference 0"
    assert compared(1.5, 1.0).startswith("differs from the stored 1 by 0.5")
