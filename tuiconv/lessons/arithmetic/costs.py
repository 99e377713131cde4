"""How a layer's multiply-adds and its memory come about."""

from math import prod
from typing import Final

from tuiconv.arithmetic import layers as specs
from tuiconv.arithmetic.joins import Product
from tuiconv.arithmetic.memory import REMEMBERED
from tuiconv.arithmetic.normalisation import LocalNorm
from tuiconv.arithmetic.specs import Spec
from tuiconv.arithmetic.weighted import Weighted
from tuiconv.lessons.arithmetic.terms import Term, given, product, total
from tuiconv.lessons.arithmetic.view import ArithmeticView

FORWARD: Final = "none"
"""Stands for no optimiser: the network only runs forward."""


def cost_terms(layer: Spec) -> list[Term]:
    """Step by step to the multiply-adds for one image."""
    units = product("units", *layer.output)
    match layer:
        case specs.FullyConnected() | specs.Local():
            return [given("weights, each used once", layer.macs)]
        case Weighted():
            place = specs.TransposedConv
            sizes = layer.input[1:] if isinstance(layer, place) else layer.output[1:]
            where = "cells that arrive" if isinstance(layer, place) else "places of the window"
            places = product(where, *sizes)
            return [
                given("weights", layer.weights),
                places,
                product("multiply-adds: each weight at each place", layer.weights, places.value),
            ]
        case specs.BatchNorm():
            return [units, given("multiply-adds: one a unit, x·scale + offset", layer.macs)]
        case specs.Subsample():
            return [units, given("multiply-adds: one a unit, mean·gain + bias", layer.macs)]
        case specs.ResponseNorm():
            return [units, product("multiply-adds: three a unit", 3, units.value)]
        case LocalNorm():
            _, height, width = layer.input
            rows, columns = layer.window.kernel_size
            window = product(
                "the window, over rows and then columns", height, width, rows + columns
            )
            others = product("products for every unit besides", layer.products, units.value)
            return [units, window, others, total("multiply-adds", window.value, others.value)]
        case specs.Whiten():
            return [
                product("numbers of an image", *layer.input),
                product(
                    "multiply-adds: a square matrix of these",
                    layer.features,
                    layer.features,
                ),
            ]
        case Product():
            branches = len(layer.inputs) - 1
            return [
                units,
                product(
                    "multiply-adds: branches but one, units",
                    branches,
                    units.value,
                ),
            ]
    return [given("not counted: sums, comparisons, functions", 0)]


def memory_terms(layer: Spec, view: ArithmeticView) -> list[Term]:
    """Step by step to the bytes that a layer takes for a batch."""
    kept = layer.activations
    what = "numbers leave and are kept" if kept else "numbers kept: none but its input's"
    activations = kept * view.batch * view.bytes
    parameters = layer.parameters * view.bytes
    terms = [
        product(what, *layer.output) if kept == prod(layer.output) else given(what, kept),
        product("bytes of them: batch, numbers, bytes", view.batch, kept, view.bytes),
    ]
    if view.training == FORWARD:
        learned = product("bytes of its parameters", layer.parameters, view.bytes)
        return [*terms, learned, total("bytes in all", activations, parameters)]
    copies = 2 + REMEMBERED[view.training]
    return [
        *terms,
        product("and as much for their gradients", 2, activations),
        product("bytes of its parameters", layer.parameters, view.bytes),
        product(f"and their gradients, and for {view.training}", copies, parameters),
        total("bytes in all", 2 * activations, copies * parameters),
    ]
