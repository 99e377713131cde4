import json
import re
import tracemalloc
from dataclasses import asdict
from threading import Event as CancelToken

import numpy as np
import pytest

from tuiconv.data.dataset import Dataset
from tuiconv.errors import RequestError
from tuiconv.nn.events import BatchDone, EpochDone, RunEnd, RunStart, to_json
from tuiconv.nn.fitting import check_fits
from tuiconv.nn.network import Network
from tuiconv.nn.optimizers import OPTIMIZERS, make_optimizer
from tuiconv.nn.running import TrainingError
from tuiconv.nn.schedules import cosine, lecun_1998
from tuiconv.nn.scoring import score
from tuiconv.nn.training import Trainer
from tuiconv_kernels.cores import usable_cores


def batch_of(problem, count):
    return problem.train.preprocessing(problem.train.images[:count]), problem.train.labels[:count]


def test_a_step_goes_the_learning_rate_times_the_gradient_downhill(small, problem):
    net = small()
    x, labels = batch_of(problem, 8)
    before, trace = net.state_dict(), net.trace(x, labels)
    loss = Trainer(net, lr=0.1, momentum=0).step(x, labels)
    assert loss == pytest.approx(trace.loss, rel=1e-6)
    for name, after in net.state_dict().items():
        expected = before[name] - 0.1 * trace.parameter_gradients[name]
        np.testing.assert_allclose(after, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("count", [15, 16, 17, 40])
def test_a_batch_of_any_size_is_learned_as_one(problem, small, count):
    spec = small().spec
    net = Network(spec, dtype=np.float64)
    x, labels = batch_of(problem, count)
    expected = Network(spec, dtype=np.float64)
    gradients = expected.trace(x, labels).parameter_gradients
    Trainer(net, lr=0.1, momentum=0).step(x, labels)
    for name, start in expected.state_dict().items():
        np.testing.assert_allclose(
            net.state_dict()[name], start - 0.1 * gradients[name], rtol=1e-12, atol=1e-12
        )


def test_two_steps_carry_momentum(problem, small):
    net, (x, labels) = small(), batch_of(problem, 8)
    start, first = net.parameters.copy(), net.trace(x, labels).parameter_gradients
    trainer = Trainer(net, lr=0.1, momentum=0.9)
    trainer.step(x, labels)
    second = net.trace(x, labels).parameter_gradients
    trainer.step(x, labels)
    views, starts = net.state_dict(), net.named(start)
    for name, after in views.items():
        moved = 0.1 * first[name] + 0.1 * (0.9 * first[name] + second[name])
        np.testing.assert_allclose(after, starts[name] - moved, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("pick", [slice(0, 10), slice(0, 16), slice(0, 30)])
def test_labels_that_do_not_fit_the_batch_are_refused(small, problem, pick):
    x, _ = batch_of(problem, 20)
    net = small()
    before = net.parameters.copy()
    with pytest.raises(ValueError, match="label"):
        Trainer(net).step(x, problem.train.labels[pick])
    np.testing.assert_array_equal(net.parameters, before)


@pytest.mark.parametrize("bad", [-1, 3])
def test_a_label_that_is_no_class_is_refused_and_nothing_is_learned(small, problem, bad):
    x, labels = batch_of(problem, 20)
    labels = labels.copy()
    labels[18] = bad
    net = small()
    before = net.parameters.copy()
    with pytest.raises(ValueError, match=f"label {bad}"):
        Trainer(net).step(x, labels)
    np.testing.assert_array_equal(net.parameters, before)


def test_an_empty_batch_is_refused(small, problem):
    with pytest.raises(ValueError, match=r"empty|at least"):
        Trainer(small()).step(*batch_of(problem, 0))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"optimizer": "adm"},
            'optimizer "adm"; expected one of sgd, momentum, nesterov, adagrad, rmsprop, adam,'
            " natural; did you mean adam?",
        ),
        (
            {"optimizer": "adam", "momentum": 0.5},
            "momentum 0.5; adam has none, but sgd and nesterov have",
        ),
        ({"weight_decay": -0.1}, "weight decay -0.1; expected a number of at least 0"),
        ({"weight_decay": float("nan")}, "weight decay nan; expected a number of at least 0"),
        ({"clip": 0}, "clip 0; expected a number above 0"),
        ({"clip": float("inf")}, "clip inf; expected a number above 0"),
        ({"clip": float("nan")}, "clip nan; expected a number above 0"),
        ({"momentum": 1.0}, "momentum 1.0; expected 0 or more and less than 1"),
        ({"momentum": -0.1}, "momentum -0.1; expected 0 or more and less than 1"),
        ({"momentum": float("nan")}, "momentum nan; expected 0 or more and less than 1"),
        ({"batch_size": 0}, "batch size 0; expected a whole number of at least 1"),
        ({"batch_size": 2.5}, "batch size 2.5; expected a whole number of at least 1"),
        ({"batch_size": float("inf")}, "batch size inf; expected a whole number of at least 1"),
        ({"batch_size": float("nan")}, "batch size nan; expected a whole number of at least 1"),
        ({"threads": float("nan")}, "threads nan; expected a whole number of at least 1"),
        ({"threads": 0}, "threads 0; expected a whole number of at least 1"),
        ({"lr": 0}, "learning rate 0; expected a number above 0"),
        ({"lr": -1.0}, "learning rate -1.0; expected a number above 0"),
        ({"lr": float("inf")}, "learning rate inf; expected a number above 0"),
        ({"lr": float("nan")}, "learning rate nan; expected a number above 0"),
    ],
)
def test_a_setting_outside_its_range_is_quoted_with_the_range(small, settings, message):
    with pytest.raises(RequestError) as caught:
        Trainer(small(), **settings)
    assert str(caught.value) == message
    assert isinstance(caught.value, ValueError)
    assert caught.value.exit_status == 2


def test_whole_numbers_may_be_floats(small, problem):
    exact = parameters_after(small(), problem, batch_size=16, threads=2)
    floats = parameters_after(small(), problem, batch_size=16.0, threads=2.0)
    assert floats.tobytes() == exact.tobytes()


def test_without_a_number_every_usable_core_gets_a_thread(small):
    assert Trainer(small()).threads == usable_cores() >= 1
    assert Trainer(small(), threads=3).threads == 3


def parameters_after(net, problem, lr=0.05, batch_size=40, **settings):
    list(Trainer(net, lr=lr, batch_size=batch_size, **settings).run(*problem, epochs=2))
    return net.parameters


@pytest.mark.parametrize("threads", [2, 3, 4, None])
def test_the_same_seed_gives_the_same_numbers_whatever_the_threads(small, problem, threads):
    alone = parameters_after(small(), problem, batch_size=50, seed=3, threads=1)
    together = parameters_after(small(), problem, batch_size=50, seed=3, threads=threads)
    assert together.tobytes() == alone.tobytes()


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("clip", [None, 0.3])
def test_every_optimizer_gives_the_same_numbers_whatever_the_threads(
    small, problem, optimizer, clip
):
    settings = {"optimizer": optimizer, "lr": None, "weight_decay": 0.01, "clip": clip}
    alone = parameters_after(small(), problem, **settings, threads=1)
    for threads in (2, 3):
        together = parameters_after(small(), problem, **settings, threads=threads)
        assert together.tobytes() == alone.tobytes()


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("threads", [1, 2])
def test_a_step_is_the_optimizers_with_the_gradient_of_the_batch(
    small, problem, optimizer, threads
):
    spec, sizes = small().spec, (40, 30, 40)  # a step of each size is built once
    net, expected = (Network(spec, dtype=np.float64) for _ in range(2))
    trainer = Trainer(net, optimizer, threads=threads, weight_decay=0.1)
    alone = make_optimizer(optimizer, expected.parameters, weight_decay=0.1)
    for count in sizes:
        x, labels = batch_of(problem, count)
        gradients = flat(expected, expected.trace(x, labels).parameter_gradients)
        alone.steps += 1
        function, arguments = alone.update(gradients, images=count)
        function(*arguments)
        trainer.step(x, labels)
    np.testing.assert_allclose(net.parameters, expected.parameters, rtol=1e-9, atol=1e-12)


def flat(net, arrays):
    """Arrays by the names of a network's parameters, in one vector laid out as these."""
    vector = np.zeros_like(net.parameters)
    for name, part in net.named(vector).items():
        part[...] = arrays[name]
    return vector


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("share", [0.25, 0.999, 1.001])
def test_gradients_are_clipped_to_a_length_and_keep_their_direction(small, problem, threads, share):
    net = Network(small().spec, dtype=np.float64)
    x, labels = batch_of(problem, 40)
    gradients = flat(net, net.trace(x, labels).parameter_gradients)
    length = np.sqrt((gradients**2).sum())
    start = net.parameters.copy()
    Trainer(net, lr=0.1, momentum=0, threads=threads, clip=share * length).step(x, labels)
    np.testing.assert_allclose(
        net.parameters, start - 0.1 * min(1, share) * gradients, rtol=1e-10, atol=1e-12
    )


@pytest.mark.parametrize("threads", [1, 2])
def test_clipping_hides_no_gradient_that_is_not_a_number(small, problem, threads):
    net = small()
    net.parameters[0] = np.nan
    assert np.isnan(Trainer(net, clip=1.0, threads=threads).step(*batch_of(problem, 40)))
    assert np.isnan(net.parameters).any()


@pytest.mark.parametrize(
    ("schedule", "name"), [(None, "constant"), (cosine, "cosine"), (lecun_1998, "1998")]
)
def test_the_start_names_the_schedule(small, problem, schedule, name):
    assert next(Trainer(small(), schedule=schedule).run(*problem, epochs=1)).schedule == name


def test_a_schedule_of_ones_own_has_the_name_of_its_function(small, problem):
    def halving(passes, epochs):
        return 0.5**passes

    assert next(Trainer(small(), schedule=halving).run(*problem, epochs=1)).schedule == "halving"


def test_a_schedule_gives_every_batch_its_rate(small, problem):
    asked = []

    def halving(passes, epochs):
        asked.append((passes, epochs))
        return 0.5**passes

    trainer = Trainer(small(), lr=0.08, batch_size=25, schedule=halving)
    events = trainer.run(*problem, epochs=2)
    rates = [event.lr for event in events if isinstance(event, BatchDone)]
    assert asked == [(0, 2), (0.5, 2), (1, 2), (1.5, 2)]
    assert rates == pytest.approx([0.08, 0.08 / 2**0.5, 0.04, 0.04 / 2**0.5])
    assert trainer.lr == 0.08


def test_a_rate_of_the_schedule_is_that_of_the_update(small, problem):
    scheduled = parameters_after(small(), problem, lr=0.1, schedule=lambda passes, epochs: 0.5)
    assert scheduled.tobytes() == parameters_after(small(), problem, lr=0.05).tobytes()


def test_a_step_by_hand_after_a_run_has_the_whole_rate_again(small, problem):
    net, x_labels = small(), batch_of(problem, 8)
    trainer = Trainer(net, lr=0.1, momentum=0, schedule=lambda passes, epochs: 1e-30)
    list(trainer.run(*problem, epochs=1))
    before, gradients = net.parameters.copy(), net.trace(*x_labels).parameter_gradients
    trainer.step(*x_labels)
    np.testing.assert_allclose(
        net.parameters, before - 0.1 * flat(net, gradients), rtol=1e-5, atol=1e-6
    )


@pytest.mark.parametrize("threads", [1, 2])
def test_after_the_first_steps_nothing_is_allocated(small, threads):
    net, rng = small(), np.random.default_rng(0)
    x = rng.standard_normal((64, *net.spec.input)).astype(np.float32)
    labels = rng.integers(0, 3, len(x))
    trainer = Trainer(net, threads=threads)
    for _ in range(3):
        trainer.step(x, labels)
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for _ in range(50):
            trainer.step(x, labels)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most - before < x.nbytes  # Python's numbers and tuples, but no array as large as these


def test_of_a_large_batch_gradients_of_neighbours_are_added_up_at_once(small, problem):
    # parts of 16 images in at most 16 sums: 50 parts make 13 sums
    x = np.repeat(batch_of(problem, 40)[0], 20, axis=0)
    labels = np.repeat(batch_of(problem, 40)[1], 20)
    nets = [Network(small().spec, dtype=np.float64) for _ in range(4)]
    expected = nets[0].trace(x, labels).parameter_gradients
    start = nets[0].state_dict()
    for net, threads in zip(nets, (1, 2, 3, 4), strict=True):
        Trainer(net, lr=0.1, momentum=0, threads=threads).step(x, labels)
        assert net.parameters.tobytes() == nets[0].parameters.tobytes()
    for name, after in nets[0].state_dict().items():
        np.testing.assert_allclose(after, start[name] - 0.1 * expected[name], rtol=1e-11)


@pytest.mark.parametrize("text", ["INPUT(3,4,4) -> SOFTMAX", "INPUT(1,8,8) -> CONV(3,3) -> RELU"])
def test_a_network_without_one_output_per_class_cannot_learn(text):
    x = np.zeros((4, *Network.parse(text).spec.input), np.float32)
    with pytest.raises(RequestError, match=r"gives maps; expected an FC layer"):
        Trainer(Network.parse(text)).step(x, np.zeros(4, np.int64))


@pytest.mark.parametrize("shape", [(4, 1, 9, 8), (4, 1, 8, 7), (4, 2, 8, 8)])
def test_images_of_another_size_are_refused_with_both_shapes(small, shape):
    with pytest.raises(RequestError, match=re.escape(f"{shape}; expected (4, 1, 8, 8)")):
        Trainer(small()).step(np.zeros(shape, np.float32), np.zeros(4, np.int64))


def test_another_seed_gives_another_order_and_other_numbers(small, problem):
    first = parameters_after(small(), problem, seed=3)
    assert (parameters_after(small(), problem, seed=4) != first).any()
    from_generator = parameters_after(small(), problem, seed=np.random.default_rng(3))
    assert from_generator.tobytes() == first.tobytes()


def test_bars_are_learned(small, problem):
    net = small()
    *events, end = Trainer(net, lr=0.05, batch_size=10).run(*problem, epochs=8)
    losses = [event.train_loss for event in events if isinstance(event, EpochDone)]
    assert losses[-1] < 0.2 * losses[0]
    assert end.test_accuracy == 1


def test_every_image_is_seen_once_an_epoch_in_a_new_order(small):
    seen = []

    class Recorded:
        def __call__(self, images):
            seen.extend(images[:, 0, 0, 0].tolist())
            return images.astype(np.float32) / 255

    numbered = (
        np.zeros((30, 1, 8, 8), np.uint8) + np.arange(30, dtype=np.uint8)[:, None, None, None]
    )
    train = Dataset("numbered", numbered, np.arange(30) % 3, ("a", "b", "c"))
    test = Dataset(
        "one", np.full((1, 1, 8, 8), 99, np.uint8), np.zeros(1, np.int64), train.class_names
    )
    net = small()
    net.preprocessing = Recorded()
    list(Trainer(net, batch_size=7).run(train, test, epochs=2))
    first, test_after_first, second, test_after_second = seen[:30], seen[30], seen[31:61], seen[61]
    assert sorted(first) == sorted(second) == list(range(30))
    assert first != second
    assert test_after_first == test_after_second == 99
    assert len(seen) == 62


@pytest.fixture
def events(small, problem):
    """A run of two epochs of three batches: 20, 20 and 10 images."""
    trainer = Trainer(small(), lr=0.05, momentum=0.5, batch_size=20, threads=2)
    return list(trainer.run(*problem, epochs=2))


def test_a_run_reports_its_start_every_batch_every_epoch_and_its_end(events):
    epoch = ["step", "step", "step", "epoch"]
    assert [event.event for event in events] == ["start", *epoch, *epoch, "end"]


def test_the_start_says_what_is_about_to_happen(events, small):
    assert events[0] == RunStart(
        spec=str(small().spec),
        parameters=len(small().parameters),
        train="bars 1",
        train_images=50,
        test="bars 2",
        test_images=20,
        epochs=2,
        batches=3,
        batch_size=20,
        optimizer="sgd",
        lr=0.05,
        momentum=0.5,
        weight_decay=0.0,
        clip=None,
        schedule="constant",
        loss="cross_entropy",
        threads=2,
    )


def test_batches_are_counted_from_one(events):
    counted = [(e.epoch, e.batch, e.batches) for e in events if isinstance(e, BatchDone)]
    assert counted == [(epoch, batch, 3) for epoch in (1, 2) for batch in (1, 2, 3)]
    assert all(e.images_per_second > 0 for e in events if isinstance(e, BatchDone))


def test_an_epochs_figures_are_means_over_its_images_not_its_batches(events):
    sizes = np.array([20, 20, 10])
    for first in (1, 5):
        batches, epoch = events[first : first + 3], events[first + 3]
        losses = np.array([batch.loss for batch in batches])
        accuracies = np.array([batch.accuracy for batch in batches])
        assert epoch.train_loss == pytest.approx(losses @ sizes / 50)
        assert epoch.train_accuracy == pytest.approx(accuracies @ sizes / 50)


def test_an_epoch_is_tested_with_the_network_as_it_then_is(small, problem):
    net = small()
    trainer = Trainer(net, batch_size=20)
    for event in trainer.run(*problem, epochs=2):
        if isinstance(event, EpochDone):
            found = score(net(net.preprocessing(problem.test.images)), problem.test.labels)
            assert event.test_loss == pytest.approx(found.loss, rel=1e-6)
            assert event.test_accuracy == found.accuracy


def test_the_end_repeats_the_last_accuracy(events):
    end = events[-1]
    assert (end.epochs, end.reason) == (2, "epochs")
    assert end.test_accuracy == events[-2].test_accuracy
    assert end.seconds >= events[-2].seconds > 0
    assert end.images_per_second > 0


def test_every_event_is_strict_json(events):
    for event in events:
        text = json.dumps(to_json(event), allow_nan=False)
        assert json.loads(text) == to_json(event)
        assert json.loads(text)["event"] == event.event


def run_until(trainer, problem, stop_at):
    """The events of a run that is cancelled when it has reported `stop_at` events."""
    cancel, events = CancelToken(), []
    for event in trainer.run(*problem, epochs=3, cancel=cancel):
        events.append(event)
        if len(events) == stop_at:
            cancel.set()
    return events


@pytest.mark.parametrize(
    ("stop_at", "batches", "epochs"),
    [
        (1, 1, 0),  # at the start: the first batch is in hand
        (2, 1, 0),
        (4, 3, 0),  # after an epoch's last batch: the test is left out
        (5, 4, 1),  # after an epoch: its accuracy counts
        (6, 4, 1),
    ],
)
def test_a_cancelled_run_ends_within_one_batch(small, problem, stop_at, batches, epochs):
    events = run_until(Trainer(small(), batch_size=20), problem, stop_at)
    assert sum(isinstance(event, BatchDone) for event in events) == batches
    tested = [event.test_accuracy for event in events if isinstance(event, EpochDone)]
    assert len(tested) == epochs
    end = events[-1]
    assert isinstance(end, RunEnd)
    assert end.reason == "cancelled"
    assert end.epochs == epochs
    assert end.test_accuracy == (tested[-1] if tested else None)


def test_cancelling_after_the_last_epoch_comes_too_late(small, problem):
    end = run_until(Trainer(small(), batch_size=20), problem, stop_at=13)[-1]
    assert (end.epochs, end.reason) == (3, "epochs")


def test_the_first_epoch_after_which_the_condition_holds_is_the_last(small, problem):
    settings = {"lr": 0.05, "batch_size": 10}
    whole = list(Trainer(small(), **settings).run(*problem, epochs=8))
    losses = [event.test_loss for event in whole if isinstance(event, EpochDone)]
    until = f"test_loss < {losses[1]}"
    *events, end = Trainer(small(), **settings).run(*problem, epochs=8, until=until)
    assert losses[0] > losses[1] > losses[2]
    assert figures(events) == figures(whole)[: len(events)]
    assert (end.epochs, end.reason) == (3, "until")
    assert end.test_accuracy == events[-1].test_accuracy


def test_a_condition_that_is_never_met_lets_all_epochs_be(small, problem):
    *_, end = Trainer(small()).run(*problem, epochs=2, until="train_loss < 0")
    assert (end.epochs, end.reason) == (2, "epochs")


def test_a_condition_that_is_none_is_refused_before_training(small, problem):
    net = small()
    before = net.parameters.copy()
    with pytest.raises(RequestError, match='metric "tset_loss"'):
        Trainer(net).run(*problem, epochs=1, until="tset_loss < 1")
    np.testing.assert_array_equal(net.parameters, before)


def test_a_run_whose_condition_was_met_is_over_when_it_goes_on(small, problem):
    net, until = small(), "test_loss < 100"
    trainer = Trainer(net, batch_size=20)
    events = run_until(
        trainer, problem, stop_at=5
    )  # the epoch is tested, one batch more is learned
    trainer.restore(trainer.state())
    before = net.parameters.copy()
    _, end = trainer.run(*problem, epochs=3, until=until)
    assert (end.epochs, end.reason) == (1, "until")
    assert end.test_accuracy == events[4].test_accuracy
    np.testing.assert_array_equal(net.parameters, before)


def test_what_was_learned_before_a_cancel_is_kept(small, problem):
    whole, cut = small(), small()
    run_until(Trainer(cut, batch_size=20, seed=1), problem, stop_at=2)
    order = np.random.default_rng(1).permutation(50)[:20]
    x, labels = whole.preprocessing(problem.train.images[order]), problem.train.labels[order]
    Trainer(whole, batch_size=20).step(x, labels)
    np.testing.assert_array_equal(cut.parameters, whole.parameters)


def test_a_new_learning_rate_is_that_of_the_next_batch(small, problem):
    net = small()
    trainer = Trainer(net, lr=0.05, momentum=0, batch_size=20)
    rates, moved = [], []
    before = net.parameters.copy()
    for event in trainer.run(*problem, epochs=1):
        if isinstance(event, BatchDone):
            rates.append(event.lr)
            moved.append((net.parameters != before).any())
            before = net.parameters.copy()
            trainer.lr = 1e-30
    assert rates == [0.05, 1e-30, 1e-30]
    assert moved == [True, False, False]


def test_a_learning_rate_that_is_none_is_refused_and_the_old_one_stays(small):
    trainer = Trainer(small(), lr=0.05)
    with pytest.raises(RequestError, match="learning rate 0"):
        trainer.lr = 0
    assert trainer.lr == 0.05


def test_a_learning_rate_from_numpy_gives_the_same_numbers(small, problem):
    plain = parameters_after(small(), problem, lr=0.1)
    from_numpy = parameters_after(small(), problem, lr=np.float64(0.1))
    assert from_numpy.tobytes() == plain.tobytes()


DEEP = "INPUT(1,8,8) -> FC(20) -> FC(20) -> FC(20) -> FC(3) -> SOFTMAX"


def test_a_learning_rate_of_a_million_ends_in_one_line_that_says_what_to_do(problem):
    with pytest.raises(TrainingError) as caught:
        list(Trainer(Network.parse(DEEP), lr=1e6, batch_size=10).run(*problem, epochs=3))
    message = str(caught.value)
    assert message.startswith("the loss is ")
    assert message.endswith("training diverged; try a learning rate below 1e+06")
    assert caught.value.exit_status == 1


def test_a_run_that_diverged_ends_with_an_end_that_says_so(problem):
    events = []
    with pytest.raises(TrainingError):  # noqa: PT012 - the events before it are wanted
        for event in Trainer(Network.parse(DEEP), lr=1e6, batch_size=10).run(*problem, epochs=3):
            events.append(event)
    assert isinstance(events[-1], RunEnd)
    assert (events[-1].epochs, events[-1].test_accuracy) == (0, None)
    assert events[-1].reason == "diverged"
    for event in events:
        json.dumps(to_json(event), allow_nan=False)


def test_a_network_that_the_last_batch_destroyed_is_no_success(problem):
    with pytest.raises(TrainingError, match="diverged"):
        list(Trainer(Network.parse(DEEP), lr=1e30, batch_size=50).run(*problem, epochs=1))


def blank(shape, count=4, names=("a", "b", "c")):
    return Dataset("blanks", np.zeros((count, *shape), np.uint8), np.zeros(count, np.int64), names)


@pytest.mark.parametrize(
    ("dataset", "message"),
    [
        (blank((1, 8, 8), count=0), "blanks is empty; expected at least one image"),
        (blank((1, 9, 8)), "blanks are 1×9×8 images; the network's INPUT is 1×8×8"),
        (blank((3, 8, 8)), "blanks are 3×8×8 images; the network's INPUT is 1×8×8"),
        (
            blank((1, 8, 8), names=("a", "b")),
            "blanks have 2 classes; the network has 3 outputs",
        ),
    ],
)
def test_data_that_do_not_fit_the_network_are_refused(small, problem, dataset, message):
    net = small()
    with pytest.raises(RequestError) as caught:
        check_fits(net.spec, dataset)
    assert str(caught.value) == message
    for train, test in ((dataset, problem.test), (problem.train, dataset)):
        with pytest.raises(RequestError, match="blanks"):
            next(Trainer(net).run(train, test, epochs=1))


def test_a_network_that_gives_maps_cannot_learn_classes(problem):
    net = Network.parse("INPUT(1,8,8) -> CONV(3,7)")
    with pytest.raises(RequestError, match="bars 1 have 3 classes; the network has 3×2×2 outputs"):
        check_fits(net.spec, problem.train)


def test_no_epochs_are_refused(small, problem):
    with pytest.raises(RequestError, match="epochs 0; expected at least 1"):
        next(Trainer(small()).run(*problem, epochs=0))


def test_evaluating_counts_every_image_once(small, problem, rng):
    net = small()
    images = rng.integers(0, 256, (600, 1, 8, 8)).astype(np.uint8)
    dataset = Dataset("noise", images, rng.integers(0, 3, 600), problem.test.class_names)
    found = Trainer(net, threads=2).evaluate(dataset)
    log_probabilities = net(net.preprocessing(images))
    assert found.images == 600
    assert found.correct == (log_probabilities.argmax(axis=1) == dataset.labels).sum()
    expected = -log_probabilities[np.arange(600), dataset.labels].mean()
    assert found.loss == pytest.approx(expected, rel=1e-5)


def test_evaluating_is_the_same_whatever_the_threads(small, problem):
    assert Trainer(small(), threads=1).evaluate(problem.train) == Trainer(
        small(), threads=3
    ).evaluate(problem.train)


def test_a_cancelled_evaluation_has_no_score(small, problem):
    cancel = CancelToken()
    cancel.set()
    assert Trainer(small()).evaluate(problem.test, cancel) is None


@pytest.mark.parametrize("dataset", [blank((1, 8, 8), count=0), blank((1, 8, 12))])
def test_data_that_cannot_be_evaluated_are_refused(small, dataset):
    with pytest.raises(RequestError, match="blanks"):
        Trainer(small()).evaluate(dataset)


def test_logits_without_softmax_learn_the_same(small, problem):
    bare = Network.parse(str(small().spec).removesuffix(" -> SOFTMAX"))
    with_softmax = parameters_after(small(), problem)
    np.testing.assert_allclose(parameters_after(bare, problem), with_softmax, rtol=1e-3, atol=1e-5)


def figures(events):
    """What events tell, without their times."""
    timeless = [to_json(event) for event in events]
    for event in timeless:
        for name in ("seconds", "images_per_second"):
            event.pop(name, None)
    return timeless


RECIPE = {"batch_size": 20, "lr": 0.01, "weight_decay": 0.01, "clip": 1.0, "schedule": cosine}


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("stop_at", [2, 4, 5, 6, 9])  # within an epoch, at its end, after its test
def test_a_run_that_goes_on_gives_the_numbers_of_one_that_was_never_interrupted(
    small, problem, optimizer, stop_at
):
    whole, first, second = small(), small(), small()
    expected = figures(Trainer(whole, optimizer, seed=5, **RECIPE).run(*problem, epochs=3))

    trainer = Trainer(first, optimizer, seed=5, threads=1, **RECIPE)
    begun = figures(run_until(trainer, problem, stop_at))
    state = trainer.state()
    second.load_state_dict(first.state_dict())
    other = Trainer(second, optimizer, seed=99, threads=2, **RECIPE)
    other.restore(state)
    rest = figures(other.run(*problem, epochs=3))

    assert begun[1:-1] + rest[1:] == expected[1:]
    assert second.parameters.tobytes() == whole.parameters.tobytes()


def test_a_state_is_a_copy_of_arrays_and_plain_values(small, problem):
    trainer = Trainer(small(), "adam", batch_size=20)
    run_until(trainer, problem, 3)
    state = trainer.state()
    before = {name: np.array(value) for name, value in state.items() if name != "order"}
    arrays = {name for name, value in state.items() if isinstance(value, np.ndarray)}
    plain = {name: value for name, value in state.items() if name not in arrays}
    assert arrays == {
        *("losses", "correct", "images"),
        *("optimizer.first_moment", "optimizer.second_moment"),
    }
    assert json.loads(json.dumps(plain)) == plain
    assert (state["steps"], state["epoch"], state["images"].tolist()) == (2, None, [20, 20])
    trainer.restore(state)
    list(trainer.run(*problem, epochs=2))
    for name, value in before.items():
        np.testing.assert_array_equal(state[name], value)


def test_a_state_may_be_taken_before_a_run_and_after_steps_by_hand(small, problem):
    first, second = small(), small()
    trainer = Trainer(first, "adam", seed=3)
    trainer.step(*batch_of(problem, 8))
    other = Trainer(second, "adam", seed=4)
    other.restore(trainer.state())
    second.load_state_dict(first.state_dict())
    assert figures(other.run(*problem, epochs=1)) == figures(trainer.run(*problem, epochs=1))


def test_a_finished_run_goes_on_to_more_epochs(small, problem):
    whole, net = small(), small()
    expected = figures(Trainer(whole, batch_size=20).run(*problem, epochs=3))
    trainer = Trainer(net, batch_size=20)
    list(trainer.run(*problem, epochs=2))
    trainer.restore(trainer.state())
    assert figures(trainer.run(*problem, epochs=3))[1:] == expected[9:]
    trainer.restore(trainer.state())
    assert figures(trainer.run(*problem, epochs=3))[1:] == expected[-1:]


def test_without_a_restore_a_second_run_begins_with_the_first_epoch(small, problem):
    trainer = Trainer(small(), batch_size=20)
    run_until(trainer, problem, 3)
    batches = [event for event in trainer.run(*problem, epochs=1) if isinstance(event, BatchDone)]
    assert [(event.epoch, event.batch) for event in batches] == [(1, 1), (1, 2), (1, 3)]
    assert trainer.state()["epoch"]["epoch"] == 1


def test_the_time_before_a_run_goes_on_is_part_of_its_time(small, problem):
    trainer = Trainer(small(), batch_size=20)
    run_until(trainer, problem, 6)
    trainer.restore({**trainer.state(), "seconds": 1000.0})
    rest = list(trainer.run(*problem, epochs=3))
    assert all(1000 < event.seconds < 1100 for event in rest if isinstance(event, EpochDone))
    assert 1000 < rest[-1].seconds < 1100


EPOCH = asdict(EpochDone(1, 3, 0.5, 0.9, 0.4, 0.8, 1.5))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"optimizer": "sgd"}, "the state's optimizer is sgd; expected adam"),
        ({"batch_size": 10}, "the state's batch_size is 10; expected 20"),
        ({"steps": -1}, "the state's steps are -1"),
        ({"lr": "fast"}, "its lr is fast"),
        ({"lr": float("nan")}, "learning rate nan"),
        ({"order": {"bit_generator": "MT19937"}}, "no state of a run"),
        ({"order": 3}, "no state of a run"),
        ({"losses": np.zeros(5)}, "no state of a run"),
        ({"seconds": "many"}, "no state of a run"),
        ({"epoch": 1}, "no state of a run"),
        ({"epoch": {}}, "no state of a run"),
        ({"epoch": dict.fromkeys(EPOCH, 0)}, "epoch 0 of 0"),
        ({"epoch": dict.fromkeys(EPOCH, 1.5)}, "epoch 1.5 of 1.5"),
        ({"epoch": {**EPOCH, "test_loss": float("nan")}}, "nan"),
        ({"epoch": {**EPOCH, "test_loss": "low"}}, "no state of a run"),
        ({"optimizer.first_moment": np.zeros(3, np.float32)}, "no optimizer.first_moment"),
        ({"optimizer.second_moment": None}, "no optimizer.second_moment of float32"),
    ],
)
def test_a_state_that_does_not_fit_is_refused_and_nothing_is_changed(
    small, problem, change, message
):
    trainer = Trainer(small(), "adam", batch_size=20)
    run_until(trainer, problem, 3)
    state = trainer.state()
    with pytest.raises(RequestError, match=message):
        trainer.restore({**state, **change})
    after = trainer.state()
    for name, value in state.items():
        np.testing.assert_array_equal(after[name], value)


def test_a_state_of_other_data_is_refused(small, problem):
    trainer = Trainer(small(), batch_size=20)
    run_until(trainer, problem, 4)
    trainer.restore(trainer.state())
    with pytest.raises(RequestError, match="3 batches of 50 images; 20 images make 1 batch"):
        trainer.run(problem.test, problem.test, epochs=3)
