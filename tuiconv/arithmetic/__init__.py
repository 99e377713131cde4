"""Integers only: layer specs, the pattern language, sizes and receptive fields, the zoo."""

from .language import parse
from .network import NetworkSpec, Totals
from .sizes import ReceptiveField, Window
from .specs import Shape, Spec, SpecError
from .zoo import PRESETS, summarize

__all__ = [
    "PRESETS",
    "NetworkSpec",
    "ReceptiveField",
    "Shape",
    "Spec",
    "SpecError",
    "Totals",
    "Window",
    "parse",
    "summarize",
]
