"""A run taken step by step, and a step that is only rehearsed."""

import numpy as np
import pytest

from tuiconv.errors import RequestError
from tuiconv.nn.events import BatchDone, EpochDone
from tuiconv.nn.network import Network
from tuiconv.nn.rehearsal import rehearse
from tuiconv.nn.training import Trainer


def test_the_steps_of_a_run_are_those_of_its_iterator(small, problem):
    events = list(Trainer(small(), batch_size=20).run(*problem, epochs=2))
    told = [e.loss for e in events if isinstance(e, BatchDone)]
    tested = [e.test_loss for e in events if isinstance(e, EpochDone)]
    run = Trainer(small(), batch_size=20).ready(*problem, epochs=2)
    run.begin()
    learned, read = [], []
    while run.reason is None:
        while not run.is_epoch_over:
            chosen = run.batch.chosen
            assert run.batch.images.tobytes() == problem.train.images[chosen].tobytes()
            learned.append(run.learn().loss)
        assert run.learned == len(problem.train)
        done = run.test()
        assert done is not None
        read.append(done.test_loss)
    assert (learned, read) == (told, tested)


def test_another_batch_size_is_dealt_from_the_images_that_are_left(small, problem):
    trainer = Trainer(small(), batch_size=20)
    run = trainer.ready(*problem, epochs=1)
    run.begin()
    seen = [*run.batch.chosen]
    run.learn()
    trainer.batch_size = 25
    run.deal()
    assert run.batches == 3
    while not run.is_epoch_over:
        seen += [*run.batch.chosen]
        run.learn()
    assert sorted(seen) == [*range(50)]


def test_other_settings_of_an_optimiser_keep_its_memory_and_another_one_has_its_own(small, problem):
    trainer = Trainer(small(), batch_size=50)
    list(trainer.run(*problem, epochs=1))
    trainer.use("sgd", 0.5, 0.25, 0.125)
    assert (trainer.lr, trainer.momentum, trainer.weight_decay) == (0.5, 0.25, 0.125)
    assert trainer.state()["optimizer.velocity"].any()
    trainer.use("adam", None, None, 0.0)
    assert (trainer.optimizer, trainer.lr, trainer.momentum) == ("adam", 0.001, None)
    assert (trainer.steps, trainer.state()["optimizer.first_moment"].any()) == (0, False)
    with pytest.raises(RequestError, match=r"momentum 0.9; adam has none"):
        trainer.use("adam", None, 0.9, 0.0)


def test_a_rehearsal_finds_what_learning_finds_and_changes_nothing(problem):
    net = Network.parse(
        "INPUT(1,8,8) -> CONV(4,3) -> BATCHNORM -> DROPOUT(0.5) -> RELU -> FC(3) -> SOFTMAX"
    )
    trainer = Trainer(net, lr=0.5, momentum=0)
    images, labels = problem.train.images[:40], problem.train.labels[:40]
    before = {name: array.copy() for name, array in net.arrays().items()}
    start = net.parameters.copy()
    found = rehearse(trainer, images, labels)
    for name, array in net.arrays().items():
        assert array.tobytes() == before[name].tobytes()
    assert trainer.learn(images, labels, 0.5) == found.score
    expected = start - np.float32(0.5) * found.gradients
    assert net.parameters.tobytes() == expected.tobytes()
