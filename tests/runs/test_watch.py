import json
import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuiconv.errors import UserError
from tuiconv.nn.events import BatchDone, EpochDone, Health, RunEnd, RunStart, to_json
from tuiconv.runs.watch import History, LogError, Watched, decoded, duration, event_of

START = RunStart(
    spec="INPUT(1,8,8) -> FC(3)",
    parameters=195,
    train="training bars",
    train_images=1600,
    test="test bars",
    test_images=400,
    epochs=4,
    batches=50,
    batch_size=32,
    optimizer="adam",
    lr=0.001,
    momentum=None,
    weight_decay=0.0,
    clip=1.0,
    schedule="cosine",
    loss="cross_entropy",
    threads=2,
)
STEP = BatchDone(1, 1, 50, 2.5, 0.25, 0.001, 800.0)
EPOCH = EpochDone(1, 4, 0.5, 0.8, 0.6, 0.75, 3.0)
END = RunEnd(4, 0.8, 12.5, 800.0, "epochs")
HEALTH = {"gradient_norm": 1.0, "dead_units": {"relu1": 0.5}, "constant_output": False}


def step(epoch, batch, loss=1.0):
    return replace(STEP, epoch=epoch, batch=batch, loss=loss)


def epoch(number, **changes):
    return replace(EPOCH, epoch=number, seconds=3.0 * number, **changes)


def history_of(*events):
    history = History()
    for event in (START, *events):
        history.take(event)
    return history


@pytest.mark.parametrize("event", [START, STEP, EPOCH, END, replace(END, test_accuracy=None)])
def test_a_line_of_a_log_gives_back_its_event(event):
    assert event_of(decoded(json.dumps(to_json(event)))) == event


def test_steps_are_curves_over_epochs():
    history = history_of(step(1, 25, 2.0), step(1, 50, 1.5), step(2, 10, 1.0))
    assert list(history.at) == [0.5, 1.0, 1.2]
    assert list(history.losses) == [2.0, 1.5, 1.0]
    assert history.last == step(2, 10, 1.0)
    assert history.done == 1.2


def test_a_step_that_comes_again_takes_the_place_of_it_and_what_followed():
    history = history_of(step(1, 49), step(1, 50), epoch(1), step(2, 1), step(2, 2), epoch(2))
    history.take(step(2, 1, 7.0))
    assert list(history.losses) == [1.0, 1.0, 7.0]
    assert history.epochs == [epoch(1)]
    history.take(step(1, 50, 8.0))
    assert list(history.at) == [0.98, 1.0]
    assert history.epochs == []


def test_a_run_that_goes_on_after_its_end_has_not_ended():
    history = history_of(step(1, 1), replace(END, reason="cancelled"))
    assert history.end is not None
    history.take(step(1, 2))
    assert history.end is None


def test_health_is_that_of_the_last_epoch():
    history = history_of()
    history.read([json.dumps({**to_json(EPOCH), "health": HEALTH})], "run.jsonl")
    assert history.health == Health(**HEALTH)
    history.read([json.dumps(to_json(epoch(2)))], "run.jsonl")  # nobody looked
    assert history.health is None
    history.take(epoch(3), Health(**HEALTH))
    history.take(step(3, 50))
    assert history.health is None


def test_the_best_epoch_is_the_first_of_the_highest_test_accuracy():
    epochs = [epoch(i, test_accuracy=a) for i, a in enumerate([0.7, 0.9, 0.9, 0.8], start=1)]
    assert history_of(*epochs).best == epochs[1]
    assert history_of().best is None


def test_the_time_left_is_that_of_the_epochs_left_at_the_pace_so_far():
    # half an epoch done, 1600 images an epoch at 800 a second: 3.5 epochs of 2 s
    assert history_of(step(1, 25)).seconds_left == 3.5 * 2
    # an epoch took 3 s with its test: 2.5 epochs of 3 s
    assert history_of(step(1, 50), epoch(1), step(2, 25)).seconds_left == 2.5 * 3
    assert history_of().seconds_left is None
    assert history_of(replace(STEP, images_per_second=0.0)).seconds_left is None
    assert history_of(step(1, 25), END).seconds_left is None


def test_a_run_diverged_if_its_end_says_so():
    assert history_of(replace(END, reason="diverged")).diverged
    assert not history_of(END).diverged
    assert not history_of(STEP).diverged


GARBAGE = [
    ("", "no JSON object"),
    ("hello", "'hello' is no JSON object"),
    ("[1, 2]", "no JSON object"),
    ("[" * 100_000, "no JSON object"),
    ('{"event": "step"', "no JSON object"),
    ('{"event": "dance"}', "event is 'dance'; allowed are start, step, epoch, end"),
    ('{"event": ["step"]}', "allowed are"),
    ("{}", "event is None"),
    ('{"event": "step", "epoch": 1}', "batch is missing"),
]


@pytest.mark.parametrize(("line", "message"), GARBAGE)
def test_a_line_that_holds_no_event_is_passed_over_and_remembered(line, message):
    history = History()
    good = [json.dumps(to_json(event)) for event in (START, STEP)]
    assert history.read([good[0], line, good[1]], "run.jsonl") == [START]
    assert history.last == STEP
    assert history.unreadable.startswith("line 2: ")
    assert message in history.unreadable
    assert len(history.unreadable) < 120


WRONG = [
    (STEP, {"epoch": "1"}, "epoch is '1'"),
    (STEP, {"epoch": 1.5}, "epoch is 1.5"),
    (STEP, {"epoch": True}, "epoch is True"),
    (STEP, {"epoch": 0}, "batch 1 of 50 in epoch 0"),
    (STEP, {"batch": 51}, "batch 51 of 50"),
    (STEP, {"batches": 0}, "batch 1 of 0"),
    (STEP, {"epoch": 10**30}, "epoch is 1000000"),
    (STEP, {"loss": None}, "loss is None"),
    (STEP, {"loss": math.nan}, "loss is nan"),
    (STEP, {"loss": math.inf}, "loss is inf"),
    (STEP, {"loss": False}, "loss is False"),
    (STEP, {"loss": "x" * 9999}, "loss is 'xxx"),
    (START, {"epochs": 0}, "a run of 0 epochs"),
    (START, {"spec": None}, "spec is None"),
    (START, {"momentum": "0.9"}, "momentum is '0.9'"),
    (EPOCH, {"epoch": -1}, "epoch -1"),
    (EPOCH, {"health": 3}, "health is 3"),
    (EPOCH, {"health": {}}, "gradient_norm is missing"),
    (END, {"reason": "bored"}, "reason is 'bored'"),
    (END, {"reason": []}, "reason is []"),
]


@pytest.mark.parametrize(("event", "change", "message"), WRONG)
def test_a_field_of_the_wrong_kind_is_named_with_what_stands_there(event, change, message):
    history = history_of()
    assert history.read([json.dumps(to_json(event) | change)], "run.jsonl") == []
    assert message in history.unreadable
    assert len(history.unreadable) < 120


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"dead_units": [0.5]}, "dead_units is [0.5]"),
        ({"dead_units": {"relu1": "half"}}, "dead_units is {'relu1': 'half'}"),
        ({"dead_units": {"\x1b[2J": 0.5}}, "dead_units is {'\\x1b[2J': 0.5}"),
        ({"gradient_norm": "big"}, "gradient_norm is 'big'"),
        ({"constant_output": 1}, "constant_output is 1"),
    ],
)
def test_a_look_at_the_network_is_checked_too(change, message):
    history = history_of()
    line = json.dumps({**to_json(EPOCH), "health": HEALTH | change})
    assert history.read([line], "run.jsonl") == []
    assert message in history.unreadable


def test_a_whole_number_may_stand_for_a_real_one():
    history = history_of()
    history.read([json.dumps(to_json(STEP) | {"loss": 2})], "run.jsonl")
    assert list(history.losses) == [2.0]


def test_what_a_terminal_would_obey_is_spelled_out():
    history = History()
    history.read([json.dumps(to_json(replace(START, train="\x1b[2Jbars")))], "run.jsonl")
    assert history.start.train == "\\x1b[2Jbars"


def test_what_it_does_not_know_is_passed_over():
    history = history_of()
    line = json.dumps(to_json(STEP) | {"temperature": 37})
    history.read([line], "run.jsonl")
    assert (history.last, history.unreadable) == (STEP, None)


@pytest.mark.parametrize("line", [json.dumps(to_json(STEP)), "[project]", "\x00", ""])
def test_a_file_that_does_not_begin_with_a_start_is_no_log(line):
    with pytest.raises(LogError, match=r"notes\.txt: no log of a run: line 1: "):
        History().read([line], "notes.txt")


@given(st.text())
def test_no_line_breaks_it(line):
    history = history_of()
    history.read([line], "run.jsonl")
    assert (history.start, history.last) == (START, None)


def test_a_run_is_followed_by_its_directory_or_its_log_and_need_not_be_there(tmp_path):
    runs = [Watched(tmp_path / "a"), Watched(tmp_path / "a" / "run.jsonl")]
    for watched in runs:
        with pytest.raises(FileNotFoundError):
            watched.look()
    (tmp_path / "a").mkdir()
    for watched in runs:
        with pytest.raises(FileNotFoundError):
            watched.look()
        assert watched.log == tmp_path / "a" / "run.jsonl"
    log = tmp_path / "a" / "run.jsonl"
    log.write_text(json.dumps(to_json(START)) + "\n" + json.dumps(to_json(STEP))[:20])
    for watched in runs:
        assert watched.look() == [START]
        assert watched.look() == []
    log.write_text(json.dumps(to_json(START)) + "\n" + json.dumps(to_json(STEP)) + "\n")
    for watched in runs:
        assert watched.look() == []
        assert watched.history.last == STEP


def test_a_log_that_was_cut_begins_its_history_afresh(tmp_path):
    log = tmp_path / "run.jsonl"
    lines = [json.dumps(to_json(event)) + "\n" for event in (START, step(1, 1), step(1, 2), END)]
    log.write_text("".join(lines))
    watched = Watched(log)
    watched.look()
    log.write_text("".join(lines[:2]))
    assert watched.look() == [START]
    assert list(watched.history.at) == [0.02]
    assert watched.history.end is None


def test_an_error_names_the_log(tmp_path):
    log = tmp_path / "run.jsonl"
    log.write_text("hello\n")
    with pytest.raises(UserError, match=r"run\.jsonl: no log of a run: line 1: 'hello' is no"):
        Watched(tmp_path).look()


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (59.4, "59 s"),
        (59.6, "1 min 0 s"),
        (3600, "1 h 0 min"),
        (5 * 3600 + 59 * 60 + 59, "5 h 59 min"),
        (3 * 86400 + 7200, "3 d 2 h"),
        (1e9, "11,574 d 1 h"),
    ],
)
def test_a_duration_is_given_in_its_two_largest_units(seconds, text):
    assert duration(seconds) == text
