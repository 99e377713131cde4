"""The network that reads a drawing, from inside: the Network lesson on this one picture."""

from dataclasses import replace
from functools import cached_property

from tuiconv.lessons.draw.centred import Centring, Ink, centring, prepared
from tuiconv.lessons.network.lesson import NetworkLesson
from tuiconv.lessons.network.look import Look
from tuiconv.lessons.network.models import Model
from tuiconv.lessons.network.passing import Passing
from tuiconv.lessons.network.view import NetworkView


class Inside(NetworkLesson):
    """One drawing in one network.

    Args:
        model: the network.
        ink: the drawing's pixels, (height, width).
    """

    def __init__(self, model: Model, ink: Ink) -> None:
        super().__init__()
        self.ink = ink
        seen, how = prepared(ink, model.net.spec)
        self.passing = Passing(model.net, seen, None)
        self._model = model
        self._about = (how,)

    def model(self, view: NetworkView) -> Model:
        return self._model

    def look(self, view: NetworkView) -> Look:
        return Look(view, self._model, self.passing, None, self._about)

    def settled(self, view: NetworkView) -> NetworkView:
        net = self._model.net
        layer = view.layer or net.spec.layers[min(1, len(net.layers))].name
        return self.on_map(replace(view, layer=net.spec.named(layer).name))

    def layer_moved(self, view: NetworkView, step: int) -> NetworkView:
        """So many layers further on."""
        layers = self._model.net.spec.layers
        place = [layer.name for layer in layers].index(view.layer) + step
        return self.at_layer(view, layers[min(max(place, 0), len(layers) - 1)].name)

    @cached_property
    def centring(self) -> Centring | None:
        """What was done to the ink; None if there is none."""
        return centring(self.ink, self.passing.pixels)
