"""Networks written another way: as the same function, or with the same sizes and views."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tuiconv.arithmetic.activations import Activation, ReLU
from tuiconv.arithmetic.joins import Join
from tuiconv.arithmetic.language import parse
from tuiconv.arithmetic.layers import Flatten, Softmax
from tuiconv.arithmetic.network import NetworkSpec, automatic_names
from tuiconv.arithmetic.normalisation import BatchNorm
from tuiconv.arithmetic.pooling import AvgPool, Pool, Subsample
from tuiconv.arithmetic.reading import MOST_LAYERS
from tuiconv.arithmetic.sizes import Pair, Side, sides
from tuiconv.arithmetic.specs import Shape, Spec, SpecError
from tuiconv.arithmetic.weighted import Conv, FullyConnected


def with_convolutions(network: NetworkSpec) -> NetworkSpec:
    """The network with a convolution in the place of every full connection: the same function.

    Its kernel covers all that arrives. Behind 16 maps of 5×5 FC(120) becomes CONV(120,5), and full
    connection behind that becomes 1×1 convolutions. The weights (features, channels·height·width)
    are the kernels (features, channels, height, width), in the same order. A FLATTEN before full
    connection goes, and the network slides over larger images (CS231n, "Converting FC layers to
    CONV layers"). In the place of a vector maps of 1×1 leave.

    Where more than activations stands between a FLATTEN and the full connection, both stay.

    Raises:
        SpecError: a join would get maps from one branch and a vector from another.
    """
    changes: dict[int, tuple[Spec, ...]] = {}
    feeding = places_before(network, feeds_full_layer, at_end=False)
    maps: dict[int, Shape] = {}
    """What leaves the layers, by their place, that gave a vector before."""
    for place, layer in enumerate(network.layers[1:], 1):
        source = layer.sources[0]
        arriving = maps.get(source, network.layers[source].output)
        if isinstance(layer, Join):
            turned = [end in maps for end in layer.sources]
            if any(turned) and not all(turned):
                raise SpecError(
                    f"{layer.name} {layer.word}[…]: expected branches that all become convolutions"
                    " or none, as maps of 1×1 and a vector cannot be joined"
                )
            if all(turned):
                maps[place] = (layer.output[0], 1, 1)
        elif isinstance(layer, FullyConnected) and len(arriving) == 3:
            changes[place] = (convolution_for(layer, arriving),)
            maps[place] = (layer.features, 1, 1)
        elif isinstance(layer, Flatten) and (source in maps or place in feeding):
            changes[place] = ()
            maps[place] = arriving
        elif source in maps:
            maps[place] = arriving
    return rebuilt(network, changes)


def convolution_for(layer: FullyConnected, arriving: Shape) -> Conv:
    """The convolution whose kernel covers the maps that arrive."""
    _, height, width = arriving
    return Conv(
        name=layer.name,
        is_1d=layer.is_1d,
        input=arriving,
        channels=layer.features,
        kernel_size=(height, width),
        bias="none" if layer.bias == "none" else "map",
    )


def feeds_full_layer(layer: Spec, passes_on: bool) -> bool:
    """Whether what a layer takes arrives, but for activations, at full connection only.

    Args:
        layer: the layer.
        passes_on: whether what leaves it does.
    """
    return isinstance(layer, FullyConnected) or (isinstance(layer, Activation) and passes_on)


def with_full_layers(network: NetworkSpec) -> NetworkSpec:
    """The network with full connection for convolutions that see everything: the same function.

    Such a convolution has a kernel as large as the maps that arrive, so that a unit is left of each
    of its maps. It is taken for FC where what follows can take a vector; with padding, groups or a
    connection table it has another number of weights than FC and stays.
    """
    may_give_vector = places_before(network, can_take_vector, at_end=True)
    changes: dict[int, tuple[Spec, ...]] = {}
    vectors: set[int] = set()
    """Places of layers whose output becomes one."""
    for place, layer in enumerate(network.layers):
        if isinstance(layer, Conv) and covers(layer) and place in may_give_vector:
            changes[place] = (
                FullyConnected(
                    name=layer.name,
                    is_1d=layer.is_1d,
                    input=layer.input,
                    features=layer.channels,
                    bias="none" if layer.bias == "none" else "unit",
                ),
            )
            vectors.add(place)
        elif vectors.intersection(layer.sources):
            vectors.add(place)
            if isinstance(layer, Flatten):
                changes[place] = ()
    return rebuilt(network, changes)


def can_take_vector(layer: Spec, passes_on: bool) -> bool:
    """Whether a layer does the same with a vector as with maps of 1×1.

    Args:
        layer: the layer.
        passes_on: whether its own output may be a vector.
    """
    if isinstance(layer, FullyConnected | Flatten):
        return True
    is_pointwise = isinstance(layer, Activation | BatchNorm | Softmax)
    return passes_on and (is_pointwise or (isinstance(layer, Conv) and covers(layer)))


def covers(layer: Conv) -> bool:
    """Whether a convolution has just the weights that full connection would have."""
    is_whole = layer.kernel_size == layer.input[1:] and layer.padding == (0, 0)
    return is_whole and layer.groups == 1 and layer.table is None


def with_strided_convolutions(network: NetworkSpec) -> NetworkSpec:
    """The network with a convolution of the same window and stride in the place of every pooling.

    Sizes and receptive fields stay. An average over k×k cells *is* such a convolution: every map
    has a kernel of its own (groups = channels), all of whose weights are 1/k², and no bias. So is
    a SUBSAMPLE, with gain/k² for weights and its own bias. Their numbers stay the same.

    A maximum is no convolution, and neither are LPPOOL and LOGPROBPOOL: in their place comes one
    that is to be learned, from all maps to as many, as in the all convolutional net (Springenberg
    et al. 2014, "Striving for simplicity"). That is another function, with weights that the pooling
    did not have; that net has a RELU behind it as well. An average that divides by another number
    at the edges stays, and so does the pooling of whole maps.
    """
    changes: dict[int, tuple[Spec, ...]] = {}
    for place, layer in enumerate(network):
        if isinstance(layer, Pool) and has_equal_windows(layer):
            changes[place] = (strided_convolution_for(layer),)
    return rebuilt(network, changes)


def strided_convolution_for(pool: Pool) -> Conv:
    """The convolution with the window of a pooling."""
    window, channels = pool.window, pool.input[0]
    top, left = window.before
    bottom, right = (
        behind + beyond for behind, beyond in zip(window.behind, overhang(pool), strict=True)
    )
    is_average = isinstance(pool, AvgPool | Subsample)
    return Conv(
        name=pool.name,
        is_1d=pool.is_1d,
        input=pool.input,
        channels=channels,
        kernel_size=window.kernel_size,
        stride=window.stride,
        padding=((top, bottom), (left, right)),
        dilation=window.dilation,
        groups=channels if is_average else 1,
        bias="none" if isinstance(pool, AvgPool) else "map",
    )


def has_equal_windows(pool: Pool) -> bool:
    """Whether a pooling does the same in every window, also at the edges."""
    if not isinstance(pool, AvgPool):
        return True
    return overhang(pool) == (0, 0) and (pool.count == "all" or pool.padding == (0, 0))


def overhang(pool: Pool) -> Pair:
    """Rows and columns of the last window beyond the padded maps, where it rounds up."""
    rows, columns = (
        max(0, pool.sees(count - 1, count - 1, axis)[1] + 1 - size - pool.window.behind[axis])
        for axis, (count, size) in enumerate(zip(pool.output[1:], pool.input[1:], strict=True))
    )
    return rows, columns


def with_small_kernels(network: NetworkSpec, relu: bool = True) -> NetworkSpec:
    """The network with a stack of 3×3 convolutions in the place of every larger one.

    (k − 1)/2 of them see as much as one of k×k, and the same sizes leave: three for 7×7, with
    3·(3·3)·C² = 27·C² weights for 49·C² of C channels, and more non-linear functions on the way
    (Simonyan & Zisserman 2014, "Very deep convolutional networks"; CS231n, "Layer patterns").
    Where fewer channels arrive than leave it may need more weights, as all but the first of a stack
    see those that leave. Padding is shared out between them, and every axis is taken by itself: 1×7
    becomes three of 1×3.

    It is another function. Without RELU, biases and padding the stack is one k×k convolution again,
    whose kernel is the convolution of the stack's, but not every k×k kernel is such a one. Even
    kernels, strides, tables and biases for every unit stay as they are.

    Args:
        network: the network.
        relu: whether a RELU stands between two of a stack.

    Raises:
        SpecError: the stacks would have more layers than a network may have.
    """
    changes: dict[int, tuple[Spec, ...]] = {}
    made = 0
    for place, layer in enumerate(network):
        if isinstance(layer, Conv) and can_be_stacked(layer):
            made += max(layer.kernel_size) // 2 * (2 if relu else 1)
            if made > MOST_LAYERS:
                raise layer.refuse(f"expected stacks of at most {MOST_LAYERS:,} layers in all")
            changes[place] = stack_for(layer, relu)
    return rebuilt(network, changes)


def can_be_stacked(layer: Conv) -> bool:
    """Whether a stack of 3×3 convolutions can take its place."""
    is_odd_and_large = all(size % 2 for size in layer.kernel_size) and max(layer.kernel_size) > 3
    is_plain = layer.stride == (1, 1) and layer.table is None and layer.bias != "unit"
    return is_odd_and_large and is_plain


def stack_for(layer: Conv, relu: bool) -> tuple[Spec, ...]:
    """The convolutions that see together what one sees, with or without RELU between them."""
    depths = [size // 2 for size in layer.kernel_size]
    arriving = layer.input
    stack: list[Spec] = []
    for number in range(max(depths)):
        if stack and relu:
            stack.append(ReLU(name="", input=arriving))
        rows, columns = (
            part_of(side, max(depth, 1), number)
            for side, depth in zip(layer.padding, depths, strict=True)
        )
        small = replace(
            layer,
            name=f"{layer.name}_{number + 1}",
            input=arriving,
            kernel_size=(3 if number < depths[0] else 1, 3 if number < depths[1] else 1),
            padding=(rows, columns),
        )
        arriving = small.output
        stack.append(small)
    return tuple(stack)


def part_of(side: Side, parts: int, number: int) -> Pair:
    """What one of some layers lays before and behind an axis, of `side` in all."""
    before, behind = (
        total // parts + (number < total % parts) if number < parts else 0 for total in sides(side)
    )
    return before, behind


def rebuilt(network: NetworkSpec, changes: dict[int, tuple[Spec, ...]]) -> NetworkSpec:
    """The network with other layers, in a row or none, in the place of some.

    Names that were given are kept, and so are those of the new layers in the place of a layer that
    had one; all others are numbered anew.
    """
    layers: list[Spec] = []
    given: list[bool] = []
    ends: list[int] = []
    """Where now the output comes from that left each of the layers before."""
    for place, (layer, name) in enumerate(
        zip(network.layers, automatic_names(network.layers), strict=True)
    ):
        values: dict[str, Any] = {"sources": tuple(ends[source] for source in layer.sources)}
        if isinstance(layer, Join):
            values["fork"] = ends[layer.fork]
        end = values["sources"][0] if layer.sources else 0
        for made in changes.get(place, (layer,)):
            layers.append(replace(made, **values))
            given.append(layer.name != name and made.name != "")
            end = len(layers) - 1
            values = {"sources": (end,)}
        ends.append(end)
    names = automatic_names(layers)
    renamed = tuple(
        layer if is_given else replace(layer, name=name)
        for layer, name, is_given in zip(layers, names, given, strict=True)
    )
    return parse(str(NetworkSpec(renamed)))


def places_before(
    network: NetworkSpec, holds: Callable[[Spec, bool], bool], at_end: bool
) -> set[int]:
    """The places of the layers for which something holds of all that take their output.

    Args:
        network: the network.
        holds: given a layer, and whether its own place is among those that are found.
        at_end: whether the last place is.
    """
    found = set(range(len(network)))
    if not at_end:
        found.discard(len(network) - 1)
    for place in reversed(range(1, len(network))):
        layer = network.layers[place]
        if not holds(layer, place in found):
            found.difference_update(layer.sources)
    return found


CONVERSIONS: dict[str, Callable[[NetworkSpec], NetworkSpec]] = {
    "convolutions": with_convolutions,
    "full-layers": with_full_layers,
    "strided-convolutions": with_strided_convolutions,
    "small-kernels": with_small_kernels,
}
"""By what the network is written with."""
