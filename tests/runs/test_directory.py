"""What a run leaves in its directory, and how it goes on from there."""

import json
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from threading import Event as CancelToken

import numpy as np
import pytest

from tuiconv import Network
from tuiconv.data.distortions import Distortions
from tuiconv.errors import RequestError, UserError
from tuiconv.nn.checkpoint import load_state
from tuiconv.runs import directory
from tuiconv.runs.directory import BEST, LAST, SETTINGS, RunDirectory, resume
from tuiconv.runs.given import settings_from
from tuiconv.runs.outputs import begin
from tuiconv.runs.settings import DataSettings, OptimizerSettings, ScheduleSettings, Settings
from tuiconv.runs.toml import read_run_file
from tuiconv.runs.watch import LOG

TINY = "INPUT(1,32,32) -> FC(10) -> SOFTMAX"
TIMES = ("time", "seconds", "images_per_second")


@pytest.fixture
def settings():
    """Three epochs of four batches: five events each, with the start and the end seventeen."""
    return Settings(
        net=TINY,
        epochs=3,
        batch_size=16,
        output="runs/tiny",
        optimizer=OptimizerSettings(momentum=0.5, clip=1.0),
        schedule=ScheduleSettings("cosine"),
    )


def lines(path):
    return [json.loads(line) for line in (path / LOG).read_text().splitlines()]


def timeless(entries):
    return [{k: v for k, v in entry.items() if k not in TIMES} for entry in entries]


def test_a_run_leaves_its_settings_its_log_its_last_and_its_best_network(
    carried_out, settings, folder
):
    entries = carried_out(settings)
    run = folder / "runs" / "tiny"
    assert {path.name for path in run.iterdir()} == {SETTINGS, LOG, LAST, BEST}
    assert lines(run) == entries
    kinds = ["step"] * 4 + ["epoch"]
    assert [entry["event"] for entry in entries] == ["start", *kinds, *kinds, *kinds, "end"]


def test_the_settings_are_written_with_what_was_left_open(carried_out, folder):
    carried_out(Settings(epochs=1, output="run", batch_size=64))
    text = (folder / "run" / SETTINGS).read_text()
    found = settings_from(read_run_file(folder / "run" / SETTINGS))
    assert (found.net, found.optimizer.lr, found.optimizer.momentum) == ("lenet5", 0.02, 0.9)
    assert "threads" not in text


def test_the_start_tells_time_and_seed_and_an_epoch_the_networks_health(carried_out, settings):
    entries = carried_out(settings)
    assert entries[0]["seed"] == 0
    assert entries[0]["time"][4] == entries[0]["time"][7] == "-"
    healths = [entry["health"] for entry in entries if entry["event"] == "epoch"]
    assert [health["constant_output"] for health in healths] == [False] * 3
    assert all(health["gradient_norm"] > 0 for health in healths)


def test_the_last_network_is_a_model_and_the_best_is_that_of_the_highest_accuracy(
    carried_out, settings, folder
):
    job, output = begin(settings)
    states, accuracies = [], []
    for event in job.events():
        output.keep(event, job.entry(event))
        if event.event == "epoch":
            states.append(job.net.state_dict())
            accuracies.append(event.test_accuracy)
    output.close()
    for name, state in ((LAST, states[-1]), (BEST, states[int(np.argmax(accuracies))])):
        net = Network.load(folder / settings.output / name)
        assert str(net.spec) == TINY
        np.testing.assert_array_equal(net.state_dict()["fc1.weight"], state["fc1.weight"])


def test_whenever_a_checkpoint_is_written_the_log_reaches_as_far(settings, folder, monkeypatch):
    reached = []

    def save(net, path, state=None):
        if state is not None:
            told = [entry for entry in lines(path.parent) if entry["event"] != "start"]
            epochs = state["epoch"]["epoch"] if state["epoch"] else 0
            assert len(told) == 5 * epochs + len(state["losses"])
            reached.append(len(told))
        real(net, path, state)

    real = directory.save
    monkeypatch.setattr(directory, "save", save)
    cut(begin(settings), 9, cancel=True)
    assert reached == [5, 8]


def test_a_directory_may_be_there_but_must_be_empty(carried_out, settings, folder):
    (folder / "runs" / "tiny").mkdir(parents=True)
    carried_out(settings)
    before = (folder / "runs" / "tiny" / LOG).read_bytes()
    with pytest.raises(RequestError, match="runs/tiny: not empty; name a new directory"):
        begin(settings)
    assert (folder / "runs" / "tiny" / LOG).read_bytes() == before


def test_what_was_being_written_when_a_program_was_killed_is_in_nobodys_way(
    carried_out, settings, folder
):
    run = folder / "runs" / "tiny"
    run.mkdir(parents=True)
    (run / ".0123456789abcdef.tmp").write_text("[opt")
    carried_out(settings, stop_at=8)
    finish(run)
    assert {path.name for path in run.iterdir()} == {SETTINGS, LOG, LAST, BEST}


NO_LOCKS = pytest.mark.skipif(sys.platform == "win32", reason="Windows locks no directories")


def begun(output, job):
    """Let a run go as far as its first event."""
    event = next(job.events())
    output.keep(event, job.entry(event))


@NO_LOCKS
def test_two_programs_cannot_go_on_with_one_run(carried_out, settings, folder):
    carried_out(settings, stop_at=8)
    run = folder / "runs" / "tiny"
    _, first = resume(run)
    before = (run / LOG).read_bytes()
    with pytest.raises(UserError, match="runs/tiny: another program is at work in it"):
        resume(run)
    assert (run / LOG).read_bytes() == before
    first.close()
    resume(run)[1].close()


@NO_LOCKS
def test_two_programs_cannot_begin_in_one_directory(settings):
    (one, kept), (other, refused) = begin(settings), begin(settings)
    begun(kept, one)
    with pytest.raises(UserError, match="another program is at work in it"):
        begun(refused, other)
    kept.close()


def test_the_one_that_begins_after_the_other_has_ended_is_told_too(carried_out, settings, folder):
    job, late = begin(settings)
    entries = carried_out(settings)
    with pytest.raises(RequestError, match="runs/tiny: not empty; name a new directory"):
        begun(late, job)
    assert len(lines(folder / "runs" / "tiny")) == len(entries)
    late.close()


def test_nothing_is_left_of_a_run_that_cannot_begin(folder):
    with pytest.raises(RequestError):
        begin(Settings(net="INPUT(1,28,28) -> FC(10)", output="run"))
    assert list(folder.iterdir()) == []


def cut(run, stop_at, cancel):
    """The run stopped after so many events; killed, or cancelled as by Ctrl-C."""
    job, output = run
    token = CancelToken()
    for number, event in enumerate(job.events(token), start=1):
        output.keep(event, job.entry(event))
        if number == stop_at:
            if not cancel:
                break
            token.set()
    output.close()


def finish(path):
    job, output = resume(path)
    for event in job.events():
        output.keep(event, job.entry(event))
    output.close()


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
@pytest.mark.parametrize("cancel", [True, False], ids=["cancelled", "killed"])
@pytest.mark.parametrize(
    "stop_at", [1, 6, *(pytest.param(n, marks=pytest.mark.slow) for n in (3, 5, 7, 10, 16))]
)
def test_a_run_that_goes_on_leaves_the_bytes_of_one_that_was_never_interrupted(
    carried_out, settings, folder, optimizer, cancel, stop_at
):
    settings = replace(settings, optimizer=OptimizerSettings(optimizer, clip=1.0))
    whole = carried_out(replace(settings, output="whole"))
    cut(begin(settings), stop_at, cancel)
    finish(folder / settings.output)
    run = folder / settings.output
    assert timeless(lines(run)) == timeless(whole)
    for name in (LAST, BEST):
        expected = Network.load(folder / "whole" / name).parameters
        assert Network.load(run / name).parameters.tobytes() == expected.tobytes()
    states = [load_state(path / LAST) for path in (run, folder / "whole")]
    for name in states[0]:
        if name not in ("seconds", "epoch"):
            np.testing.assert_array_equal(states[0][name], states[1][name])


@pytest.mark.parametrize(
    "change",
    [
        {"distortions": Distortions(shift=2.0, elastic=1.0, sides=0.5)},
        {"net": "INPUT(1,32,32) -> FC(20) -> RELU -> DROPOUT(0.5) -> FC(10) -> SOFTMAX"},
        {"net": "INPUT(1,32,32) -> CONV(4,5,stride=4) -> BATCHNORM -> RELU -> FC(10)"},
        {"loss": "squared"},
        {"until": "train_loss < 2.2"},
        {"data": DataSettings(train=40, none=0.2), "net": "INPUT(1,32,32) -> FC(11) -> SOFTMAX"},
    ],
    ids=str,
)
def test_whatever_is_asked_for_it_goes_on_bit_for_bit(carried_out, settings, folder, change):
    settings = replace(settings, **change)
    whole = carried_out(replace(settings, output="whole"))
    run = folder / settings.output
    cut(begin(settings), 3, cancel=True)
    cut(resume(run), 4, cancel=False)
    finish(run)
    assert timeless(lines(run)) == timeless(whole)
    for name in (LAST, BEST):
        expected = Network.load(folder / "whole" / name).state_dict()
        for key, array in Network.load(run / name).state_dict().items():
            assert array.tobytes() == expected[key].tobytes(), key


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's /dev/full")
def test_a_full_disk_names_the_log(carried_out, settings, monkeypatch):
    with Path("/dev/full").open("ab", 0) as full:
        monkeypatch.setattr(RunDirectory, "_begin", lambda self: full)
        with pytest.raises(OSError, match="No space left on device") as caught:
            carried_out(settings)
    assert caught.value.filename == "runs/tiny/run.jsonl"


def test_a_run_may_be_interrupted_again_and_again(carried_out, settings, folder):
    whole = carried_out(replace(settings, output="whole"))
    run = folder / settings.output
    cut(begin(settings), 3, cancel=True)
    for stop_at in (2, 4, 3, 5, 2):
        cut(resume(run), stop_at, cancel=True)
    finish(run)
    assert timeless(lines(run)) == timeless(whole)


def test_a_run_from_weights_goes_on_without_them(carried_out, settings, folder):
    Network.parse(TINY, 5).save("first.safetensors")
    settings = replace(settings, weights="first.safetensors")
    whole = carried_out(replace(settings, output="whole"))
    cut(begin(settings), 8, cancel=True)
    (folder / "first.safetensors").unlink()
    finish(folder / settings.output)
    assert timeless(lines(folder / settings.output)) == timeless(whole)


def test_the_run_is_where_it_is_now_not_where_it_was_begun(carried_out, settings, folder):
    carried_out(settings, stop_at=8)
    shutil.move(folder / "runs" / "tiny", folder / "moved")
    finish(folder / "moved")
    assert lines(folder / "moved")[-1]["reason"] == "epochs"
    assert not (folder / "runs" / "tiny").exists()


@pytest.fixture
def stopped(settings, folder):
    """A run that was cancelled after the first epoch and a batch."""
    cut(begin(settings), 7, cancel=True)
    return folder / settings.output


def test_the_log_of_a_cancelled_run_ends_with_the_reason(stopped):
    assert [entry["event"] for entry in lines(stopped)][-3:] == ["epoch", "step", "end"]
    assert lines(stopped)[-1]["reason"] == "cancelled"


def damage(path, change):
    path.write_bytes(change(path.read_bytes()))


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        (SETTINGS, lambda content: b"epochs = ", "run.toml: not TOML"),
        (SETTINGS, lambda content: content + b"x = 1", "run.toml, line"),
        (SETTINGS, lambda content: content.replace(b"FC(10)", b"FC(9) -> FC(10)"), LAST),
        (SETTINGS, lambda content: content.replace(b'"sgd"', b'"nesterov"'), "optimizer is sgd"),
        (SETTINGS, lambda content: content.replace(b"size = 16", b"size = 8"), "batch_size is 16"),
        (LAST, lambda content: content[:-1], "last.safetensors: not a whole safetensors file"),
        (LAST, lambda content: b"", "last.safetensors: not a whole safetensors file"),
        (LAST, lambda content: content.replace(b"tuiconv-1", b"tuiconv-2"), "not a tuiconv net"),
        (LAST, lambda content: content.replace(b'"state"', b'"stale"'), "no state of a run"),
        (LAST, lambda content: content.replace(b"run.losses", b"run.lasses"), "no state of a run"),
        (LOG, lambda content: b"", "run.jsonl: leads to step 0 of epoch 1; the checkpoint"),
        (LOG, lambda content: content[:1000], "run.jsonl: leads to step"),
        (LOG, lambda content: b"?" + content, "run.jsonl, line 1: not an event of a run"),
        (LOG, lambda content: b"[]\n" + content, "run.jsonl, line 1: not an event of a run"),
        (LOG, lambda content: b"\xff\n" + content, "run.jsonl, line 1: not an event of a run"),
        (LOG, lambda content: b"[" * 9999 + b"\n" + content, "run.jsonl, line 1: not an event"),
    ],
)
def test_a_damaged_directory_is_told_in_one_line(stopped, name, change, message):
    damage(stopped / name, change)
    before = {path.name: path.read_bytes() for path in stopped.iterdir()}
    with pytest.raises(UserError) as caught:
        resume(stopped)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert {path.name: path.read_bytes() for path in stopped.iterdir()} == before


@pytest.mark.parametrize(
    ("name", "message"),
    [(SETTINGS, "run.toml: No such file"), (LOG, "run.jsonl: leads to step 0 of epoch 1")],
)
def test_what_is_missing_in_a_directory_is_named(stopped, name, message):
    (stopped / name).unlink()
    with pytest.raises(UserError) as caught:
        resume(stopped)
    assert message in str(caught.value)


def test_a_line_that_was_not_written_to_its_end_is_cut_off(carried_out, settings, stopped, folder):
    with (stopped / LOG).open("a") as file:
        file.write('{"event": "ep')
    finish(stopped)
    whole = carried_out(replace(settings, output="whole"))
    assert timeless(lines(stopped)) == timeless(whole)
