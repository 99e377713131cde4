"""One image through a network, forward and, when it is asked for, backward."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

import tuiconv_kernels as kernels
from tuiconv.data.dataset import Images
from tuiconv.nn.joins import arriving, carry_back
from tuiconv.nn.layers import Array, Arrays
from tuiconv.nn.network import Network


@dataclass(frozen=True, eq=False)
class Passing:
    """Everything that one image sets off in a network; places are as in the network's spec."""

    net: Network
    pixels: Images
    """(channels, height, width), as large as INPUT."""
    label: int | None
    """The output that would be right; None if the network does not have the image's class."""

    @cached_property
    def activations(self) -> list[Array]:
        """What left each layer, (1, …), the normalised image first: as `Network.trace` has it."""
        x = self.net.checked(self.net.preprocessing(self.pixels[np.newaxis]))
        return self.net.forward(x)

    @cached_property
    def scores(self) -> Array:
        """What SOFTMAX takes, or the last outputs of a network without one."""
        return self.activations[-2 if self.net.ends_in_softmax else -1]

    @cached_property
    def probabilities(self) -> npt.NDArray[np.float64]:
        """Of every class; if there is an answer for every place, their mean over the places."""
        last = self.activations[-1]
        log_p = last if self.net.ends_in_softmax else kernels.log_softmax(last)
        p = np.exp(log_p[0], dtype=np.float64)
        means: npt.NDArray[np.float64] = p.reshape(len(p), -1).mean(axis=1)
        return means

    @property
    def guess(self) -> int:
        """The most probable class."""
        return int(self.probabilities.argmax())

    @property
    def target(self) -> int:
        """The class for which the loss is taken: the label, or else the guess."""
        return self.guess if self.label is None else self.label

    @cached_property
    def backward(self) -> tuple[list[Array], Array]:
        """The gradients of the cross-entropy: of each of `activations`, and of all parameters."""
        places = self.activations[-1].shape[2:]
        labels = np.full((1, *places), self.target)
        parameters = np.zeros_like(self.net.parameters)
        return self.net.backward(self.activations, labels, parameters), parameters

    @property
    def gradients(self) -> list[Array]:
        """The cross-entropy's gradient with respect to each of `activations`."""
        return self.backward[0]

    @property
    def weight_gradients(self) -> dict[str, Arrays]:
        """The cross-entropy's gradient with respect to all that is learned, by layer and name."""
        return self.net.views(self.backward[1])

    def gradients_of(self, place: int, unit: tuple[int, ...]) -> dict[int, Array]:
        """The gradient of one unit with respect to what left each layer before it.

        Args:
            place: of the unit's layer.
            unit: (channel,) or (channel, row, column).

        Returns:
            By the places on which it depends, its own included.
        """
        seed = np.zeros_like(self.activations[place])
        seed[(0, *unit)] = 1
        grads = {place: seed}
        for at in range(place, 0, -1):
            if at not in grads:
                continue
            layer = self.net.layers[at - 1]
            unused = {name: np.empty_like(array) for name, array in layer.parameters.items()}
            inputs = arriving(layer, self.activations)
            parts = carry_back(layer, grads[at], inputs, unused)
            for source, part in zip(layer.spec.sources, parts, strict=True):
                grads[source] = grads[source] + part if source in grads else part
        return grads

    def changes_without(self, place: int, unit: tuple[int, ...]) -> dict[int, Array]:
        """How what leaves each later layer changes when one unit is set to 0.

        The arguments are as for `gradients_of`; the result is by the places that can change.
        """
        without = list(self.activations)
        without[place] = without[place].copy()
        without[place][(0, *unit)] = 0
        touched = {place}
        for at, layer in enumerate(self.net.layers[place:], place + 1):
            if touched.intersection(layer.spec.sources):
                touched.add(at)
                without[at] = layer.forward(*arriving(layer, without))
        with np.errstate(invalid="ignore"):
            return {at: without[at] - self.activations[at] for at in sorted(touched)}
