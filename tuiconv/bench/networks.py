"""Training and inference of whole networks, against PyTorch.

Each library is imported by its own side, so that a process can hold just one of them.
"""

from dataclasses import replace
from functools import partial

import numpy as np
import numpy.typing as npt

from tuiconv.arithmetic import NetworkSpec, summarize
from tuiconv.bench.cases import (
    IMAGES_PER_SECOND,
    MICROSECONDS,
    ONE_THREAD,
    PYTORCH,
    TORCH_COMPILE,
    Case,
    Side,
)

LR = 1e-4
"""So low that a network which trains on noise for many steps stays about what it was."""

MOMENTUM = 0.9


def training(preset: str, images: int) -> Case:
    """Steps of SGD with momentum on batches of so many images."""
    sides = partial(our_training, preset, images), partial(their_training, preset, images)
    return Case(f"train/{preset}/{images}", IMAGES_PER_SECOND, PYTORCH, *sides)


def threads_over_one(preset: str, images: int) -> Case:
    """Training on all threads against training on one."""
    return replace(
        training(preset, images),
        name=f"threads/{preset}/{images}",
        peer=ONE_THREAD,
        theirs=lambda threads: our_training(preset, images, threads=1),
    )


def inference(preset: str, images: int) -> Case:
    """Forward passes against eager mode."""
    sides = partial(our_inference, preset, images), partial(their_inference, preset, images)
    return Case(f"infer/{preset}/{images}", IMAGES_PER_SECOND, PYTORCH, *sides)


def compiled_inference(preset: str, images: int) -> Case:
    """Forward passes against torch.compile, which needs a C++ compiler and some twenty seconds."""
    return replace(
        inference(preset, images),
        name=f"infer/{preset}/{images}/compiled",
        peer=TORCH_COMPILE,
        theirs=partial(their_inference, preset, images, compiled=True),
    )


def latency(preset: str) -> Case:
    """One image through the network, both on one thread."""
    return replace(inference(preset, 1), unit=MICROSECONDS)


def our_training(preset: str, images: int, threads: int) -> Side:
    """A step of our trainer."""
    from tuiconv.nn.network import Network
    from tuiconv.nn.training import Trainer

    spec = summarize(preset)
    trainer = Trainer(Network(spec), lr=LR, momentum=MOMENTUM, threads=threads)
    return Side(partial(trainer.step, *random_batch(spec, images)), images)


def their_training(preset: str, images: int, threads: int) -> Side:
    """The same step in PyTorch."""
    from tuiconv.bench import pytorch

    spec = summarize(preset)
    x, labels = random_batch(spec, images)
    return Side(pytorch.training_step(spec, x, labels, LR, MOMENTUM, threads), images)


def our_inference(preset: str, images: int, threads: int) -> Side:
    """A forward pass of ours: in all threads that there are, or in one for a single image."""
    from tuiconv.nn.network import Network

    spec = summarize(preset)
    x, _ = random_batch(spec, images)
    return Side(partial(Network(spec), x), images)


def their_inference(preset: str, images: int, threads: int, *, compiled: bool = False) -> Side:
    """The same pass in PyTorch, in as many threads."""
    from tuiconv.bench import pytorch
    from tuiconv_kernels.cores import usable_cores

    threads = 1 if images == 1 else usable_cores()
    spec = summarize(preset)
    x, _ = random_batch(spec, images)
    return Side(pytorch.inference(spec, x, threads, compiled=compiled), images)


def random_batch(
    spec: NetworkSpec, images: int
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
    """Noise, (n, channels, height, width), and a label for each image."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((images, *spec.input), np.float32)
    return x, rng.integers(0, spec.output[0], images)
