import sys

import numpy as np
import pytest

from tuiconv.data.distortions import Distortions
from tuiconv.nn.losses import LOSSES
from tuiconv.nn.network import Network
from tuiconv.nn.optimizers import OPTIMIZERS
from tuiconv.nn.training import Trainer
from tuiconv.nn.warm_up import layer_kernels, training_kernels, warm_up


def test_each_kernel_is_announced_with_a_count_before_it_is_compiled():
    compiled = []
    kernels = [(name, lambda name=name: compiled.append(name)) for name in ("one", "two")]
    announced = []
    for kernel in warm_up(kernels):
        announced.append((kernel.name, kernel.number, kernel.of, list(compiled)))
    assert announced == [("one", 1, 2, []), ("two", 2, 2, ["one"])]
    assert compiled == ["one", "two"]


def test_who_stops_listening_stops_the_compiling():
    compiled = []
    next(warm_up([("one", lambda: compiled.append("one"))]))
    assert compiled == []


def test_training_names_its_kernels_then_the_step_then_the_score(small):
    names = [name for name, _ in training_kernels(small())]
    assert {"sum_products_pooled", "correlate", "unpool"} < set(names)
    assert names[-3:] == ["training step", "threads", "score"]
    assert len(names) == len(set(names))


def test_distortions_are_compiled_before_all_else(small):
    names = [name for name, _ in training_kernels(small(), augment=Distortions(shift=1))]
    assert names[0] == "distortions"
    assert "distortions" not in [name for name, _ in training_kernels(small())]


def test_layers_are_named_in_order(small):
    assert [name for name, _ in layer_kernels(small())] == [
        *("conv1", "relu1", "pool1", "fc1", "softmax")
    ]


def test_it_changes_nothing(small):
    net = small()
    before = net.parameters.copy()
    list(warm_up([*training_kernels(net), *layer_kernels(net)]))
    np.testing.assert_array_equal(net.parameters, before)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("clip", [None, 1.0])
def test_after_it_training_compiles_nothing_more(small, problem, optimizer, clip):
    net = small()
    list(warm_up(training_kernels(net, optimizer, clip)))
    compiled = signatures()
    x, labels = problem.train.preprocessing(problem.train.images[:40]), problem.train.labels[:40]
    Trainer(net, optimizer, clip=clip).step(x, labels)
    assert signatures() == compiled


@pytest.mark.parametrize("loss", LOSSES)
def test_nor_do_training_and_testing_with_any_loss(small, problem, loss):
    net = small()
    list(warm_up(training_kernels(net, loss=loss)))
    compiled = signatures()
    trainer = Trainer(net, loss=loss)
    trainer.learn(problem.train.images[:40], problem.train.labels[:40], lr=0.01)
    trainer.evaluate(problem.test)
    assert signatures() == compiled


def signatures():
    """How many versions of each kernel there are."""
    return {
        f"{module.__name__}.{name}": len(value.signatures)
        for module in list(sys.modules.values())
        if getattr(module, "__name__", "").startswith("tuiconv_kernels")
        for name, value in vars(module).items()
        if hasattr(value, "signatures")
    }


def test_averages_are_warmed_up_too():
    net = Network.parse("INPUT(1,6,6) -> CONV(2,3) -> TANH -> AVGPOOL(2) -> FC(4)")
    assert "average_pool_back" in [name for name, _ in training_kernels(net)]
