"""How the number of a layer's parameters comes about."""

from math import prod

from tuiconv.arithmetic import layers as specs
from tuiconv.arithmetic.specs import Spec
from tuiconv.arithmetic.weighted import Weighted
from tuiconv.lessons.arithmetic.terms import Term, given, product, total


def parameter_terms(layer: Spec) -> list[Term]:
    """Step by step to how many numbers a layer learns."""
    match layer:
        case specs.BatchNorm():
            return [product("a scale and an offset for every channel", layer.channels, 2)]
        case specs.Subsample():
            return [product("a gain and a bias for every map", layer.maps, 2)]
        case Weighted():
            terms = weight_terms(layer)
            if layer.bias_shape is None:
                return [*terms, given("parameters: there are no biases", layer.parameters)]
            biases = prod(layer.bias_shape)
            of = "map" if len(layer.bias_shape) < len(layer.output) else "unit"
            return [
                *terms,
                product(f"biases, one for every {of}", *layer.bias_shape),
                total("parameters: weights and biases", layer.weights, biases),
            ]
    return [given("it learns nothing", 0)]


def weight_terms(layer: Weighted) -> list[Term]:
    """Step by step to how many weights a layer has."""
    match layer:
        case specs.FullyConnected():
            inputs = prod(layer.input)
            return [
                product("numbers arrive, a weight for each", *layer.input),
                product("weights: so many for every feature", layer.features, inputs),
            ]
        case specs.Local():
            of_unit, units = prod(layer.weight_shape[3:]), prod(layer.output)
            return [
                product("weights of a unit: channels, rows, columns", *layer.weight_shape[3:]),
                product("units, each of which has its own", *layer.output),
                product("weights", units, of_unit),
            ]
    kernel = layer.weight_shape[2:]
    cells = product("weights of a kernel", *kernel)
    if isinstance(layer, specs.Conv) and layer.connection_table is not None:
        pairs = given(f"kernels: X in the connection table {layer.table}", layer.kernels)
        return [cells, pairs, product("weights", layer.kernels, cells.value)]
    groups, channels = getattr(layer, "groups", 1), layer.input[0]
    sees = given("channels that a map sees, a kernel for each", channels)
    if groups > 1:
        sees = Term(
            "channels of a group, a kernel for each", f"{channels} / {groups}", channels // groups
        )
    of_map = product("weights of a map", sees.value, cells.value)
    return [
        cells,
        sees,
        of_map,
        product("weights: so many for every map", layer.output[0], of_map.value),
    ]
