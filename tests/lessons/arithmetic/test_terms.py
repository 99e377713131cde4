"""Every formula that is shown gives the number behind it, and the last one the layer's own."""

import math
import re
from fractions import Fraction
from functools import cache
from math import prod

import pytest

from tuiconv.arithmetic import PRESETS, parse, summarize
from tuiconv.arithmetic.memory import memory
from tuiconv.arithmetic.zoo import lenets
from tuiconv.lessons.arithmetic.costs import FORWARD, cost_terms, memory_terms
from tuiconv.lessons.arithmetic.fields import steps_to
from tuiconv.lessons.arithmetic.learning import parameter_terms
from tuiconv.lessons.arithmetic.sizes import count_terms, side_terms, stands
from tuiconv.lessons.arithmetic.view import ArithmeticView

OTHERS = (
    "INPUT(3,11,13) -> CONV(8,(3,5),stride=2,pad=((1,0),2),dilation=(1,2)) -> RELU6",
    "INPUT(4,9,9) -> CONVT(6,3,stride=2,pad=1,output_pad=1,groups=2) -> SUBNORM(5) -> DIVNORM(3)",
    "INPUT(4,10,8) -> SHUFFLE(2) -> UNSHUFFLE(4) -> LRN(5) -> GLOBALMAXPOOL -> FLATTEN(16)",
    "INPUT(1,5,7) -> WHITEN -> LOCAL(2,3,bias=none) -> POOL(2,round=up) -> SUBSAMPLE(1)",
    "INPUT(2,16) -> CAUSAL(4,2,dilation=3,groups=2) -> MUL[CONV(4,1) | TANH] -> FC(3,bias=none)",
    "INPUT(1,9,9) -> POOL(3,stride=3,pad=1,round=up,dilation=1) -> CONV(4,1,bias=unit)",
)
QUICK = (*lenets.PRESETS, "all-conv", "wavenet-figure", *OTHERS)
"""The others have the same kinds of layers, and many more of them."""
FITS = 44
"""Letters that leave room for any number in the 60 columns of the smallest screen."""


def conv2():
    return summarize("lenet5").named("conv2")


@cache
def value(formula):
    """A formula of a screen, worked out."""
    python = formula.replace(",", "").replace("·", "*").replace("−", "-")
    whole = re.sub(r"(?<![.\d])(\d+)", r"Fraction(\1)", python)
    return eval(whole, {"Fraction": Fraction, "floor": math.floor, "ceil": math.ceil})


def steps(terms):
    return [(term.how, term.value) for term in terms]


def test_the_size_of_a_convolution_comes_about_step_by_step():
    assert steps(side_terms(conv2(), 0)) == [
        ("", 14),
        ("14 − 5", 9),
        ("floor(9 / 1)", 9),
        ("9 + 1", 10),
    ]
    assert steps(count_terms(conv2())) == [("16·10·10", 1600)]


def test_a_step_that_is_rounded_says_so():
    pool = parse("INPUT(1,11,11) -> POOL(3,stride=3)").layers[1]
    assert [term.what for term in side_terms(pool, 0)][2] == "steps of 3, rounded down"
    assert side_terms(pool, 0)[-1].value == 3


def test_the_window_stands_at_every_place_and_would_next_stand_beyond_the_end():
    pool = parse("INPUT(1,7,7) -> POOL(2)").layers[1]
    assert stands(pool.window, 7, 0) == [(0, 0, 1), (1, 2, 3), (2, 4, 5), (3, 6, 7)]


def test_the_parameters_of_a_convolution_come_about_step_by_step():
    assert steps(parameter_terms(conv2())) == [
        ("5·5", 25),
        ("", 6),
        ("6·25", 150),
        ("16·150", 2400),
        ("", 16),
        ("2,400 + 16", 2416),
    ]


def test_the_multiply_adds_of_a_convolution_are_its_weights_at_every_place():
    assert steps(cost_terms(conv2())) == [("", 2400), ("10·10", 100), ("2,400·100", 240_000)]


def test_training_takes_gradients_and_what_the_optimiser_remembers_besides():
    view = ArithmeticView(batch=64, training="adam")
    assert [term.value for term in memory_terms(conv2(), view)] == [
        1600,
        64 * 1600 * 4,
        2 * 64 * 1600 * 4,
        2416 * 4,
        4 * 2416 * 4,
        2 * 64 * 1600 * 4 + 4 * 2416 * 4,
    ]


def test_what_a_unit_sees_grows_layer_by_layer():
    assert [(step.layer.name, step.sees, step.jump) for step in field("lenet5", "pool2")] == [
        ("input", 1, 1),
        ("conv1", 5, 1),
        ("pool1", 6, 2),
        ("conv2", 14, 2),
        ("pool2", 16, 4),
    ]


def field(net, layer, axis=0):
    network = summarize(net)
    return list(steps_to(network, network.named(layer), axis))


def test_behind_branches_it_grows_from_the_last_join_on():
    found = field("INPUT(4,8,8) -> RES[CONV(4,3,pad=1)] -> CONV(2,3)", "conv2")
    assert [(step.layer.name, step.sees_how, step.sees) for step in found] == [
        ("res1", "", 3),
        ("conv2", "3 + (3 − 1)·1", 5),
    ]


@pytest.mark.parametrize(
    "net",
    [
        pytest.param(net, marks=() if net in QUICK else pytest.mark.slow)
        for net in (*PRESETS, *OTHERS)
    ],
)
def test_every_formula_gives_its_number_and_the_last_one_the_layers(net):
    network = summarize(net)
    views = ArithmeticView(batch=3, bytes=8, training="adam"), ArithmeticView(training=FORWARD)
    for layer in {repr((str(each), each.input)): each for each in network}.values():  # once each
        sizes = [side_terms(layer, axis) for axis in (0, 1)]
        for axis, terms in enumerate(sizes):
            assert not terms or terms[-1].value == layer.output[1 + axis], layer.name
        others = count_terms(layer), parameter_terms(layer), cost_terms(layer)
        ends = [prod(layer.output), layer.parameters, layer.macs]
        assert [terms[-1].value for terms in others] == ends, layer.name
        costs = [memory_terms(layer, view) for view in views]
        for term in [term for terms in (*sizes, *others, *costs) for term in terms]:
            assert not term.how or value(term.how) == term.value, (layer.name, term)
            assert len(term.what) <= FITS, term.what
        for axis in (0, 1):
            seen = list(steps_to(network, layer, axis))
            assert seen[-1].sees == layer.receptive_field.size[axis]
            assert seen[-1].jump == layer.receptive_field.jump[axis]
            for step in seen:
                assert not step.sees_how or value(step.sees_how) == step.sees
                assert not step.jump_how or value(step.jump_how) == step.jump


@pytest.mark.parametrize("net", ["lenet5", "googlenet", "unet"])
@pytest.mark.parametrize("training", [FORWARD, "sgd", "adam"])
def test_the_bytes_of_all_layers_and_the_images_add_up_to_the_networks(net, training):
    network = summarize(net)
    view = ArithmeticView(batch=5, bytes=8, training=training)
    taken = memory(network, 5, 8, None if training == FORWARD else training)
    layers = sum(memory_terms(layer, view)[-1].value for layer in network)
    assert layers + taken.data == taken.total
