"""The first compile, made visible: what a request needs, one kernel after the other."""

from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

import numpy as np

from tuiconv.nn.augmentation import Augment
from tuiconv.nn.coins import Coins
from tuiconv.nn.compiled import Compiled
from tuiconv.nn.joins import Join, arriving
from tuiconv.nn.layers import Layer
from tuiconv.nn.losses import loss_named
from tuiconv.nn.network import Network
from tuiconv.nn.optimizers import make_optimizer
from tuiconv.nn.team import Team
from tuiconv.nn.together import Learning
from tuiconv_kernels.passes import accumulate, copy
from tuiconv_kernels.program import address

Kernel: TypeAlias = tuple[str, Callable[[], object]]
"""What a kernel is called, and a call that compiles it."""


@dataclass(frozen=True)
class Compiling:
    """What is about to be compiled."""

    name: str
    number: int
    """From 1."""
    of: int


def training_kernels(
    net: Network,
    optimizer: str = "sgd",
    clip: float | None = None,
    loss: str = "cross_entropy",
    augment: Augment | None = None,
) -> list[Kernel]:
    """What one step of training and testing a network needs; settings as `Trainer`'s."""
    net = deepcopy(net)  # training moves more than what the optimiser is given
    x = np.zeros((2, *net.spec.input), net.parameters.dtype)
    channels, height, width = net.spec.input
    gradients = np.zeros_like(net.parameters)
    compiled = Compiled(net, (channels, height, width), len(x), gradients, Coins())
    labels = np.zeros(len(x), np.int64)
    elsewhere = make_optimizer(optimizer, net.parameters)
    judge = loss_named(loss)
    learning = Learning(Team(1), 1, net, elsewhere, len(x), clip, judge)
    dtype = net.parameters.dtype
    distortions: list[Kernel] = []
    if augment is not None:
        pixels = np.zeros(x.shape, np.uint8)
        distortions = [("distortions", lambda: augment(pixels, np.random.default_rng(0)))]
    return [
        *distortions,
        *compiled.kernels(),
        ("gradients", lambda: [address(kernel, dtype) for kernel in (copy, accumulate)]),
        ("training step", lambda: learning.run(x, labels)),
        ("threads", lambda: Team(2).run(lambda member: None)),
        ("score", lambda: judge.mean(net.outputs(x, judge), labels)),
    ]


def layer_kernels(net: Network) -> list[Kernel]:
    """What going through a network layer by layer needs, as lessons do."""
    activations = [np.zeros((1, *net.spec.input), net.parameters.dtype)]

    def go_through(layer: Layer | Join) -> None:
        activations.append(layer.forward(*arriving(layer, activations)))

    return [(layer.name, partial(go_through, layer)) for layer in net.layers]


def warm_up(kernels: Iterable[Kernel]) -> Iterator[Compiling]:
    """Compile kernels; each is announced before it is compiled. To cancel, stop iterating."""
    waiting = list(kernels)
    for number, (name, compile_kernel) in enumerate(waiting, start=1):
        yield Compiling(name, number, len(waiting))
        compile_kernel()
