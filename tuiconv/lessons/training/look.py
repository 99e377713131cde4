"""A view with what it is of: the run, the image that is looked at, the layer, the weight."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tuiconv.errors import RequestError
from tuiconv.lessons.inside import as_maps, parameter_at, scale, weight_maps
from tuiconv.lessons.scene import Limits
from tuiconv.lessons.training.looked import Looked
from tuiconv.lessons.training.update import Recipe, Update, update
from tuiconv.lessons.training.view import Shown, TrainingView
from tuiconv.nn.layers import Array, Arrays, Part
from tuiconv.nn.network import Network
from tuiconv.runs.stepping.apart import InHand
from tuiconv.runs.stepping.stepper import Stepper

OF_WEIGHTS: Final = ("weights", "weight-gradients", "change")
"""What is shown of weights; the rest is shown of units."""

Index = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Before:
    """What an update begins with: the batch with its gradients, and what the optimiser knows."""

    hand: InHand
    parameters: Array
    memory: Arrays
    """By the optimiser's names, laid out as the parameters."""
    recipe: Recipe

    def update_of(self, net: Network, layer: str, name: str, index: Index) -> Update:
        """What it makes of one weight."""

        def one(vector: Array) -> float:
            return float(net.views(vector)[layer][name][index])

        gradient = float(self.hand.parameter_gradients[f"{layer}.{name}"][index])
        weight, known = one(self.parameters), {each: one(a) for each, a in self.memory.items()}
        return update(self.recipe, weight, gradient, known)


def is_complete(stepper: Stepper) -> bool:
    """Whether all gradients of the batch in hand are there, so that the update comes next."""
    return stepper.position.operation == len(stepper.operations) - 2


def before_update(stepper: Stepper) -> Before:
    """What the next update begins with; all gradients of the batch in hand must be there."""
    hand, state = stepper.in_hand, stepper.trainer.state()
    assert hand is not None
    return Before(
        hand,
        stepper.net.parameters.copy(),
        {
            name.removeprefix("optimizer."): array
            for name, array in state.items()
            if name.startswith("optimizer.")
        },
        Recipe(
            stepper.trainer.optimizer,
            stepper.trainer.lr,
            stepper.trainer.momentum,
            stepper.trainer.weight_decay,
            state["steps"] + 1,
            len(hand.images),
        ),
    )


@dataclass(frozen=True, eq=False)
class Look:
    """What a scene is made of; the view is settled."""

    view: TrainingView
    stepper: Stepper
    looked: Looked
    change: Arrays
    """What the last update added to each parameter, by names such as conv1.weight; empty before
    the first."""
    before: Before | None
    """What the update of the batch looked at begins with, or began with."""

    @property
    def net(self) -> Network:
        """The network."""
        return self.looked.net

    @property
    def layer(self) -> Part:
        """The chosen one."""
        return layer_named(self.net, self.view.layer)

    def maps(self, layer: Part, of: Shown) -> Array | None:
        """What is to be shown of a layer, (n, h, w); None where there is nothing yet."""
        looked = self.looked
        match of:
            case "activations" | "gradients":
                arrays = looked.activations if of == "activations" else looked.gradients
                found = arrays.get(layer.name)
                return None if found is None else as_maps(found[looked.index])
            case "weights":
                return weight_maps(layer)
            case _:
                arrays = looked.parameter_gradients if of == "weight-gradients" else self.change
                return weight_maps(layer, named(layer, arrays))

    def all_maps(self, of: Shown) -> Iterator[Array]:
        """What is to be shown, of every layer."""
        for layer in self.net.layers:
            found = self.maps(layer, of)
            if found is not None:
                yield found

    def limits(self, of: Shown, one: Array) -> Limits:
        """The ends of the colour scale of a map of the chosen layer."""
        layer = self.maps(self.layer, of)
        assert layer is not None
        return scale(self.view.range, one, [layer], self.all_maps(of))

    @property
    def weight(self) -> tuple[str, Index]:
        """The parameter, and the index in it, that is pointed at."""
        kernels = weight_maps(self.layer)
        assert kernels is not None
        _, height, width = kernels.shape
        number = self.view.map if self.view.show in OF_WEIGHTS else 0
        of_kernel = self.view.show in OF_WEIGHTS and self.view.unit
        row, column = of_kernel or (height // 2, width // 2)
        return parameter_at(self.layer, number, row, column)

    @property
    def is_updated(self) -> bool:
        """Whether that update has been made."""
        return self.stepper.in_hand is None

    @property
    def path(self) -> tuple[str, ...]:
        """Where one is."""
        view = self.view
        if view.depth == "overview":
            return ()
        of_weights = view.show in OF_WEIGHTS
        path = (view.layer, f"{'kernel' if of_weights else 'map'} {view.map}")
        if view.depth == "map" or view.unit is None:
            return path
        row, column = view.unit
        return (*path, f"{'weight' if of_weights else 'unit'} {row},{column}")


def layer_named(net: Network, name: str) -> Part:
    """A layer of a network.

    Raises:
        RequestError: it has none of that name.
    """
    place = net.spec.layers.index(net.spec.named(name))
    if place == 0:
        raise RequestError(f"{name} is the image; expected a layer behind it")
    return net.layers[place - 1]


def named(layer: Part, arrays: Arrays) -> Arrays:
    """Those of a layer's parameters, by their names in the layer."""
    return {
        name: arrays[f"{layer.name}.{name}"]
        for name in layer.parameters
        if f"{layer.name}.{name}" in arrays
    }
