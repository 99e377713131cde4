"""`tuiconv train` with run files, run directories and --resume."""

import json
import tomllib

import numpy as np
import pytest

from tuiconv import Network

LABELS = np.arange(24) % 2


@pytest.fixture
def run_file(folder, tiny):
    """A run file for the tiny network."""
    text = f"""net = "{tiny}"
epochs = 2
batch_size = 16
output = "runs/tiny"
[optimizer]
lr = 0.5
"""
    (folder / "tiny.toml").write_text(text)
    return folder / "tiny.toml"


def log(folder):
    return [json.loads(line) for line in (folder / "run.jsonl").read_text().splitlines()]


def test_a_run_file_is_carried_out_and_its_run_kept(tuiconv, run_file, folder):
    done = tuiconv("train", run_file)
    assert (done.status, done.err) == (0, "")
    assert "kept in runs/tiny" in done.out
    run = folder / "runs" / "tiny"
    assert {path.name for path in run.iterdir()} == {
        *("run.toml", "run.jsonl", "last.safetensors", "best.safetensors"),
    }
    kinds = ["step"] * 4 + ["epoch"]
    assert [entry["event"] for entry in log(run)] == ["start", *kinds, *kinds, "end"]
    assert Network.load(run / "last.safetensors")


def test_json_prints_the_lines_of_the_log(tuiconv, run_file, folder):
    done = tuiconv("train", run_file, "--json")
    assert done.out == (folder / "runs" / "tiny" / "run.jsonl").read_text()
    assert "health" in json.loads(done.out.splitlines()[5])


def test_the_resolved_file_repeats_the_run(tuiconv, run_file, folder):
    tuiconv("train", run_file, "--optimizer", "nesterov", "--set", "schedule.name=cosine")
    assert tuiconv("train", "runs/tiny/run.toml", "-o", "again").status == 0
    for name in ("last.safetensors", "best.safetensors"):
        first = Network.load(folder / "runs" / "tiny" / name).parameters
        assert Network.load(folder / "again" / name).parameters.tobytes() == first.tobytes()
    resolved = tomllib.loads((folder / "again" / "run.toml").read_text())
    assert resolved["optimizer"] == {
        "name": "nesterov",
        "lr": 0.5,
        "momentum": 0.9,
        "weight_decay": 0.0,
    }
    assert (resolved["output"], resolved["schedule"]) == ("again", {"name": "cosine"})


def test_recommended_distortions_fit_the_images_of_a_folder_too(tuiconv, folder):
    rng = np.random.default_rng(2)
    np.savez("shapes.npz", images=rng.integers(0, 256, (24, 16, 16), np.uint8), labels=LABELS)
    net = "INPUT(1,16,16) -> FC(2) -> SOFTMAX"
    done = tuiconv("train", net, "--data", "shapes.npz", "--distort", "--epochs", 1, "-o", "run")
    assert (done.status, done.err) == (0, "")
    found = tomllib.loads((folder / "run" / "run.toml").read_text())["distortions"]
    assert (found["shift"], found["elastic"]) == (1.0, 0.35)


def test_options_win_over_set_and_set_over_the_file(tuiconv, run_file):
    def rate(*more):
        out = tuiconv("train", run_file, "--json", "-o", "net.safetensors", *more).out
        return json.loads(out.splitlines()[0])["lr"]

    assert rate() == 0.5
    assert rate("--set", "optimizer.lr=0.25") == 0.25
    assert rate("--set", "optimizer.lr=0.25", "--set", "optimizer.lr=0.2") == 0.2
    assert rate("--set", "optimizer.lr=0.25", "--lr", "0.125") == 0.125


def test_flags_alone_are_the_same_settings(tuiconv, run_file, folder, tiny):
    tuiconv("train", run_file)
    flags = ("--epochs", 2, "--batch-size", 16, "--lr", 0.5, "-o", "flags")
    assert tuiconv("train", tiny, *flags).status == 0
    first = (folder / "runs" / "tiny" / "run.toml").read_text()
    assert (folder / "flags" / "run.toml").read_text() == first.replace("runs/tiny", "flags")


def test_a_condition_ends_the_run(tuiconv, run_file):
    done = tuiconv("train", run_file, "--epochs", 9, "--until", "test_accuracy >= 0", "--json")
    end = json.loads(done.out.splitlines()[-1])
    assert (done.status, end["reason"], end["epochs"]) == (0, "until", 1)
    said = tuiconv("train", run_file, "--until", "test_accuracy >= 0", "-o", "x.safetensors").out
    assert "stopped as asked: test accuracy" in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--set", "optimizer.lr"], '--set "optimizer.lr"; expected KEY=VALUE'),
        (["--set", "optimizer.lr=nan"], "--set: optimizer.lr is nan; expected a number above 0"),
        (["--set", "optimizer.lr=fast"], '--set: optimizer.lr is "fast"; expected a number'),
        (["--set", "lr=1"], '--set: there is no setting "lr"; did you mean optimizer.lr?'),
        (["--until", "accuracy > 1"], '--until "accuracy > 1": metric "accuracy"'),
        (["--loss", "hinge"], '--loss "hinge"; expected one of cross_entropy, squared, svm'),
        (["--initialiser", "zero"], 'initialiser "zero"; expected one of lecun, he, xavier'),
        (["--epochs", "9" * 30], "--epochs is a whole number of 100 bits"),
    ],
)
def test_a_wrong_setting_on_the_command_line_is_told_with_its_option(
    refused, run_file, arguments, words
):
    assert words in refused(2, "train", run_file, *arguments)


def test_a_wrong_setting_in_a_file_is_told_with_its_line(refused, run_file):
    run_file.write_text(run_file.read_text().replace("lr = 0.5", "learning_rate = 0.5"))
    assert "tiny.toml, line 6: there is no setting" in refused(2, "train", run_file)
    assert "none.toml: No such file" in refused(2, "train", "none.toml")


def test_a_directory_of_a_run_is_not_written_over(tuiconv, refused, run_file):
    tuiconv("train", run_file)
    message = refused(2, "train", run_file)
    assert "runs/tiny: not empty; name a new directory or" in message
    assert message.endswith(": tuiconv train --resume runs/tiny\n")


@pytest.mark.parametrize("lr", ["1e10", "1e300"])
def test_a_run_that_diverged_ends_its_log_so_and_keeps_the_last_good_network(
    tuiconv, folder, lr, monkeypatch
):
    done = tuiconv("train", "--lr", lr, "--batch-size", 8, "--epochs", 3, "-o", "run", "--json")
    assert done.status == 1
    assert "training diverged" in done.err
    assert log(folder / "run")[-1]["reason"] == "diverged"
    assert done.out == (folder / "run" / "run.jsonl").read_text()
    assert not (folder / "run" / "last.safetensors").exists()  # no epoch was done


def test_a_finished_run_says_so(tuiconv, run_file, folder):
    tuiconv("train", run_file)
    before = (folder / "runs" / "tiny" / "run.jsonl").read_text()
    done = tuiconv("train", "--resume", "runs/tiny")
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("runs/tiny is finished: test accuracy ")
    assert tuiconv("train", "--resume", "runs/tiny", "--json").out == before.splitlines(True)[-1]
    assert (folder / "runs" / "tiny" / "run.jsonl").read_text() == before


@pytest.mark.parametrize(
    ("more", "named"),
    [
        (["lenet5"], "lenet5"),
        (["--epochs", "3"], "--epochs"),
        (["--set", "seed=1", "-o", "x"], "--set, --output"),
    ],
)
def test_a_run_goes_on_with_its_own_settings_only(refused, tuiconv, run_file, more, named):
    tuiconv("train", run_file)
    message = refused(2, "train", "--resume", "runs/tiny", *more)
    assert message.endswith(f"takes all settings from its run; leave out {named}\n")


@pytest.mark.parametrize("place", ["none", ".", "tiny.toml", "x" * 300])
def test_what_is_no_run_cannot_go_on(refused, run_file, place):
    assert f"{place}/run.toml: ".removeprefix("./") in refused(2, "train", "--resume", place)
