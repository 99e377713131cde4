"""Integers only: layer specs, the pattern language, sizes and receptive fields, the zoo."""

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
