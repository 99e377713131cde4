"""Runs of a few milliseconds: small nets that tell bars in 8×8 pictures apart."""

import numpy as np
import pytest

from tuiconv.nn import together
from tuiconv.runs.settings import DataSettings, OptimizerSettings, Settings
from tuiconv.runs.stepping import stepper as stepper_module
from tuiconv.runs.stepping.stepper import Stepper

SMALL = "INPUT(1,8,8) -> CONV(4,3) -> RELU -> POOL(2) -> FC(3) -> SOFTMAX"
BATCHES = 3
"""In an epoch: 50 images in batches of 20."""


@pytest.fixture(autouse=True)
def bars(folder, monkeypatch):
    """Data in the current folder, and batches that are cut into parts."""
    rng = np.random.default_rng(1)
    labels = np.arange(60) % 3
    images = rng.integers(0, 100, (60, 8, 8)).astype(np.uint8)
    for image, label in zip(images, labels, strict=True):
        image[3 * label : 3 * label + 2] += 90
    np.savez("bars.npz", images=images, labels=labels)
    monkeypatch.setattr(together, "IMAGES", 16)


def settings_of(net: str = SMALL, batch_size: int = 20, **more) -> Settings:
    own = {"lr", "momentum", "weight_decay", "name", "clip"} & more.keys()
    optimizer = OptimizerSettings(**{key: more.pop(key) for key in own})
    data = DataSettings("bars.npz")
    return Settings(
        net=net, data=data, batch_size=batch_size, optimizer=optimizer, threads=1, **more
    )


@pytest.fixture
def settings():
    """A run on the bars; what is no setting of a run is one of its optimiser."""
    return settings_of


@pytest.fixture
def new():
    """Builds a stepper; arguments as those of `settings`, and the changes to come."""

    def build(net: str = SMALL, batch_size: int = 20, changes=(), **more) -> Stepper:
        return Stepper(settings_of(net, batch_size, **more), changes=changes)

    return build


@pytest.fixture
def bits():
    """Everything about a stepper that training has made, but for times."""

    def of(stepper: Stepper) -> tuple:
        state = dict(stepper.trainer.state())
        epoch = {**state.pop("epoch"), "seconds": 0} if state["epoch"] else state.pop("epoch")
        state.pop("seconds")
        history = stepper.history
        curves = (history.at, history.losses, history.accuracies)
        return (
            stepper.batches,
            stepper.settings,
            epoch,
            {name: array.tobytes() for name, array in stepper.net.arrays().items()},
            {n: v.tobytes() if isinstance(v, np.ndarray) else v for n, v in state.items()},
            [curve.tobytes() for curve in curves],
            [(test.batches, test.epoch.test_loss) for test in stepper.tests],
        )

    return of


@pytest.fixture
def play(monkeypatch):
    """Lets a stepper play batch by batch up to a number of them, or as long as it wants to."""
    monkeypatch.setattr(stepper_module, "AT_ONCE", 0.0)

    def up_to(stepper: Stepper, batches: int | None = None) -> None:
        stepper.playing = True
        while stepper.going and stepper.batches != batches:
            stepper.advance()

    return up_to
