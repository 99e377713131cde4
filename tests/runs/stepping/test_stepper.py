"""What a learner's hands do: play, step by operations, batches and epochs, and go back."""

from threading import Event

import numpy as np
import pytest

from tuiconv.errors import RequestError
from tuiconv.nn.network import Network
from tuiconv.nn.running import TrainingError
from tuiconv.runs.job import Job
from tuiconv.runs.settings import ScheduleSettings
from tuiconv.runs.stepping import course
from tuiconv.runs.stepping import stepper as stepper_module
from tuiconv.runs.stepping.changes import parse_changes
from tuiconv.runs.stepping.stepper import Position, Stepper

BATCHES = 3
"""In an epoch: 51 images in batches of 20."""

OPERATIONS = 12
"""Of the small net: its five layers forward, the loss, five layers backward, and the update."""


def test_a_new_run_is_paused_untrained_and_at_the_beginning(new):
    stepper = new()
    assert stepper.position == Position(0, 1, 0, BATCHES, None, 0)
    assert (stepper.playing, stepper.going, stepper.in_hand, stepper.last) == (False,) * 2 + (
        None,
    ) * 2
    assert (stepper.can_go_back, stepper.can_go_forward) == (False, False)


def test_a_batch_learns_once_and_the_last_of_an_epoch_is_tested_too(new):
    stepper = new()
    for batch in (1, 2):
        stepper.step("batch")
        assert stepper.position == Position(batch, 1, batch, BATCHES, None, batch)
        assert stepper.tests == []
    stepper.step("batch")
    assert stepper.position == Position(3, 2, 0, BATCHES, None, 3)
    (test,) = stepper.tests
    assert (test.batches, test.epoch.epoch) == (3, 1)


def test_operations_lead_from_one_batch_to_the_next(new, bits):
    stepper, other = new(), new()
    assert len(stepper.operations) == OPERATIONS
    for operation in range(OPERATIONS - 1):
        stepper.step("operation")
        assert stepper.position == Position(0, 1, 0, BATCHES, operation, 0)
    stepper.step("operation")
    assert stepper.position == Position(1, 1, 1, BATCHES, None, 1)
    other.step("batch")
    assert bits(stepper) == bits(other)
    for _ in range(OPERATIONS * 2):
        stepper.step("operation")
    assert stepper.position == Position(3, 2, 0, BATCHES, None, 3)


def test_operations_change_nothing_before_the_update(new, bits):
    stepper = new("INPUT(1,8,8) -> CONV(4,3) -> BATCHNORM -> DROPOUT(0.5) -> FC(3) -> SOFTMAX")
    stepper.step("batch")
    before = bits(stepper)
    for _ in stepper.operations[:-1]:
        stepper.step("operation")
        assert bits(stepper) == before


def test_back_by_operations_goes_through_the_batches_before(new, bits):
    stepper = new()
    seen = {}
    for _ in range(2 * OPERATIONS + 3):
        stepper.step("operation")
        hand = stepper.in_hand
        seen[stepper.batches, stepper.position.operation] = hand
    while stepper.can_go_back:
        stepper.back()
        place = stepper.batches, stepper.position.operation
        if place == (0, None):
            break
        expected, hand = seen.pop(place), stepper.in_hand
        if expected is None:
            assert hand is None
            continue
        assert (hand.loss, [*hand.activations]) == (expected.loss, [*expected.activations])
        for mine, theirs in (
            (hand.gradients, expected.gradients),
            (hand.parameter_gradients, expected.parameter_gradients),
        ):
            assert {n: a.tobytes() for n, a in mine.items()} == {
                n: a.tobytes() for n, a in theirs.items()
            }
    assert [*seen] == [(2, 2)]  # where it was at first


def test_forward_by_operations_ends_where_one_had_been(new):
    stepper = new()
    for _ in range(OPERATIONS + 3):
        stepper.step("operation")
    for _ in range(7):
        stepper.back()
    assert stepper.position.operation == 7
    taken = 0
    while stepper.can_go_forward:
        stepper.forward()
        taken += 1
    assert taken == 7
    assert (stepper.batches, stepper.position.operation) == (1, 2)


def test_an_epoch_is_played_to_its_end_and_tested(new, play):
    stepper = new()
    stepper.step("batch")
    stepper.step("epoch")
    assert (stepper.playing, stepper.batches) == (True, 1)
    play(stepper)
    assert not stepper.playing
    assert stepper.position == Position(3, 2, 0, BATCHES, None, 3)
    assert len(stepper.tests) == 1


def test_back_and_forward_by_epochs(new, play):
    stepper = new(changes=parse_changes("4:batch_size=10"))
    for _ in range(3):
        stepper.step("epoch")
        play(stepper)
    assert stepper.batches == 3 + 5 + 6
    stepper.step("batch")
    stepper.step("epoch")
    stepper.pause()
    places = []
    while stepper.can_go_back:
        stepper.back()
        places.append((stepper.batches, stepper.position.epoch, stepper.position.batch))
    assert places == [(14, 4, 0), (8, 3, 0), (3, 2, 0), (0, 1, 0)]
    places = []
    while stepper.can_go_forward:
        stepper.forward()
        play(stepper)
        places.append(stepper.batches)
    assert places == [3, 8, 14, 15]


def test_going_back_far_from_a_snapshot_plays_up_to_there_and_can_be_stopped(
    new, bits, play, monkeypatch
):
    monkeypatch.setattr(course, "APART", 1e9)
    monkeypatch.setattr(stepper_module, "SOON", 0.0)
    stepper, other = new(), new()
    play(stepper, 21)
    stepper.pause()
    stepper.back()
    assert (stepper.playing, stepper.to_repeat, stepper.batches) == (True, 20, 0)
    play(stepper)
    assert (stepper.playing, stepper.to_repeat, stepper.batches) == (False, 0, 20)
    other.go_to(20)
    assert bits(stepper) == bits(other)
    play(stepper, 25)
    stepper.back()
    play(stepper)  # to the end of an epoch, which is tested
    assert (stepper.batches, stepper.position.epoch, stepper.position.batch) == (24, 9, 0)
    stepper.back()
    stepper.advance()
    assert (stepper.to_repeat, stepper.can_go_forward) == (22, True)
    stepper.change("lr", 0.5)
    assert (stepper.playing, stepper.batches, stepper.furthest) == (False, 1, 1)


def test_playing_learns_batches_tests_and_stops_when_it_is_told(new, bits, play):
    stepper, other = new(), new()
    play(stepper, 20)
    assert stepper.going
    stepper.pause()
    assert not stepper.going
    other.go_to(20)
    assert bits(stepper) == bits(other)
    assert stepper.before_update.tobytes() == other.before_update.tobytes()


@pytest.mark.parametrize("pace", [0.0001, 1.0], ids=["fast", "slow"])
def test_one_advance_takes_few_milliseconds_of_batches_and_never_more_than_an_epoch(
    new, bits, pace
):
    stepper = new(batch_size=5)  # eleven batches
    stepper.playing, stepper._pace = True, pace
    stepper.advance()
    assert stepper.batches == (11 if pace < 1 else 1)
    while stepper.run.is_epoch_over:
        stepper.advance()
    other = new(batch_size=5)
    other.go_to(stepper.batches)
    assert bits(stepper) == bits(other)
    assert stepper.before_update.tobytes() == other.before_update.tobytes()


def test_the_test_after_an_epoch_is_read_in_parts_between_which_jobs_are_served(new, monkeypatch):
    from tuiconv.nn import training

    monkeypatch.setattr(training, "EVALUATED", 4)  # of nine images
    stepper = new()
    stepper.go_to(BATCHES - 1)
    stepper.playing = True
    stepper.advance()
    advances = 0
    while stepper.run.is_epoch_over:
        assert stepper.position.batch == BATCHES
        stepper.advance()
        advances += 1
    assert advances == 3
    other = new()
    other.go_to(BATCHES)
    assert stepper.tests[0].epoch.test_loss == other.tests[0].epoch.test_loss


def test_playing_lets_go_of_a_batch_that_was_taken_apart(new, play):
    stepper = new()
    stepper.step("operation")
    play(stepper, 2)
    assert stepper.in_hand is None
    assert stepper.position.operation is None


def test_a_change_of_the_rate_keeps_the_batch_in_hand_but_another_batch_size_does_not(new):
    stepper = new()
    stepper.step("batch")
    for _ in range(3):
        stepper.step("operation")
    stepper.change("lr", 0.5)
    assert stepper.position.operation == 2
    while stepper.in_hand is not None:
        stepper.step("operation")
    assert (stepper.last.lr, stepper.batches) == (0.5, 2)
    stepper.step("operation")
    stepper.change("batch_size", 5)
    assert stepper.in_hand is None


def test_go_to_an_operation_of_a_batch(new):
    stepper = new()
    stepper.go_to(2, 7)
    by_hand = new()
    by_hand.go_to(2)
    for _ in range(8):
        by_hand.step("operation")
    assert stepper.position == by_hand.position
    assert stepper.in_hand.loss == by_hand.in_hand.loss
    with pytest.raises(RequestError, match=r"operation 11; expected 0 to 10, before the update"):
        stepper.go_to(2, 11)


def test_training_pauses_when_the_program_ends(settings):
    cancel = Event()
    stepper = Stepper(settings(), cancel)
    stepper.playing = True
    stepper.advance()
    cancel.set()
    assert not stepper.going
    batches = stepper.batches
    stepper.go_to(1_000_000)
    assert stepper.batches == batches


def test_a_diverged_run_stops_playing_and_says_so_whenever_it_is_asked_to_go_on(new, play):
    net = f"INPUT(1,8,8) -> {' -> '.join(['FC(30) -> RELU'] * 6)} -> FC(3) -> SOFTMAX"
    stepper = new(net, lr=1e6)
    with pytest.raises(TrainingError, match="try a learning rate below"):
        play(stepper)
    assert not stepper.going
    for _ in range(2):
        stepper.playing = True
        with pytest.raises(TrainingError):
            stepper.advance()
        assert not stepper.going
    with pytest.raises(TrainingError):
        stepper.step("operation")
    assert np.isfinite(stepper.net.parameters).all()
    while stepper.can_go_back:
        stepper.back()
    assert stepper.batches == 0


def test_the_settings_repeat_the_run_to_the_end_of_the_epoch_in_hand(new):
    stepper = new(lr=0.1, momentum=0.5, weight_decay=0.01, batch_size=10, seed=3)
    stepper.go_to(8)  # of six batches an epoch
    settings = stepper.run_settings()
    assert settings.epochs == 2
    job = Job(settings)
    list(job.events())
    stepper.go_to(12)
    assert stepper.net.parameters.tobytes() == job.net.parameters.tobytes()


def test_a_schedule_keeps_the_epochs_that_it_is_stretched_over(new):
    stepper = new(schedule=ScheduleSettings("cosine"), epochs=7, until="test_loss < 0.1")
    stepper.go_to(1)
    settings = stepper.run_settings()
    assert (settings.epochs, settings.until) == (7, None)


def test_a_saved_network_can_be_loaded(new):
    stepper = new()
    stepper.go_to(2)
    stepper.save("net.safetensors")
    assert Network.load("net.safetensors").parameters.tobytes() == stepper.net.parameters.tobytes()


def test_hours_of_playing_keep_as_much_as_minutes(new, play, monkeypatch):
    from tuiconv.runs.stepping import record, snapshots

    monkeypatch.setattr(record, "MOST", 40)
    monkeypatch.setattr(snapshots, "MOST", 4)
    monkeypatch.setattr(course, "APART", 0.0)
    monkeypatch.setattr(course, "SHARE", 1e9)
    stepper = new(batch_size=30)
    for batches in (100, 200):
        play(stepper, batches)
        assert max(len(stepper.history.losses), len(stepper.tests)) <= 40
        assert sum(stepper._snapshots.has(place) for place in range(batches + 1)) == 4
    assert stepper.history.forgotten == 200 - len(stepper.history.losses)
    assert stepper.tests[-1].epoch.epoch == 99  # the test after epoch 100 comes next
