from typing import get_args

import numpy as np
import pytest

from tuiconv.arithmetic import parse
from tuiconv.lessons.network.adding import add_up
from tuiconv.lessons.network.sums import Weighted, WeightedSum, gradient_sum, span, unit_sum
from tuiconv.lessons.network.weight_sums import weight_sum
from tuiconv.nn.joins import arriving, carry_back
from tuiconv_kernels import jit

UNITS = 25
"""Of every layer."""


def spread(rng, shape):
    """A random place of an array."""
    return tuple(int(rng.integers(size)) for size in shape)


def weighted_layers(passing):
    """Each layer with weights, its place, its input, and the gradient of its output."""
    for place, layer in enumerate(passing.net.layers, 1):
        if isinstance(layer.spec, get_args(Weighted)):
            (x,) = arriving(layer, passing.activations)
            yield place, layer, x, passing.gradients[place]


def check(whole):
    """The sum is what is stored: bit by bit as the kernels add, else but for rounding."""
    added = add_up(whole)
    if jit.ENABLED:
        assert added.total == whole.stored
    else:
        largest = max((np.abs(part.products).sum() for part in whole.parts), default=0)
        assert added.total == pytest.approx(whole.stored, rel=1e-5, abs=1e-6 * largest)


def test_a_unit_adds_its_bias_and_for_each_channel_what_it_sees_times_its_kernel():
    spec = parse("INPUT(2,3,3) -> CONV(1,2)").layers[1]
    x = np.arange(18, dtype=np.float32).reshape(2, 3, 3)
    weight = np.array([[[[1, 0], [0, 2]], [[0, -1], [0, 0]]]], np.float32)
    # channel 0 at rows 1–2, columns 0–1: 3·1 + 7·2 = 17; channel 1: 13·(−1) = −13
    whole = unit_sum(spec, {"weight": weight, "bias": np.float32([10])}, x, (0, 1, 0), 14)
    assert [part.name for part in whole.parts] == ["channel 0", "channel 1"]
    assert [part.products.sum() for part in whole.parts] == [17, -13]
    assert (whole.rows, whole.columns) == ((1, 2), (0, 1))
    added = add_up(whole)
    assert (added.begin, added.sums, added.total) == (10, (27, 14), 14)


def test_cells_beyond_the_edge_are_0_and_counted():
    spec = parse("INPUT(1,2,2) -> CONV(1,3,pad=1)").layers[1]
    x, weight = np.ones((1, 2, 2), np.float32), np.ones((1, 1, 3, 3), np.float32)
    whole = unit_sum(spec, {"weight": weight, "bias": np.float32([0])}, x, (0, 0, 0), 4)
    assert whole.padding == 5
    assert whole.parts[0].values.tolist() == [[0, 0, 0], [0, 1, 1], [0, 1, 1]]


def test_a_pixel_between_two_windows_gathers_both_gradients_by_their_weights():
    spec = parse("INPUT(1,1,3) -> CONV(1,(1,2))").layers[1]
    weight, deltas = np.float32([[[[5, 7]]]]), np.float32([[[2, 3]]])
    # windows at columns 0–1 and 1–2: column 1 is the second cell of one, the first of the other
    whole = gradient_sum(spec, {"weight": weight}, deltas, (0, 0, 1), (1, 1, 3), 2 * 7 + 3 * 5)
    assert whole.turned
    assert add_up(whole).total == 29


def test_the_gradient_of_a_weight_is_the_sum_of_what_it_met_times_what_came_back():
    spec = parse("INPUT(1,3,3) -> CONV(1,2)").layers[1]
    x, deltas = np.arange(9, dtype=np.float32).reshape(1, 3, 3), np.float32([[[1, 2], [3, 4]]])
    # the upper right tap lies on 1, 2, 4 and 5
    whole = weight_sum(spec, "weight", (0, 0, 0, 1), x, deltas, 1 + 4 + 12 + 20)
    assert [part.name for part in whole.parts] == ["row 0", "row 1"]
    assert add_up(whole).sums == (5, 37)
    assert add_up(weight_sum(spec, "bias", (0,), x, deltas, 10)).total == 10


def test_the_inputs_of_a_vector_are_opened_eight_at_a_time():
    spec = parse("INPUT(1,1,1) -> FC(23) -> FC(1)").layers[2]
    x, weight = np.ones(23, np.float32), np.ones((1, 23), np.float32)
    whole = unit_sum(spec, {"weight": weight}, x, (0, 0, 0), 23)
    assert [part.name for part in whole.parts] == ["inputs 0–7", "inputs 8–15", "inputs 16–22"]
    assert whole.bias is None


def test_every_unit_adds_up_to_what_is_stored(passing):
    rng = np.random.default_rng(0)
    for place, layer, x, _ in weighted_layers(passing):
        out = passing.activations[place][0]
        for _ in range(UNITS):
            unit = spread(rng, (*out.shape, 1, 1)[:3])
            stored = float(out[unit[: out.ndim]])
            check(unit_sum(layer.spec, layer.parameters, x[0], unit, stored))


def test_every_gradient_adds_up_to_what_the_layer_behind_sends_back(passing):
    rng = np.random.default_rng(0)
    for _, layer, x, delta in weighted_layers(passing):
        unused = {name: np.empty_like(array) for name, array in layer.parameters.items()}
        (back,) = carry_back(layer, delta, [x], unused)
        for _ in range(UNITS):
            unit = spread(rng, (*x.shape[1:], 1, 1)[:3])
            stored = float(back[0][unit[: x.ndim - 1]])
            check(gradient_sum(layer.spec, layer.parameters, delta[0], unit, x.shape[1:], stored))


def test_every_weight_gradient_adds_up_to_what_is_stored(passing):
    rng = np.random.default_rng(0)
    for _, layer, x, delta in weighted_layers(passing):
        for name, array in passing.weight_gradients[layer.name].items():
            for _ in range(UNITS):
                index = spread(rng, array.shape)
                check(weight_sum(layer.spec, name, index, x[0], delta[0], float(array[index])))


def test_a_weight_without_a_connection_has_nothing_to_add_up():
    spec = parse("INPUT(6,4,4) -> CONV(16,3,table=lenet5)").layers[1]
    row = spec.connection_table[0]
    x, delta = np.ones((6, 4, 4), np.float32), np.ones((16, 2, 2), np.float32)
    assert weight_sum(spec, "weight", (0, row.index(False), 0, 0), x, delta, 0).parts == ()


def test_a_sum_that_no_order_gives_is_added_up_in_float64_and_says_so():
    spec = parse("INPUT(1,1,3) -> CONV(1,(1,3))").layers[1]
    x, weight = np.float32([[[1, 2, 3]]]), np.ones((1, 1, 1, 3), np.float32)
    added = add_up(unit_sum(spec, {"weight": weight}, x, (0, 0, 0), 6.5))
    assert added.total == 6
    assert "float64" in added.how


def test_a_sum_of_nothing_is_its_bias():
    assert add_up(WeightedSum((), 2.0, 2.0)).total == 2


@pytest.mark.parametrize(
    ("numbers", "text"),
    [([4], "4"), ([4, 5, 6], "4–6"), ([4, 6], "4, 6"), ([-1, 0], "−1–0"), ([], "none")],
)
def test_neighbours_are_written_as_a_span(numbers, text):
    assert span(numbers) == text
