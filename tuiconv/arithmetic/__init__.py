"""Integers only: layer specs, the pattern language, sizes and receptive fields, the zoo."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tuiconv.arithmetic.language import expand, parse
    from tuiconv.arithmetic.network import NetworkSpec, Totals
    from tuiconv.arithmetic.sizes import ReceptiveField, Window
    from tuiconv.arithmetic.specs import Shape, Spec, SpecError
    from tuiconv.arithmetic.zoo import NOTES, PRESETS, summarize

__all__ = [
    "NOTES",
    "PRESETS",
    "NetworkSpec",
    "ReceptiveField",
    "Shape",
    "Spec",
    "SpecError",
    "Totals",
    "Window",
    "expand",
    "parse",
    "summarize",
]

_HOMES = {
    "NOTES": "zoo",
    "PRESETS": "zoo",
    "NetworkSpec": "network",
    "ReceptiveField": "sizes",
    "Shape": "specs",
    "Spec": "specs",
    "SpecError": "specs",
    "Totals": "network",
    "Window": "sizes",
    "expand": "language",
    "parse": "language",
    "summarize": "zoo",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the name stands for
    # Imported on first use, so that a filter, whose window has a size, need not wait for networks.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)
