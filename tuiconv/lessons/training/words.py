"""What the kinds of layers do, in words: forward, and backward with δ, the loss's gradient."""

from typing import Final

from tuiconv.arithmetic import joins, layers
from tuiconv.arithmetic.specs import Shape, Spec
from tuiconv.arithmetic.weighted import Weighted

FORWARD: Final[dict[type[Spec], str]] = {
    layers.FullyConnected: "each output is the sum of weight · input over all inputs, plus a bias",
    Weighted: "each output is the sum of weight · input over its window, plus a bias",
    layers.MaxPool: "of each window the largest number goes on",
    layers.AvgPool: "of each window the mean goes on",
    layers.Subsample: "the mean of each window, times a learned gain, plus a learned bias",
    layers.GlobalAvgPool: "of each map the mean goes on",
    layers.GlobalMaxPool: "of each map the largest number goes on",
    layers.ReLU: "what is below 0 becomes 0",
    layers.ReLU6: "what is below 0 becomes 0, what is above 6 becomes 6",
    layers.LeakyReLU: "what is below 0 is made smaller",
    layers.Tanh: "every number is squashed between −1 and 1",
    layers.ScaledTanh: "every number is squashed: 1.7159 · tanh(2/3 · x)",
    layers.Sigmoid: "every number is squashed between 0 and 1",
    layers.Shrink: "numbers near 0 become 0",
    layers.Dropout: "a coin is tossed for every unit: those left out are 0",
    layers.BatchNorm: "every channel gets the mean 0 and the variance 1 over this batch",
    layers.Flatten: "the maps become one vector",
    layers.Softmax: "scores become log-probabilities: z − log Σ exp(z)",
    joins.Residual: "what went round is added",
    joins.Concat: "the maps of all branches stand beside each other",
    joins.Product: "the branches are multiplied, number by number",
}
"""By kind: what is done to get the output."""

BACKWARD: Final[dict[type[Spec], str]] = {
    layers.FullyConnected: (
        "each weight gets δ of its output · its input, summed over the batch; each input gets"
        " Σ weight · δ"
    ),
    Weighted: (
        "each weight gets Σ δ · input over all places where it was used; each input gets"
        " Σ weight · δ"
    ),
    layers.MaxPool: "δ goes to the largest number of its window, the others get 0",
    layers.AvgPool: "δ is shared by the numbers of its window",
    layers.Subsample: "δ · gain is shared by the numbers of its window",
    layers.GlobalAvgPool: "δ is shared by all places of its map",
    layers.GlobalMaxPool: "δ goes to the largest number of its map, the others get 0",
    layers.ReLU: "δ passes where the output is above 0 and becomes 0 elsewhere",
    layers.ReLU6: "δ passes where the output is between 0 and 6",
    layers.LeakyReLU: "δ passes where the output is above 0 and is made smaller elsewhere",
    layers.Tanh: "δ · (1 − output²): little passes where a unit is saturated",
    layers.ScaledTanh: "δ · slope: little passes where a unit is saturated",
    layers.Sigmoid: "δ · output · (1 − output): little passes where a unit is saturated",
    layers.Shrink: "δ passes where the output is not 0",
    layers.Dropout: "δ passes where the coin let the unit pass",
    layers.BatchNorm: "δ less its part along the mean and the variance of the batch",
    layers.Flatten: "the vector of δ becomes maps again",
    layers.Softmax: "at the scores δ is (p − y) / images: y is 1 for the right class, else 0",
    joins.Residual: "δ goes into both branches",
    joins.Concat: "each branch gets the δ of its own maps",
    joins.Product: "each branch gets δ · the other branch",
}
"""By kind: how the gradient at the output becomes those at the weights and at the input."""


def about(spec: Spec, words: dict[type[Spec], str]) -> str:
    """The words for a layer; "" for a kind that has none."""
    return next((words[kind] for kind in type(spec).__mro__ if kind in words), "")


def shape_words(shape: Shape) -> str:
    """`6 maps 28×28` or `84 units`."""
    channels, *size = shape
    if not size:
        return f"{channels:,} unit{'s' * (channels != 1)}"
    return f"{channels:,} map{'s' * (channels != 1)} {'×'.join(map(str, size))}"
