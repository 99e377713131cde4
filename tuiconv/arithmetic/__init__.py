"""Integers only: layer specs, the pattern language, sizes and receptive fields, the zoo."""

from tuiconv.arithmetic.language import parse
from tuiconv.arithmetic.network import NetworkSpec, Totals
from tuiconv.arithmetic.sizes import ReceptiveField, Window
from tuiconv.arithmetic.specs import Shape, Spec, SpecError
from tuiconv.arithmetic.zoo import PRESETS, summarize

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
