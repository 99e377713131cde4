"""A view with what it is of: the network, the image that went through it, the layer."""

from dataclasses import dataclass

import numpy as np

from tuiconv.arithmetic.specs import Spec
from tuiconv.lessons.inside import as_maps, scale, unit_text, weight_maps
from tuiconv.lessons.network.models import Model
from tuiconv.lessons.network.passing import Passing
from tuiconv.lessons.network.view import NetworkView
from tuiconv.lessons.ranges import frozen_range
from tuiconv.lessons.scene import Limits, Quantity
from tuiconv.nn.joins import Join
from tuiconv.nn.layers import Array, Layer


@dataclass(frozen=True, eq=False)
class Look:
    """What a scene is made of; the view is settled."""

    view: NetworkView
    model: Model
    passing: Passing
    before: Passing | None
    """The image as it was before noise, shift and occlusion; None if there is none of them."""
    about: tuple[str, ...]
    """The image in sentences: which it is, and what was done to it."""

    @property
    def place(self) -> int:
        """Of the layer, in the network's spec."""
        return self.passing.net.spec.layers.index(self.spec)

    @property
    def spec(self) -> Spec:
        """Of the layer."""
        return self.passing.net.spec.named(self.view.layer)

    @property
    def layer(self) -> Layer | Join | None:
        """None for INPUT."""
        return self.passing.net.layers[self.place - 1] if self.place else None

    def maps(self, place: int) -> Array:
        """What is shown of a layer, (n, h, w); of one without weights none are."""
        if self.view.show == "weights":
            layer = self.passing.net.layers[place - 1] if place else None
            found = None if layer is None else weight_maps(layer)
            return np.zeros((0, 1, 1), np.float32) if found is None else found
        of = self.passing.gradients if self.view.show == "gradients" else self.passing.activations
        return as_maps(of[place][0])

    @property
    def map(self) -> Array:
        """The chosen one."""
        assert self.view.map is not None
        one: Array = self.maps(self.place)[self.view.map]
        return one

    def quantity(self, place: int) -> Quantity:
        """What the numbers of a layer are: those of the image are pixels, shown in grey."""
        is_image = place == 0 and self.view.show == "activations"
        return "pixels" if is_image else self.view.show

    def limits(self, place: int, one: Array) -> Limits:
        """The ends of the scale of a map of a layer; those of an image are black and white."""
        if self.quantity(place) == "pixels":
            return frozen_range(self.view.range) or self.black_and_white
        everything = range(len(self.passing.net.spec))
        return scale(
            self.view.range, one, (self.maps(place),), (self.maps(at) for at in everything)
        )

    @property
    def arriving(self) -> Quantity:
        """What the numbers are that arrive at the layer."""
        is_image = self.spec.sources == (0,)
        return "pixels" if is_image else "activations"

    def limits_of(self, quantity: Quantity) -> Limits | None:
        """The ends of the scale of some numbers: pixels have black and white, others their own."""
        return self.black_and_white if quantity == "pixels" else None

    @property
    def black_and_white(self) -> Limits:
        """What pixels of 0 and of 255 are to the network."""
        seen = self.passing.net.preprocessing
        return (0 - seen.mean) / seen.std, (1 - seen.mean) / seen.std

    @property
    def unit(self) -> tuple[int, int, int]:
        """(map, row, column) of what is pointed at."""
        assert self.view.map is not None
        assert self.view.unit is not None
        return (self.view.map, *self.view.unit)

    @property
    def index(self) -> tuple[int, ...]:
        """The unit's place in its layer's array."""
        return self.unit[: self.passing.activations[self.place].ndim - 1]

    @property
    def unit_name(self) -> str:
        """`conv1[3, 4, 5]`."""
        return unit_text(self.spec, *self.unit)

    @property
    def path(self) -> tuple[str, ...]:
        """Where one is."""
        view = self.view
        if view.depth == "overview":
            return ()
        what = "kernel" if view.show == "weights" else "map"
        is_of_units = self.maps(self.place).shape[1:] == (1, 1)
        path = (view.layer, "all units" if is_of_units else f"{what} {view.map}")
        if view.depth == "map":
            return path
        if is_of_units:
            return (*path, f"unit {view.map}")
        row, column = self.unit[1:]
        return (*path, f"{'weight' if view.show == 'weights' else 'unit'} {row},{column}")
