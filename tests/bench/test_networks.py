import numpy as np
import pytest

from tuiconv.arithmetic import summarize
from tuiconv.bench import networks


def test_a_batch_is_noise_for_the_network_with_labels_of_its_classes():
    x, labels = networks.random_batch(summarize("lenet5"), 500)
    assert (x.shape, x.dtype) == ((500, 1, 32, 32), np.float32)
    assert abs(x.mean()) < 0.01
    assert set(labels) == set(range(10))


@pytest.mark.slow
@pytest.mark.parametrize("kind", [networks.training, networks.threads_over_one])
def test_a_step_learns_as_many_images_as_are_counted(kind):
    case = kind("mlp2", 3)
    side = case.ours(2)
    assert case.name.endswith("/mlp2/3")
    assert side.work == 3
    losses = [side.call() for _ in range(200)]
    assert 0 < losses[-1] < losses[0]


def test_threads_are_compared_with_the_same_training_on_one():
    case = networks.threads_over_one("mlp2", 3)
    ours, theirs = case.ours(2), case.theirs(2)
    assert (ours.call.func.__self__.threads, theirs.call.func.__self__.threads) == (2, 1)


@pytest.mark.slow
@pytest.mark.parametrize("case", [networks.inference("mlp2", 3), networks.latency("mlp2")])
def test_inference_gives_log_probabilities_of_as_many_images_as_are_counted(case):
    side = case.ours(2)
    output = side.call()
    assert output.shape == (side.work, 10)
    np.testing.assert_allclose(np.exp(output).sum(axis=1), 1, rtol=1e-5)
