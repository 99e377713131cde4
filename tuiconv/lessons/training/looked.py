"""The image that is looked at, and all that is computed of it and of its batch so far."""

from dataclasses import dataclass

import numpy as np

from tuiconv.data.dataset import Dataset, Images
from tuiconv.nn.layers import Array, Arrays, Labels, Part
from tuiconv.nn.network import Network
from tuiconv.runs.stepping.apart import InHand


@dataclass(frozen=True, eq=False)
class Looked:
    """A batch, or a single test image, on its way through the network and back.

    The dictionaries are those of `Network.trace`, as far as the way has been gone.
    """

    net: Network
    which: str
    """`test image 3` or `batch image 3`."""
    index: int
    """Of the image in these arrays."""
    images: Images
    labels: Labels
    activations: Arrays
    """(n, …) by layer name, `input` first."""
    gradients: Arrays
    parameter_gradients: Arrays
    """By names such as conv1.weight."""
    loss: float | None
    """The mean over the images; None before it is computed."""
    is_batch: bool
    """Whether it is a batch that is learned from."""

    @property
    def label(self) -> int:
        """The image's."""
        return int(self.labels[self.index])

    @property
    def scores(self) -> Array | None:
        """What a SOFTMAX at the end takes, or what leaves the last layer, (n, classes)."""
        return flat(self.activations.get(self._scored))

    @property
    def delta_at_scores(self) -> Array | None:
        """The loss's gradient there."""
        return flat(self.gradients.get(self._scored))

    @property
    def _scored(self) -> str:
        spec = self.net.spec
        place = spec.layers[-1].sources[0] if self.net.ends_in_softmax else -1
        return spec.layers[place].name

    def arriving(self, layer: Part) -> Array:
        """What a layer with one input takes, (n, …)."""
        return self.activations[self.net.spec.layers[layer.spec.sources[0]].name]


def flat(array: Array | None) -> Array | None:
    """(n, …) as (n, numbers of an image)."""
    return None if array is None else array.reshape(len(array), -1)


def softmax(looked: Looked) -> tuple[Array, Array]:
    """The scores and their softmax, in float64."""
    assert looked.scores is not None
    z: Array = looked.scores[looked.index].astype(np.float64)
    with np.errstate(all="ignore"):
        e = np.exp(z - z.max())
        return z, e / e.sum()


def of_test_image(net: Network, test: Dataset, number: int, *, goes_back: bool = True) -> Looked:
    """A test image through the network and perhaps back, as if it were a batch of its own."""
    chosen = slice(number, number + 1)
    images, labels = test.images[chosen], test.labels[chosen]
    with np.errstate(all="ignore"):  # of a network that has diverged
        trace = net.trace(net.preprocessing(images), labels if goes_back else None)
    return Looked(
        net, f"test image {number:,}", 0, images, labels,
        trace.activations, trace.gradients, trace.parameter_gradients, trace.loss, is_batch=False,
    )  # fmt: skip


def of_batch(net: Network, hand: InHand, number: int) -> Looked:
    """An image of the batch that is taken apart."""
    return Looked(
        net, f"batch image {number}", number, hand.images, hand.labels,
        hand.activations, hand.gradients, hand.parameter_gradients, hand.loss, is_batch=True,
    )  # fmt: skip
