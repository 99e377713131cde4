import numpy as np
import pytest

from tuiconv.arithmetic import parse
from tuiconv.errors import RequestError
from tuiconv.lessons.inside import (
    as_maps,
    extent,
    layer_table,
    parameter_at,
    scale,
    shape_text,
    unit_text,
    weight_maps,
)
from tuiconv.lessons.ranges import frozen_range, next_range
from tuiconv.nn.network import Network


def test_a_unit_of_a_vector_is_a_map_of_one_cell():
    assert as_maps(np.zeros(5)).shape == (5, 1, 1)
    assert as_maps(np.zeros((5, 2, 3))).shape == (5, 2, 3)


LAYERS = {
    "CONV(2,3)": (6, 3, 3),
    "CONV(2,1)": (1, 2, 3),
    "CONV(3,2,groups=3)": (3, 2, 2),
    "LOCAL(2,3)": (6, 12, 15),
    "CONVT(2,3)": (6, 3, 3),
    "FC(4)": (12, 6, 7),
    "BATCHNORM": (1, 2, 3),
    "SUBSAMPLE(2)": (1, 2, 3),
}


@pytest.mark.parametrize(("layer", "shape"), LAYERS.items())
def test_what_a_layer_learned_is_laid_out_as_maps(layer, shape):
    net = Network.parse(f"INPUT(3,6,7) -> {layer}")
    assert weight_maps(net.layers[0]).shape == shape


def test_a_layer_that_learns_nothing_has_no_weight_maps():
    assert weight_maps(Network.parse("INPUT(1,4,4) -> RELU").layers[0]) is None


@pytest.mark.parametrize("layer", [*LAYERS, "FC(4) -> FC(2)"])
def test_every_number_of_the_weight_maps_is_found_in_its_parameter(layer):
    part = Network.parse(f"INPUT(3,6,7) -> {layer}", seed=1).layers[-1]
    maps = weight_maps(part)
    rng = np.random.default_rng(0)
    for _ in range(20):
        place = tuple(int(rng.integers(size)) for size in maps.shape)
        name, index = parameter_at(part, *place)
        assert part.parameters[name][index] == maps[place]


def test_gradients_are_laid_out_like_the_weights_that_they_are_of():
    layer = Network.parse("INPUT(2,5,5) -> CONV(3,2)").layers[0]
    gradients = {name: array + 1 for name, array in layer.parameters.items()}
    np.testing.assert_array_equal(weight_maps(layer, gradients), weight_maps(layer) + 1)


def test_a_scale_is_that_of_a_map_of_its_layer_or_of_the_network():
    one, layer, net = np.array([1.0, 2.0]), np.array([1.0, 3.0]), np.array([-5.0, 4.0])
    assert scale("unit", one, [one, layer], [net]) == (0, 2)
    assert scale("layer", one, [one, layer], [net]) == (0, 3)
    assert scale("global", one, [one, layer], [layer, net]) == (-5, 5)
    assert scale("-1:2.5", one, [layer], [net]) == (-1, 2.5)


def test_a_scale_with_signs_has_0_in_its_middle_and_leaves_out_what_is_not_finite():
    assert extent([np.array([-1.0, np.inf, np.nan, 3.0])]) == (-3, 3)
    assert extent([np.array([np.nan]), np.zeros(0), np.zeros(3)]) == (0, 1)


def test_the_ranges_follow_each_other_and_then_the_scale_is_frozen():
    assert next_range("unit", (0, 1)) == "layer"
    assert next_range("layer", (0, 1)) == "global"
    limits = (float(np.float32(-0.1)), float(np.float32(0.1)))
    frozen = next_range("global", limits)
    assert np.float32(frozen_range(frozen)).tolist() == [np.float32(-0.1), np.float32(0.1)]
    assert next_range(frozen, limits) == "unit"


@pytest.mark.parametrize("text", ["", "all", "1", "2:1", "0:nan", "1:1", "a:b"])
def test_a_range_that_is_none_is_told_which_there_are(text):
    with pytest.raises(RequestError, match="expected unit, layer, global, or LOW:HIGH"):
        frozen_range(text)


def test_the_table_has_a_row_for_each_layer():
    table = layer_table(parse("INPUT(1,8,8) -> CONV(2,3) -> FC(3)"), "conv1")
    assert table.rows == (
        ("input", "INPUT(1,8,8)", "1×8×8", "1×1", ""),
        ("conv1", "CONV(2,3)", "2×6×6", "3×3", "20"),
        ("fc1", "FC(3)", "3", "8×8", "219"),
    )
    assert table.chosen == 1


def test_where_there_are_branches_the_table_says_what_a_layer_takes():
    table = layer_table(parse("INPUT(1,4,4) -> TANH -> RES[CONV(1,1)]"), "")
    assert [row[2] for row in table.rows] == ["", "", "", "conv1 + tanh1"]
    assert table.chosen is None


def test_shapes_and_units_are_written_without_the_one_row_of_a_dimension_less():
    conv, fc = parse("INPUT(2,9) -> CONV(3,2) -> FC(4)").layers[1:]
    assert shape_text(conv.output, conv.is_1d) == "3×8"
    assert shape_text(fc.output) == "4"
    assert unit_text(conv, 1, 0, 5) == "conv1[1, 0, 5]"
    assert unit_text(fc, 3, 0, 0) == "fc1[3]"
