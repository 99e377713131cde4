"""Watching runs in this process, in one of its own, and in a terminal."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from functools import partial

import pytest

START = {
    "event": "start",
    "spec": "INPUT(1,8,8) -> FC(3) -> SOFTMAX",
    "parameters": 195,
    "train": "training bars",
    "train_images": 1600,
    "test": "test bars",
    "test_images": 400,
    "epochs": 2,
    "batches": 50,
    "batch_size": 32,
    "optimizer": "sgd",
    "lr": 0.1,
    "momentum": 0.9,
    "weight_decay": 0.0,
    "clip": None,
    "schedule": "constant",
    "loss": "cross_entropy",
    "threads": 2,
    "time": "2026-11-21T09:00:00+00:00",
    "seed": 0,
}
EPOCH = {
    "event": "epoch",
    "epoch": 1,
    "epochs": 2,
    "train_loss": 0.5,
    "train_accuracy": 0.8,
    "test_loss": 0.25,
    "test_accuracy": 0.9,
    "seconds": 3.0,
    "health": {"gradient_norm": 1.0, "dead_units": {"relu1": 0.8}, "constant_output": False},
}
END = {
    "event": "end",
    "epochs": 2,
    "test_accuracy": 0.95,
    "seconds": 6.5,
    "images_per_second": 800.0,
    "reason": "epochs",
}
DIVERGED = {**END, "epochs": 1, "test_accuracy": None, "reason": "diverged"}
SECOND = {**EPOCH, "epoch": 2, "test_accuracy": 0.95, "seconds": 6.0, "health": None}


def step(i):
    return {
        "event": "step",
        "epoch": 1 + i // 50,
        "batch": 1 + i % 50,
        "batches": 50,
        "loss": 2 - i / 100,
        "accuracy": 0.7,
        "lr": 0.1,
        "images_per_second": 800.0,
    }


FIRST = [START, *map(step, range(50)), EPOCH]
WHOLE = [*FIRST, *map(step, range(50, 100)), SECOND, END]
ABOUT = [
    "INPUT(1,8,8) -> FC(3) -> SOFTMAX",
    "195 parameters; 1,600 training bars, 400 test bars; 2 epochs of 50 batches of up to 32; sgd,"
    " lr 0.1, momentum 0.9, 2 threads",
]
EPOCHS = [
    f"epoch {i}/2  loss 0.5000  accuracy 80.00%  test loss 0.2500  test accuracy {a}%  {s} s"
    for i, a, s in ((1, "90.00", "3.0"), (2, "95.00", "6.0"))
]
ENDED = "test accuracy 95.00% after 2 epochs, 6.5 s, 800 images/s"


def text(*events):
    return "".join(json.dumps(event) + "\n" for event in events)


@pytest.fixture
def log(folder):
    """The path of a log in the directory of a run."""
    (folder / "runs" / "bars").mkdir(parents=True)
    return folder / "runs" / "bars" / "run.jsonl"


@contextmanager
def later(*acts):
    """While the block runs, each act is done half a second after the one before."""

    def act():
        for each in acts:
            time.sleep(0.5)
            each()

    thread = threading.Thread(target=act)
    thread.start()
    yield
    thread.join()


@pytest.mark.parametrize("where", ["runs/bars", "runs/bars/run.jsonl"])
def test_into_a_pipe_it_prints_a_line_an_epoch_and_ends_with_the_run(tuiconv, log, where):
    log.write_text(text(*WHOLE))
    done = tuiconv("watch", where)
    assert (done.status, done.err) == (0, "")
    assert done.out.splitlines() == [*ABOUT, *EPOCHS, ENDED]


def test_it_follows_a_log_that_grows_by_halves_of_lines(tuiconv, log):
    content = text(*WHOLE)
    middle = content.index("epoch") + 7000

    def grow():
        with log.open("a") as file:
            file.write(content[middle:])

    log.write_text(content[:middle])
    with later(grow):
        done = tuiconv("watch", log)
    assert (done.status, done.err) == (0, "")
    assert done.out.splitlines()[-1] == ENDED


def test_it_waits_for_a_run_that_is_not_there_yet(tuiconv, folder):
    run = folder / "late"
    with later(run.mkdir, lambda: (run / "run.jsonl").write_text(text(*WHOLE))):
        done = tuiconv("watch", run)
    assert done.status == 0
    assert done.err == f"waiting for {run}\n"
    assert done.out.splitlines()[-1] == ENDED


def test_a_log_that_is_cut_by_a_resume_repeats_no_line(tuiconv, log):
    log.write_text(text(*FIRST, step(50), step(51)))

    def cut():
        log.write_text(text(*FIRST))

    def go_on():
        log.write_text(text(*WHOLE))

    with later(cut, go_on):
        done = tuiconv("watch", log)
    lines = [line for line in done.out.splitlines() if not line.startswith("!")]
    assert lines == [*ABOUT, *EPOCHS, ENDED]


def test_an_alert_is_printed_when_it_comes_up(tuiconv, log):
    log.write_text(text(*FIRST))
    with later(lambda: log.write_text(text(*WHOLE))):
        done = tuiconv("watch", log)
    alerts = [line for line in done.out.splitlines() if line.startswith("! ")]
    assert len(alerts) == 1
    assert alerts[0].startswith("! dead units: units of relu1 (80%) are 0 for every image")


def test_a_run_that_diverged_gives_status_1_and_the_cause(tuiconv, log):
    log.write_text(text(*FIRST, step(50), DIVERGED))
    for options in ([], ["--once"], ["--json"]):
        done = tuiconv("watch", log, *options)
        assert (done.status, done.err) == (1, "")
        assert "the loss is no finite number after batch 1 of epoch 2" in done.out


def test_once_shows_the_present_state_as_curves(tuiconv, log):
    log.write_text(text(*FIRST))
    done = tuiconv("watch", log, "--once", "--width", 90)
    assert (done.status, done.err) == (0, "")
    lines = done.out.splitlines()
    assert f"epoch 2 of 2 {'█' * 20}{'░' * 20} 50%, about 3 s left" in lines
    assert "loss by epoch, log scale" in done.out
    assert any(line.startswith("! dead units") for line in lines)
    assert max(map(len, lines)) <= 90


def test_a_terminal_that_says_it_has_no_columns_gets_a_few(tuiconv, log, monkeypatch):
    log.write_text(text(*FIRST))
    monkeypatch.setenv("COLUMNS", "0")
    done = tuiconv("watch", log, "--once")
    assert (done.status, done.err) == (0, "")


def test_once_and_plain_are_the_lines_so_far(tuiconv, log):
    log.write_text(text(*FIRST))
    done = tuiconv("watch", log, "--once", "--plain")
    assert done.out.splitlines()[:3] == [*ABOUT, EPOCHS[0]]


def test_once_without_a_log_fails_and_does_not_wait(refused, log):
    assert (
        refused(1, "watch", "nowhere", "--once") == "tuiconv: nowhere: No such file or directory\n"
    )
    assert "run.jsonl: No such file" in refused(1, "watch", log.parent, "--once", "--json")


def test_once_with_an_empty_log_says_that_the_run_has_not_begun(tuiconv, log):
    log.touch()
    shown = tuiconv("watch", "runs/bars", "--once").out
    assert shown == "waiting for the first line of runs/bars/run.jsonl\n"
    assert json.loads(tuiconv("watch", log, "--once", "--json").out)["start"] is None


def test_json_sums_up_the_run_and_its_alerts(tuiconv, log):
    log.write_text(text(*FIRST, step(50)))
    done = tuiconv("watch", log, "--once", "--json")
    assert (done.status, done.err) == (0, "")
    found = json.loads(done.out)
    start = {name: value for name, value in START.items() if name not in ("time", "seed")}
    epoch = {name: value for name, value in EPOCH.items() if name != "health"}
    (alert,) = found.pop("alerts")
    assert alert["kind"] == "dead_units"
    assert found == {
        "log": str(log),
        "epochs_done": 1.02,
        "seconds_left": pytest.approx(0.98 * 3),
        "start": start,
        "step": step(50),
        "epoch": epoch,
        "best": epoch,
        "end": None,
        "health": EPOCH["health"],
    }


def test_json_waits_for_the_end(tuiconv, log):
    log.write_text(text(*FIRST))
    with later(lambda: log.write_text(text(*WHOLE))):
        done = tuiconv("watch", log, "--json")
    assert json.loads(done.out)["end"] == END
    assert done.err == ""


def test_what_is_no_log_is_refused(refused, folder):
    (folder / "notes.txt").write_text("some notes\n")
    (folder / "zeros").write_bytes(bytes(5_000_000))
    for options in ([], ["--once"], ["--json"], ["--plain"]):
        error = refused(1, "watch", "notes.txt", *options)
        assert error == (
            "tuiconv: notes.txt: no log of a run: line 1: 'some notes' is no JSON object\n"
        )
    assert "a line of 4,000,000 bytes or more" in refused(1, "watch", "zeros")
    assert "is no regular file" in refused(2, "watch", os.devnull)


def test_a_line_in_the_middle_that_is_no_event_is_passed_over_and_told(tuiconv, log):
    log.write_text(text(*FIRST) + "hello\n" + text(*WHOLE[len(FIRST) :]))
    done = tuiconv("watch", log)
    assert done.status == 0
    assert ENDED in done.out
    assert "! unreadable: line 53: 'hello' is no JSON object; it is passed over" in done.out


def test_a_killed_runs_log_is_called_silent(tuiconv, log):
    log.write_text(text(*FIRST))
    os.utime(log, (time.time() - 7200,) * 2)
    done = tuiconv("watch", log, "--once")
    assert "! silent: the log has had no new line for 2 h 0 min" in done.out


def test_a_real_run_can_be_watched(tuiconv, tiny):
    assert tuiconv("train", tiny, "--epochs", 2, "-o", "runs/tiny").status == 0
    found = json.loads(tuiconv("watch", "runs/tiny", "--json").out)
    assert found["end"]["reason"] == "epochs"
    assert found["health"]["gradient_norm"] > 0
    assert found["epoch"]["epoch"] == found["epochs_done"] == 2


def test_a_real_run_that_diverges_can_be_watched(tuiconv):
    net = "INPUT(1,32,32) -> FC(20) -> RELU -> FC(10) -> SOFTMAX"
    options = ("--lr", "1e20", "--batch-size", 16, "-o", "runs/far")
    assert tuiconv("train", net, *options).status == 1
    done = tuiconv("watch", "runs/far")
    assert done.status == 1
    assert "! diverged: the loss is no finite number after batch" in done.out


# A watch in a process of its own, as if started from a shell's foreground.
OWN = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from tuiconv.cli import main
main()
"""

needs_posix = pytest.mark.skipif(
    sys.platform == "win32", reason="needs POSIX signals and terminals"
)


@needs_posix
@pytest.mark.parametrize("options", [[], ["--json"]])
def test_ctrl_c_ends_watching_with_130_and_says_nothing(log, options):
    log.write_text(text(*FIRST))
    waiting = str(log.with_name("later"))
    command = [sys.executable, "-c", OWN, "watch", waiting, *options]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr.readline() == f"waiting for {waiting}\n"
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
    assert (process.returncode, out, err) == (130, "", "")


@pytest.fixture
def watching(in_terminal):
    """Watches in a terminal."""
    return partial(in_terminal, OWN, "watch")


ENTER, LEAVE = "\x1b[?1049h", "\x1b[?1049l"
"""The screen of its own, and back."""


@needs_posix
def test_a_terminal_is_redrawn_in_place_and_the_last_state_stays(watching, log):
    log.write_text(text(*FIRST))
    with watching(log) as terminal:
        before = terminal.read(until="Ctrl-C ends watching; the run goes on")
        assert "epoch 2 of 2" in before
        assert before.count(ENTER) == 1
        log.write_text(text(*WHOLE))
        shown = terminal.read()
        assert terminal.process.wait() == 0
    assert shown.count(LEAVE) == 1
    after = shown.partition(LEAVE)[2]
    assert "100%, ended: all epochs are done" in after
    assert "Ctrl-C" not in after
    assert shown.count("\x1b[?25l") == shown.count("\x1b[?25h")  # the cursor is back


@needs_posix
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_gives_the_terminal_back(watching, log, number, status):
    log.write_text(text(*FIRST))
    with watching(log) as terminal:
        terminal.read(until="Ctrl-C ends watching")
        terminal.process.send_signal(number)
        shown = terminal.read()
        assert terminal.process.wait() == status
    assert "Traceback" not in shown
    assert (shown.count(ENTER), shown.count(LEAVE)) == (1, 1)
    assert shown.count("\x1b[?25l") == shown.count("\x1b[?25h")


@needs_posix
def test_a_terminal_that_changes_its_size_is_drawn_anew(watching, log):
    log.write_text(text(*FIRST))
    with watching(log, size=(24, 80)) as terminal:
        assert (
            "195 parameters; 1,600 training bars, 400 test bars; 2 epochs of 50 batches of up"
            in (terminal.read(until="Ctrl-C ends watching"))
        )
        terminal.resize(50, 150)
        assert ABOUT[1] in terminal.read(until=ABOUT[1])  # in one line
        terminal.process.send_signal(signal.SIGINT)
        terminal.read()


@needs_posix
def test_what_is_printed_once_leaves_its_first_line_on_the_screen(watching, log):
    log.write_text(text(*WHOLE))
    with watching(log, "--once", size=(24, 80)) as terminal:
        shown = terminal.read().splitlines()
    assert "INPUT(1,8,8)" in shown[0]
    assert len(shown) <= 23
    with watching(log, "--once", size=(60, 80)) as terminal:
        assert 23 < len(terminal.read().splitlines()) <= 36


@needs_posix
def test_a_log_that_goes_away_is_waited_for(watching, log):
    log.write_text(text(*FIRST))
    with watching("runs/bars") as terminal:
        terminal.read(until="Ctrl-C ends watching")
        log.unlink()
        assert "is gone; waiting for it" in terminal.read(until="is gone; waiting for it")
        log.write_text(text(*WHOLE))
        assert "ended: all epochs are done" in terminal.read()
        assert terminal.process.wait() == 0


@needs_posix
def test_without_colour_there_is_none(watching, log):
    log.write_text(text(*FIRST))
    with watching(log, NO_COLOR="1") as terminal:
        shown = terminal.read(until="Ctrl-C ends watching")
        terminal.process.send_signal(signal.SIGINT)
        terminal.read()
    assert "dead units" in shown
    assert "\x1b[3" not in shown


@needs_posix
@pytest.mark.parametrize("arguments", [["--plain"], []])
def test_a_dumb_terminal_or_plain_gets_lines(watching, log, arguments):
    log.write_text(text(*WHOLE))
    with watching(log, *arguments, TERM="xterm" if arguments else "dumb") as terminal:
        shown = terminal.read()
        assert terminal.process.wait() == 0
    assert "\x1b" not in shown
    assert shown.splitlines() == [*ABOUT, *EPOCHS, ENDED]


@needs_posix
def test_a_terminal_for_ascii_gets_ascii(watching, log):
    log.write_text(text(*WHOLE))
    with watching(log, PYTHONIOENCODING="ascii") as terminal:
        shown = terminal.read()
        assert terminal.process.wait() == 0
    assert "loss by epoch, log scale" in shown
    assert shown.isascii()
