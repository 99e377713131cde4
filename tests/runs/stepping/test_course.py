"""A run goes back to exactly where it has been, and is the run that the command line makes."""

import numpy as np
import pytest

from tuiconv.data.distortions import Distortions
from tuiconv.errors import RequestError
from tuiconv.nn.events import BatchDone, EpochDone
from tuiconv.nn.optimizers import OPTIMIZERS
from tuiconv.nn.running import TrainingError
from tuiconv.runs.alerts import alerts
from tuiconv.runs.job import Job
from tuiconv.runs.stepping import course, snapshots
from tuiconv.runs.stepping.changes import Change, changes_text, parse_changes
from tuiconv.runs.stepping.course import Course

BATCHES = 3
"""In an epoch: 51 images in batches of 20."""

ALL_AT_ONCE = "INPUT(1,8,8) -> CONV(4,3) -> BATCHNORM -> DROPOUT(0.5) -> RELU -> FC(3) -> SOFTMAX"
DEEP = f"INPUT(1,8,8) -> {' -> '.join(['FC(30) -> RELU'] * 6)} -> FC(3) -> SOFTMAX"
MANY = "2:lr=0.05;4:batch_size=7;5:momentum=0.5;5:weight_decay=0.01;9:optimizer=adam;11:lr=0.01"


@pytest.mark.parametrize(
    "more",
    [
        *({"name": name} for name in OPTIMIZERS),
        {"net": ALL_AT_ONCE},
        {"distortions": Distortions(shift=1.0)},
        {"weight_decay": 0.1, "momentum": 0.5, "clip": 1.0},
        {"loss": "svm"},
        {"batch_size": 64},
    ],
    ids=str,
)
def test_a_run_by_hand_is_the_same_run_headless(settings, new, more):
    headless = Job(settings(epochs=2, **more))
    events = list(headless.events())
    batches = [event for event in events if isinstance(event, BatchDone)]
    stepper = new(epochs=2, **more)
    losses = []
    for _ in batches:
        stepper.step("batch")
        losses.append(stepper.last.loss)
    assert losses == [event.loss for event in batches]
    assert stepper.net.parameters.tobytes() == headless.net.parameters.tobytes()
    for name, array in headless.net.arrays().items():
        assert stepper.net.arrays()[name].tobytes() == array.tobytes()
    tested = [event for event in events if isinstance(event, EpochDone)]
    assert [test.epoch.test_loss for test in stepper.tests] == [e.test_loss for e in tested]
    assert [test.epoch.train_loss for test in stepper.tests] == [e.train_loss for e in tested]


@pytest.mark.parametrize(
    "more",
    [{}, {"net": ALL_AT_ONCE, "distortions": Distortions(shift=1.0)}],
    ids=str,
)
def test_back_and_forward_again_gives_the_same_bits_across_tests_and_changes(new, bits, more):
    stepper = new(changes=parse_changes(MANY), **more)
    seen = [bits(stepper)]
    for _ in range(14):
        stepper.step("batch")
        seen.append(bits(stepper))
    for _ in range(14):
        stepper.back()
        assert bits(stepper) == seen[stepper.batches]
    assert not stepper.can_go_back
    while stepper.can_go_forward:
        stepper.forward()
        assert bits(stepper) == seen[stepper.batches]
    assert stepper.batches == 14
    for place in (3, 12, 7, 0, 14, 9):
        stepper.go_to(place)
        assert bits(stepper) == seen[place]


def test_what_was_played_is_gone_back_to_from_few_snapshots(new, bits, play, monkeypatch):
    monkeypatch.setattr(course, "APART", 1e9)
    expected = new()
    expected.go_to(17)
    stepper = new()
    play(stepper, 40)
    stepper.go_to(17)
    assert bits(stepper) == bits(expected)
    stepper.go_to(40)
    assert stepper.batches == stepper.furthest == 40


def test_few_snapshots_reach_back_to_the_beginning(new, bits, monkeypatch):
    monkeypatch.setattr(snapshots, "MOST", 5)
    stepper = new()
    seen = [bits(stepper)]
    for _ in range(40):
        stepper.step("batch")
        seen.append(bits(stepper))
    assert stepper.reach == 0
    for place in (33, 32, 9, 40, 1, 0):
        stepper.go_to(place)
        assert bits(stepper) == seen[place]


def test_of_a_very_large_net_one_goes_back_a_few_batches(new, monkeypatch):
    monkeypatch.setattr(snapshots, "MOST_BYTES", 0)
    stepper = new()
    for _ in range(10):
        stepper.step("batch")
    assert stepper.reach == 8
    stepper.go_to(8)
    assert not stepper.can_go_back
    stepper.back()
    assert stepper.batches == 8
    with pytest.raises(RequestError, match=r"batch 7; expected at least 8, as"):
        stepper.go_to(7)


def test_the_parameters_before_the_last_update_are_known_however_one_came_there(new, play):
    stepper = new()
    assert stepper.before_update is None
    parameters = [stepper.net.parameters.copy()]
    for _ in range(7):
        stepper.step("batch")
        parameters.append(stepper.net.parameters.copy())
    for place in (7, 4, 5, 1):
        stepper.go_to(place)
        assert stepper.before_update.tobytes() == parameters[place - 1].tobytes()
    stepper.go_to(0)
    assert stepper.before_update is None
    play(stepper, 6)
    assert stepper.before_update.tobytes() == parameters[5].tobytes()


@pytest.mark.parametrize("more", [{}, {"net": ALL_AT_ONCE}], ids=str)
def test_settings_with_changes_repeat_a_run_that_was_changed_by_hand(new, bits, play, more):
    stepper = new(**more)
    stepper.step("batch")
    stepper.change("lr", 0.05)
    play(stepper, 2)
    stepper.pause()
    stepper.change("batch_size", 7)
    stepper.step("batch")
    stepper.change("optimizer", "adam")
    stepper.change("lr", 0.02)
    stepper.step("operation")
    stepper.step("batch")
    stepper.change("optimizer", "sgd")
    stepper.step("batch")
    text = changes_text(stepper.changes)
    assert text == "1:lr=0.05;2:batch_size=7;3:optimizer=adam;3:lr=0.02;4:optimizer=sgd"
    again = new(changes=parse_changes(text), **more)
    again.go_to(5)
    assert bits(again) == bits(stepper)


def test_a_change_holds_from_the_next_batch_on(new):
    stepper = new(lr=0.02)
    stepper.step("batch")
    stepper.change("lr", 0.5)
    assert (stepper.settings.optimizer.lr, stepper.last.lr) == (0.5, 0.02)
    stepper.step("batch")
    assert stepper.last.lr == 0.5
    stepper.back()
    assert stepper.settings.optimizer.lr == 0.5
    stepper.back()
    assert stepper.settings.optimizer.lr == 0.02
    assert stepper.changes == [Change(1, "lr", 0.5)]
    stepper.forward()
    assert stepper.settings.optimizer.lr == 0.5


def test_another_batch_size_divides_what_is_left_of_the_epoch(new):
    stepper = new(batch_size=20)
    stepper.step("batch")
    stepper.change("batch_size", 7)
    sizes, images = [], {*()}
    while stepper.position.epoch == 1:
        images |= {*stepper.run.batch.chosen.tolist()}
        sizes.append(len(stepper.run.batch.chosen))
        stepper.step("batch")
    assert sizes == [7, 7, 7, 7, 3]
    assert len(images) == 31
    assert (stepper.position.of, stepper.batches) == (8, 6)
    at = np.array(stepper.history.at)
    np.testing.assert_allclose(51 * at, [20, 27, 34, 41, 48, 51])


def test_another_optimiser_begins_with_an_empty_memory_and_its_usual_settings(new):
    stepper = new(lr=0.5, momentum=0.1, weight_decay=0.01)
    stepper.step("batch")
    stepper.change("optimizer", "adam")
    settings = stepper.settings.optimizer
    assert (settings.name, settings.lr, settings.momentum) == ("adam", 0.001, None)
    assert settings.weight_decay == 0.01
    state = stepper.trainer.state()
    assert state["steps"] == 0
    assert not state["optimizer.first_moment"].any()
    stepper.change("optimizer", "nesterov")
    settings = stepper.settings.optimizer
    assert (settings.lr, settings.momentum) == (0.02, 0.9)


def test_a_change_that_is_taken_back_at_once_leaves_no_trace(new, bits):
    stepper, plain = new(), new()
    for each in (stepper, plain):
        each.go_to(2)
    stepper.change("optimizer", "adam")
    stepper.change("optimizer", "sgd")
    stepper.change("lr", 0.5)
    stepper.change("lr", 0.02)
    assert stepper.changes == []
    for each in (stepper, plain):
        each.go_to(6)
    assert bits(stepper) == bits(plain)


def test_changes_before_the_first_batch_are_how_the_run_begins(new, bits):
    stepper = new()
    stepper.change("optimizer", "adam")
    stepper.change("batch_size", 30)
    stepper.change("weight_decay", 0.1)
    assert stepper.changes == []
    stepper.go_to(3)
    other = new(name="adam", batch_size=30, weight_decay=0.1)
    other.go_to(3)
    assert stepper.first == other.first
    assert bits(stepper) == bits(other)
    stepper.go_to(0)
    assert stepper.settings == stepper.first


def test_another_change_after_going_back_makes_another_future(new, bits):
    stepper = new()
    stepper.go_to(2)
    stepper.change("lr", 0.5)
    stepper.go_to(8)
    stepper.go_to(5)
    stepper.change("momentum", 0.0)
    assert (stepper.furthest, stepper.can_go_forward) == (5, False)
    assert changes_text(stepper.changes) == "2:lr=0.5;5:momentum=0.0"
    assert len(stepper.history.losses) == 5
    stepper.go_to(1)
    stepper.change("lr", 0.1)
    assert changes_text(stepper.changes) == "1:lr=0.1"
    assert [test.epoch.epoch for test in stepper.tests] == []
    stepper.go_to(7)
    other = new(changes=parse_changes("1:lr=0.1"))
    other.go_to(7)
    assert bits(stepper) == bits(other)


def test_the_same_value_again_is_no_change_and_keeps_the_future(new):
    stepper = new(lr=0.02)
    stepper.go_to(5)
    stepper.go_to(2)
    stepper.change("lr", 0.02)
    assert stepper.furthest == 5


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("lr", -1.0, r"^lr is -1.0; expected a number above 0$"),
        ("lr", "fast", r'^lr is "fast"; expected a number$'),
        ("momentum", 1.0, r"^momentum is 1.0; expected a number of at least 0 and less than 1$"),
        ("weight_decay", float("nan"), r"^weight_decay is nan; expected a number of at least 0$"),
        ("batch_size", 0, r"^batch_size is 0; expected a whole number of at least 1$"),
        ("batch_size", 7.5, r"^batch_size is 7.5; expected a whole number$"),
        ("optimizer", "adem", r'^optimizer.*"adem"; expected one of .*; did you mean adam\?$'),
        ("seed", 1, r'^change of "seed"; expected one of lr, momentum, optimizer, batch_size'),
    ],
)
def test_what_cannot_be_is_refused_in_a_line_and_changes_nothing(new, bits, name, value, message):
    stepper = new()
    stepper.go_to(4)
    stepper.go_to(2)
    before = bits(stepper)
    with pytest.raises(RequestError, match=message):
        stepper.change(name, value)
    assert (bits(stepper), stepper.furthest) == (before, 4)


def test_momentum_is_refused_for_an_optimiser_that_has_none(new):
    stepper = new(name="adam")
    with pytest.raises(RequestError, match=r"^momentum 0.9; adam has none, but sgd and nesterov"):
        stepper.change("momentum", 0.9)


def test_a_batch_that_a_layer_cannot_learn_from_is_refused(new):
    stepper = new("INPUT(1,8,8) -> FC(3) -> BATCHNORM -> SOFTMAX")
    with pytest.raises(RequestError, match=r"batch of 1 image"):
        stepper.change("batch_size", 5)  # 51 = 10 · 5 + 1
    stepper.step("batch")
    stepper.change("batch_size", 8)


def test_a_run_that_diverges_stays_where_its_numbers_are_still_numbers(new, bits):
    stepper = new(DEEP, lr=1e6)
    seen = [bits(stepper)]

    def learn_on():
        while True:
            stepper.step("batch")
            seen.append(bits(stepper))

    with pytest.raises(TrainingError, match=r"try a learning rate below 1e\+06"):
        learn_on()
    assert 0 < stepper.batches < 10
    assert bits(stepper) == seen[-1]
    assert isinstance(stepper.failure, TrainingError)
    assert next(alert.kind for alert in alerts(stepper.history)) == "diverged"
    with pytest.raises(TrainingError):
        stepper.step("batch")
    stepper.go_to(0)
    assert stepper.failure is None
    assert bits(stepper) == seen[0]
    stepper.change("lr", 0.01)
    stepper.step("batch")
    assert stepper.batches == 1


def test_a_test_that_diverges_can_be_gone_back_from(new):
    stepper = new(DEEP, lr=1e30, batch_size=51)
    with pytest.raises(TrainingError, match="on the test images after epoch 1"):
        stepper.step("batch")
    with pytest.raises(TrainingError, match="on the test images"):
        stepper.step("batch")
    with pytest.raises(TrainingError, match="on the test images"):
        stepper.change("lr", 0.1)
    stepper.back()
    assert (stepper.batches, stepper.failure) == (0, None)
    stepper.change("lr", 0.01)
    stepper.step("batch")
    assert stepper.position.epoch == 2


def test_health_is_looked_at_after_the_first_epoch_and_then_now_and_then(new, monkeypatch):
    monkeypatch.setattr(course, "LOOKED_AT_EVERY", 102)  # two epochs of 51 images
    stepper = new()
    stepper.go_to(BATCHES * 5)
    looked_at = [test.epoch.epoch for test in stepper.tests if test.health]
    assert looked_at == [1, 2, 4]
    assert stepper.history.health == stepper.tests[3].health
    monkeypatch.setattr(Job, "health", None)  # what is known is not looked at again
    stepper.go_to(1)
    assert stepper.history.health is None
    stepper.go_to(BATCHES * 5)


def test_the_history_is_that_of_a_log(settings, new):
    stepper = new()
    stepper.go_to(BATCHES * 2)
    history = stepper.history
    assert history.start.lr == 0.02
    assert len(history.losses) == len(history.at) == 6
    assert history.last == stepper.last
    assert [epoch.epoch for epoch in history.epochs] == [1, 2]
    assert history.end is None


def test_a_run_may_begin_with_weights(new, settings):
    first = new()
    first.go_to(4)
    first.save("net.safetensors")
    second = Course(settings(net=None, weights="net.safetensors"))
    assert second.net.parameters.tobytes() == first.net.parameters.tobytes()
