"""What the default settings of `tuiconv train` reach, on the real thing."""

import numpy as np
import pytest

from tuiconv.arithmetic import summarize
from tuiconv.data.load import load_dataset
from tuiconv.nn.events import RunEnd
from tuiconv.nn.network import Network
from tuiconv.nn.training import Trainer

pytestmark = [pytest.mark.mnist, pytest.mark.slow]


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def trainer(rng):
    return Trainer(Network(summarize("lenet5"), rng), "sgd", 0.02, 0.9, 64, rng)


def test_one_epoch_of_mnist_reads_97_of_100_test_digits(trainer, mnist):
    *_, end = trainer.run(*mnist, epochs=1)
    assert isinstance(end, RunEnd)
    assert end.test_accuracy >= 0.97


def test_strokes_alone_teach_to_read_most_of_mnist(trainer, mnist, rng):
    *_, end = trainer.run(*load_dataset("strokes", seed=rng), epochs=4)
    read = trainer.evaluate(mnist.test)
    assert end.test_accuracy > 0.97
    assert read.accuracy > 0.80
