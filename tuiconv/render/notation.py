"""The signs with which a network's shapes are written on a terminal."""

from tuiconv.arithmetic import NetworkSpec
from tuiconv.arithmetic.notation import Notation
from tuiconv.render.depth import Display


def notation_of(network: NetworkSpec, display: Display) -> Notation:
    """The notation for a network."""
    times, to = ("×", "…") if display.unicode else ("x", "..")
    return Notation(times, to, network.layers[0].is_1d)
