"""Small networks and problems that run in milliseconds."""

from collections.abc import Callable

import numpy as np
import pytest

from tuiconv.data.dataset import Dataset, Splits
from tuiconv.nn import together, training
from tuiconv.nn.network import Network

SMALL = "INPUT(1,8,8) -> CONV(4,3) -> RELU -> POOL(2) -> FC(3) -> SOFTMAX"
BARS = ("top", "middle", "bottom")


def bars(count: int, seed: int) -> Dataset:
    """Noisy 8×8 images with a bright bar at one of three heights."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 3, count)
    images = rng.integers(0, 60, (count, 1, 8, 8)).astype(np.uint8)
    for image, label in zip(images[:, 0], labels, strict=True):
        image[3 * label : 3 * label + 2] += 150
    return Dataset(f"bars {seed}", images, labels, BARS)


@pytest.fixture(autouse=True)
def several_blocks(monkeypatch):
    """Batches of a few images are cut and shared too, one of the parts smaller than the others."""
    monkeypatch.setattr(together, "IMAGES", 16)
    monkeypatch.setattr(training, "WORTH_SHARING", 0)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)


@pytest.fixture
def small() -> Callable[..., Network]:
    """A network for the bars; a seed may be given."""

    def build(seed: int = 0) -> Network:
        net = Network.parse(SMALL, seed)
        net.class_names = BARS
        return net

    return build


@pytest.fixture(scope="session")
def problem() -> Splits:
    """50 bars to learn from and 20 to test on."""
    return Splits(bars(50, seed=1), bars(20, seed=2))
