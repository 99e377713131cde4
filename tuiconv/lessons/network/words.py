"""What a screen of the network says of itself, and the operations that computed it."""

from typing import Final

from tuiconv.arithmetic import layers as specs
from tuiconv.arithmetic.specs import Spec
from tuiconv.lessons.network.look import Look

KERNELS: Final[dict[type[Spec], str]] = {
    specs.Conv: "conv2d",
    specs.Local: "local2d",
    specs.CausalConv: "conv1d",
    specs.TransposedConv: "conv_transpose2d",
    specs.Shuffle: "pixel_shuffle",
    specs.Unshuffle: "pixel_unshuffle",
    specs.FullyConnected: "linear",
    specs.MaxPool: "max_pool2d",
    specs.AvgPool: "avg_pool2d",
    specs.LpPool: "lp_pool2d",
    specs.LogProbPool: "log_prob_pool2d",
    specs.GlobalAvgPool: "global_avg_pool2d",
    specs.GlobalMaxPool: "global_max_pool2d",
    specs.Subsample: "subsample2d",
    specs.ReLU: "relu",
    specs.ReLU6: "relu6",
    specs.LeakyReLU: "leaky_relu",
    specs.Tanh: "tanh",
    specs.ScaledTanh: "scaled_tanh",
    specs.Sigmoid: "sigmoid",
    specs.Shrink: "softshrink",
    specs.BatchNorm: "batch_norm",
    specs.Whiten: "whiten",
    specs.SubtractiveNorm: "subtractive_norm",
    specs.DivisiveNorm: "divisive_norm",
    specs.ResponseNorm: "local_response_norm",
    specs.Softmax: "log_softmax",
}
"""The operation of a kind of layer; joins, and what only passes numbers on, need none."""

OVERVIEW: Final = (
    "The table lists the network's layers, from the image to the probabilities. ↑ and ↓ choose a"
    " layer, ← and → one of its maps, Enter enlarges that map.",
    "The column sees says on how many pixels of the input image one unit of a layer depends, learns"
    " how many parameters it has.",
    "n and N go to the next and the previous image, x to those that are read wrong only. o and O"
    " add noise or take it away, i makes a square black, Shift with an arrow moves the image: the"
    " bars then show what each probability was before, and is now.",
    "t changes what the maps are: activations, weights, or gradients. d takes another data set, m"
    " another network.",
)
MAP: Final = (
    "The arrow keys move the cursor over the map; Enter opens the unit under it as its arithmetic,"
    " Escape goes back to all layers.",
    "In every earlier layer, and on the image, a frame is drawn around what the unit sees. Cells of"
    " a frame beyond the edge of a map are padding.",
    "A unit sees a place in all maps of a layer. Of these maps the one is shown that moves the unit"
    " most: whose numbers have, as the unit's derivatives, the largest sum of squares.",
    "g turns to what the unit reaches: frames in the later layers are around all units that depend"
    " on it, in the map that changes most when the unit is set to 0. e shows the effective"
    " receptive field: by how much each pixel would move the unit.",
)
KERNEL: Final = (
    "The arrow keys move the cursor over the weights; Enter opens the gradient of the one under it,"
    " Escape goes back to all layers.",
)
NUMBER: Final = (
    "Where there is nothing to choose, the arrow keys go to the next unit.",
    "The numbers in the grids are rounded, the sums are not: they are the float32 numbers that the"
    " kernel has after each part, as it adds product after product. So the last one is the number"
    " that is stored, bit by bit.",
)
HOW: Final = {
    "activations": "A unit of a layer with weights multiplies what it sees, channel by channel,"
    " with a kernel of its own for each channel, and adds all products and a bias. The arrow keys"
    " choose the channel that is opened. Of other layers the formula is shown, with its numbers.",
    "gradients": "The gradient δ of every unit behind this one comes back, times how that unit"
    " follows this one: of layers with weights that is the weight. The arrow keys choose the map"
    " that is opened.",
    "weights": "A weight has a part in every place of its map: its gradient is the sum, over all"
    " places, of the number x that it was multiplied with times the gradient δ that came back"
    " there. The arrow keys choose the row of places that is opened.",
}
"""How a number comes about."""
WHAT: Final = {
    "activations": "Activations are what leaves a layer for this image.",
    "weights": "Weights are what a layer has learned; they are the same for every image. A kernel"
    " is drawn as a map, in the order map by map and, for each, channel by channel.",
    "gradients": "Gradients are those of the loss for this image: how much the loss grows when a"
    " number grows by a little. Training changes weights against their gradients.",
}


def help_of(look: Look) -> tuple[str, ...]:
    """What there is to see, in sentences."""
    show = look.view.show
    depth = {
        "overview": OVERVIEW,
        "map": KERNEL if show == "weights" else MAP,
        "number": (HOW[show], *NUMBER),
    }[look.view.depth]
    return (*look.about, *depth, WHAT[show])


def kernels_of(look: Look) -> tuple[str, ...]:
    """The operations that computed what is shown: of gradients, those of the layers behind."""
    view, net = look.view, look.passing.net
    if view.show == "activations":
        return named([look.spec], "")
    if view.show == "weights":
        return named([look.spec], "_backward") if view.depth == "number" else ()
    behind = [layer for layer in net.spec if look.place in layer.sources]
    return named(behind, "_backward") or ("cross_entropy_backward",)


def named(layers: list[Spec], suffix: str) -> tuple[str, ...]:
    """The operations of some layers, each once."""
    names = (KERNELS[type(layer)] + suffix for layer in layers if type(layer) in KERNELS)
    return tuple(dict.fromkeys(names))
