"""A network: layers in order, and their parameters in one flat vector.

Layers and joins stand in an order in which each comes behind those it takes from. They and what
leaves them are known by their places in it; the image has place 0.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tuiconv.arithmetic import NetworkSpec, parse, summarize
from tuiconv.data.dataset import MNIST_STATISTICS, Preprocessing
from tuiconv.errors import RequestError
from tuiconv.nn.coins import Coins
from tuiconv.nn.initialisers import initialiser_named
from tuiconv.nn.joins import Layers, arriving, carry_back
from tuiconv.nn.kinds import KINDS
from tuiconv.nn.layers import Array, Arrays, Labels, Softmax
from tuiconv.nn.losses import CROSS_ENTROPY, Loss, loss_named, placed
from tuiconv.nn.spares import Spares
from tuiconv.nn.states import check_connections, check_shapes
from tuiconv.nn.whitening import Whiten

MOST_PARAMETERS = 500_000_000
"""2 GB of float32, and in training many times that: beyond it a machine stalls before it fails."""

RESERVED = "run"
"""Not a layer's name: with it begin, in a checkpoint, the names of a trainer's own arrays."""


@dataclass(frozen=True, eq=False)
class Trace:
    """Everything one forward and backward pass produced, by layer name (`input` for the image)."""

    activations: Arrays
    """What left each layer."""
    gradients: Arrays
    """The loss's gradient with respect to what left each layer; empty without labels."""
    parameter_gradients: Arrays
    """The loss's gradient with respect to each parameter, such as conv1.weight."""
    loss: float | None
    """The mean over the batch; None without labels."""


class Network:
    """Layers that go forward, backward, to disk and back.

    Args:
        spec: the network's arithmetic, from `tuiconv.arithmetic.parse`.
        seed: where the first weights come from. Biases are 0; the gains of a subsampling are 1, so
            that it begins as an average.
        class_names: what the outputs stand for; None for their numbers, from 0.
        preprocessing: how pixels become this network's input.
        dtype: of the parameters and of everything computed; float64 for gradient checks.
        initialiser: how widely the first weights vary: "lecun", "he" or "xavier"; see
            `tuiconv.nn.initialisers`.

    Raises:
        RequestError: a ValueError for a network of more than `MOST_PARAMETERS`, a layer called
            `RESERVED`, or no such initialiser.
    """

    def __init__(
        self,
        spec: NetworkSpec,
        seed: int | np.random.Generator = 0,
        class_names: tuple[str, ...] | None = None,
        preprocessing: Preprocessing = MNIST_STATISTICS,
        dtype: npt.DTypeLike = np.float32,
        initialiser: str = "lecun",
    ) -> None:
        self.spec = spec
        if class_names is None:
            class_names = tuple(map(str, range(spec.output[0])))
        self.class_names = class_names
        self.preprocessing = preprocessing
        self.layers = layers_of(spec)
        if spec.totals.parameters > MOST_PARAMETERS:
            raise RequestError(
                f"the network has {spec.totals.parameters:,} parameters; at most"
                f" {MOST_PARAMETERS:,} are allowed"
            )
        if any(layer.name == RESERVED for layer in self.layers):
            raise RequestError(f"a layer is called {RESERVED}; expected any other name")
        shapes = [shape for each in self.layers for shape in each.parameter_shapes().values()]
        self.parameters = np.zeros(sum(map(prod, shapes)), dtype)
        """All that is learned, in one vector that the optimiser updates; and, of a convolution with
        a connection table, the weights without a connection, which are 0 and stay 0."""
        views = self.views(self.parameters)
        for layer in self.layers:
            layer.parameters = views[layer.name]
            layer.buffers = {n: np.zeros(s, dtype) for n, s in layer.buffer_shapes().items()}
        self.compiled = Spares(self)
        """The fast way through the network."""
        rng, first = np.random.default_rng(seed), initialiser_named(initialiser)
        for layer in self.layers:
            layer.initialise(rng, first)

    @classmethod
    def preset(
        cls, name: str, seed: int | np.random.Generator = 0, initialiser: str = "lecun"
    ) -> "Network":
        """A network by name (`lenet5`), with fresh weights."""
        return cls(summarize(name), seed, initialiser=initialiser)

    @classmethod
    def parse(
        cls, text: str, seed: int | np.random.Generator = 0, initialiser: str = "lecun"
    ) -> "Network":
        """A network in the layer-pattern language, with fresh weights."""
        return cls(parse(text), seed, initialiser=initialiser)

    @classmethod
    def load(cls, path: str | Path) -> "Network":
        """The network in a checkpoint that `save` wrote.

        Raises:
            CheckpointError: the file is not such a checkpoint.
        """
        from tuiconv.nn.checkpoint import load

        return load(Path(path))

    def save(self, path: str | Path) -> None:
        """Write the network to a safetensors file, whole or not at all.

        Raises:
            OSError: the file cannot be written.
        """
        from tuiconv.nn.checkpoint import save

        save(self, Path(path))

    def views(self, vector: Array) -> dict[str, Arrays]:
        """A flat vector of all parameters (or their gradients) as arrays by layer and name."""
        views: dict[str, Arrays] = {}
        start = 0
        for layer in self.layers:
            views[layer.name] = {}
            for name, shape in layer.parameter_shapes().items():
                end = start + prod(shape)
                views[layer.name][name] = vector[start:end].reshape(shape)
                start = end
        return views

    def __call__(self, x: Array) -> Array:
        """Forward: log-probabilities if the network ends in SOFTMAX, else its last outputs.

        Args:
            x: (n, channels, height, width) float32, normalised by `preprocessing`.

        Returns:
            (n, classes); for images larger than the network was made for (n, classes, h, w), a
            map of outputs, one for every place the network fits.

        Raises:
            ValueError: other channels than the network's, or images too small for it.
        """
        return self._shaped(self.compiled.together, self.checked(x))

    def outputs(self, x: Array, loss: Loss = CROSS_ENTROPY) -> Array:
        """What a loss sees, in the caller's thread alone; x as `checked` returns it.

        It is what a call of the network gives, but for the squared and the SVM loss the scores
        before a final SOFTMAX.
        """
        return self._shaped(partial(self.compiled.alone, loss=loss), x)

    def _shaped(self, compiled: Callable[[Array], Array], x: Array) -> Array:
        if len(x) == 0:
            return self.forward(x)[-1]
        output = compiled(x)
        if x.shape[1:] == self.spec.input:
            return output.reshape(len(x), *self.spec.output)
        return output

    def checked(self, x: Array) -> Array:
        """The batch in the parameters' dtype, if this network can take it."""
        x = np.asarray(x)
        if x.dtype.kind not in "fiub":
            raise ValueError(f"images are {x.dtype}; real numbers are allowed")
        channels, height, width = self.spec.input
        fits = x.ndim == 4 and x.shape[1] == channels
        if not (fits and x.shape[2] >= height and x.shape[3] >= width):
            raise ValueError(
                f"images of shape {x.shape} arrive; expected (n, {channels}, {height}, {width})"
                " or taller or wider"
            )
        return np.require(x, self.parameters.dtype, ["C", "ALIGNED"])

    @property
    def is_random(self) -> bool:
        """Whether a layer tosses coins in training."""
        return any(layer.is_random for layer in self.layers)

    @property
    def joins_images(self) -> bool:
        """Whether in training what becomes of an image depends on the others of its batch."""
        return any(layer.joins_images for layer in self.layers)

    @property
    def is_to_be_fitted(self) -> bool:
        """Whether it whitens its images but has not seen what it is to be trained with."""
        return any(isinstance(each, Whiten) and not each.is_fitted for each in self.layers)

    def fit(self, x: Array) -> None:
        """Fit a WHITEN to training images; x as for a call of the network."""
        for layer in self.layers:
            if isinstance(layer, Whiten):
                layer.fit(self.checked(x))

    def check_batch(self, images: int) -> None:
        """Raise RequestError if a layer cannot learn from a batch of so many images."""
        for layer in self.layers:
            layer.check_batch(images)

    def layers_with(self, coins: Coins | None) -> Layers:
        """The layers as they are in a step of training; without coins as in evaluation."""
        if coins is None:
            return self.layers
        return tuple(layer.in_training(coins) for layer in self.layers)

    def forward(self, x: Array, coins: Coins | None = None) -> list[Array]:
        """The batch x and what leaves each layer in turn; with coins as in training."""
        activations = [x]
        for layer in self.layers_with(coins):
            activations.append(layer.forward(*arriving(layer, activations)))
        return activations

    def passed(self, x: Array, loss: Loss) -> Array:
        """What a loss sees of a batch; on the way, what no later layer takes is forgotten."""
        seen = self.seen(loss)
        last_taker = {
            source: place
            for place, spec in enumerate(self.spec.layers[: seen + 1])
            for source in spec.sources
        }
        kept = {0: x}
        for place, layer in enumerate(self.layers[:seen], start=1):
            kept[place] = layer.forward(*arriving(layer, kept))
            kept = {k: kept[k] for k in kept if k == place or last_taker[k] > place}
        return kept[seen]

    def backward(
        self,
        activations: list[Array],
        labels: Labels,
        gradients: Array,
        loss: Loss = CROSS_ENTROPY,
        coins: Coins | None = None,
    ) -> list[Array]:
        """The gradients of a loss, from the last layer back to the image.

        Args:
            activations: what `forward` returned.
            labels: (n,) class numbers.
            gradients: flat vector like `parameters`, overwritten with the parameters' gradients.
            loss: whose gradients.
            coins: as `forward` was given them.

        Returns:
            The gradient with respect to each of `activations`; 0 for what the loss does not see.
        """
        views, seen = self.views(gradients), self.seen(loss)
        grads = {
            place: np.zeros_like(unseen) for place, unseen in enumerate(activations) if place > seen
        }
        grads[seen] = self.loss_gradient(activations[seen], labels, loss)
        layers = list(enumerate(self.layers_with(coins), start=1))
        for place, layer in reversed(layers[:seen]):
            inputs = arriving(layer, activations)
            parts = carry_back(layer, grads[place], inputs, views[layer.name])
            for source, part in zip(layer.spec.sources, parts, strict=True):
                # what feeds several layers has a part in the loss through each of them
                with np.errstate(all="ignore"):
                    grads[source] = grads[source] + part if source in grads else part
        return [grads[place] for place in range(len(activations))]

    def loss_gradient(self, output: Array, labels: Labels, loss: Loss) -> Array:
        """Of a loss with respect to what it sees."""
        if loss is not CROSS_ENTROPY or not self.ends_in_softmax:
            return loss.gradient(output, labels)
        # The output is log-probabilities already: the loss is −Σ log p[label] / n.
        gradient = np.zeros_like(output)
        share = -1 / max(labels.size, 1)
        np.put_along_axis(gradient, np.expand_dims(placed(labels, output), 1), share, axis=1)
        return gradient

    def seen(self, loss: Loss) -> int:
        """How many of the layers a loss sees: all; but a final SOFTMAX, cross-entropy alone."""
        return len(self.layers) - (self.ends_in_softmax and loss is not CROSS_ENTROPY)

    @property
    def ends_in_softmax(self) -> bool:
        """Whether the output is log-probabilities; else it is logits."""
        return bool(self.layers) and isinstance(self.layers[-1], Softmax)

    def trace(self, x: Array, labels: Labels | None = None, loss: str = "cross_entropy") -> Trace:
        """Everything one pass over the batch x produces; with labels, the gradients too.

        Args:
            x: as for a call of the network.
            labels: (n,) class numbers; (n, h, w) for a map of outputs.
            loss: whose gradients: "cross_entropy", "squared" or "svm".

        Raises:
            ValueError: as for calling the network, labels that do not fit the batch, or no such
                loss.
        """
        judge = loss_named(loss)
        activations = self.forward(self.checked(x))
        names = ["input", *(layer.name for layer in self.layers)]
        by_name = dict(zip(names, activations, strict=True))
        if labels is None:
            return Trace(by_name, {}, {}, None)
        mean = judge.mean(activations[self.seen(judge)], labels)
        gradients = np.zeros_like(self.parameters)
        grads = self.backward(activations, labels, gradients, judge)
        return Trace(by_name, dict(zip(names, grads, strict=True)), self.named(gradients), mean)

    def named(self, vector: Array) -> Arrays:
        """A flat vector like `parameters` as arrays named as in PyTorch: conv1.weight."""
        views = self.views(vector)
        return {f"{layer}.{name}": view for layer in views for name, view in views[layer].items()}

    def arrays(self) -> Arrays:
        """Parameters, and running statistics of batches, named as in PyTorch: conv1.weight."""
        return {
            f"{layer.name}.{name}": array
            for layer in self.layers
            for name, array in (layer.parameters | layer.buffers).items()
        }

    def state_dict(self) -> Arrays:
        """Copies of `arrays`, laid out as in PyTorch: conv1.weight (O,I,kh,kw)."""
        return {name: array.copy() for name, array in self.arrays().items()}

    def load_state_dict(self, arrays: Mapping[str, Array]) -> None:
        """Take what a network of the same spec has learned; on an error nothing changes.

        Raises:
            ValueError: a name is missing or unknown, a shape differs, or a weight is not 0 where a
                table has no connection.
        """
        check_shapes(self.layers, arrays)
        check_connections(self.layers, arrays)
        dtype = self.parameters.dtype
        converted = {name: np.asarray(array, dtype) for name, array in arrays.items()}
        for name, array in self.arrays().items():
            array[...] = converted[name]

    def __reduce__(self) -> tuple[Any, ...]:
        """Copies and pickles have arrays of their own."""
        dtype = self.parameters.dtype
        return restored, (
            self.spec, self.class_names, self.preprocessing, dtype, self.state_dict()
        )  # fmt: skip


def restored(
    spec: NetworkSpec,
    class_names: tuple[str, ...],
    preprocessing: Preprocessing,
    dtype: npt.DTypeLike,
    state: Arrays,
) -> Network:
    """A network with given parameters and statistics."""
    net = Network(spec, 0, class_names, preprocessing, dtype)
    net.load_state_dict(state)
    return net


def classes_of(spec: NetworkSpec) -> int | None:
    """How many outputs there are for an image of INPUT's size; None for maps of outputs."""
    classes, *places = spec.output
    return classes if prod(places) == 1 else None


def layers_of(spec: NetworkSpec) -> Layers:
    """The layers of a spec, without parameters yet."""
    return tuple(KINDS[type(layer)](layer) for layer in spec.layers[1:])
