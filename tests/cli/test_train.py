import json
import os
import subprocess
import sys
import tempfile
import time
import tomllib

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import save_file

from tuiconv import Network, load_dataset

TIMES = ("seconds", "images_per_second", "time")


def events(tuiconv, *arguments):
    """What a run with --json reports, without its times."""
    done = tuiconv("train", "--json", *arguments)
    assert (done.status, done.err) == (0, "")
    found = [json.loads(line) for line in done.out.splitlines()]
    return [{k: v for k, v in event.items() if k not in TIMES} for event in found]


def weights(path):
    return Network.load(path).state_dict()


def test_every_line_of_json_is_an_event_and_the_last_is_the_end(tuiconv, tiny):
    done = tuiconv("train", tiny, "--json", "--epochs", 2, "--batch-size", 16)
    assert (done.status, done.err) == (0, "")
    found = [json.loads(line) for line in done.out.splitlines()]
    epoch = ["step"] * (64 // 16) + ["epoch"]
    assert [event["event"] for event in found] == ["start", *epoch, *epoch, "end"]
    end = found[-1]
    assert end.keys() >= {"test_accuracy", "seconds", "epochs", "images_per_second"}
    assert end["epochs"] == 2
    assert end["test_accuracy"] == found[-2]["test_accuracy"]
    assert end["reason"] == "epochs"


def test_the_first_event_tells_the_settings(tuiconv, tiny):
    start = events(
        tuiconv,
        tiny,
        "--epochs",
        1,
        "--batch-size",
        48,
        "--lr",
        0.5,
        "--momentum",
        0,
        "--threads",
        1,
    )[0]
    assert start == {
        "event": "start",
        "spec": tiny,
        "parameters": 32 * 32 * 10 + 10,
        "train": "stroke training digits",
        "train_images": 64,
        "test": "stroke test digits",
        "test_images": 32,
        "epochs": 1,
        "batches": 2,  # 48 images and the other 16
        "batch_size": 48,
        "optimizer": "sgd",
        "lr": 0.5,
        "momentum": 0,
        "weight_decay": 0,
        "clip": None,
        "schedule": "constant",
        "loss": "cross_entropy",
        "threads": 1,
        "seed": 0,
    }


def test_without_a_network_it_is_lenet5(tuiconv):
    start = events(tuiconv, "--epochs", 1)[0]
    assert start["parameters"] == 61706
    assert start == events(tuiconv, "lenet5", "--epochs", 1)[0]


def test_the_same_seed_gives_the_same_numbers_with_any_number_of_threads(tuiconv):
    once = events(tuiconv, "--epochs", 1, "--seed", 7, "--threads", 1)
    again = events(tuiconv, "--epochs", 1, "--seed", 7, "--threads", 3)
    assert once[1:] == again[1:]
    assert once[1:] != events(tuiconv, "--epochs", 1, "--seed", 8)[1:]


@pytest.mark.slow
def test_settings_make_a_difference(tuiconv, tiny):
    plain = events(tuiconv, tiny, "--epochs", 1, "--batch-size", 16)[-2]
    for setting in (
        ["--lr", 0.1],
        ["--momentum", 0],
        ["--weight-decay", 0.1],
        ["--schedule", "cosine"],
        ["--clip", 0.1],
        *(["--loss", name] for name in ("squared", "svm")),
        *(["--initialiser", name] for name in ("he", "xavier")),
        *(["--optimizer", name] for name in ("nesterov", "adagrad", "rmsprop", "adam", "natural")),
    ):
        assert events(tuiconv, tiny, "--epochs", 1, "--batch-size", 16, *setting)[-2] != plain


@pytest.mark.parametrize("loss", ["cross_entropy", "squared", "svm"])
def test_the_loss_that_was_asked_for_is_that_of_every_event(tuiconv, tiny, loss):
    options = ["--epochs", 1, "--lr", 1e-20, "--batch-size", 16, "--loss", loss]
    start, *steps, epoch, _ = events(tuiconv, tiny, *options)
    assert start["loss"] == loss
    assert epoch["train_loss"] == pytest.approx(sum(step["loss"] for step in steps) / len(steps))
    # what scores that vary by 1 around 0 cost ten classes
    expected = {"cross_entropy": 2.8, "squared": 10, "svm": 13}[loss]
    assert epoch["test_loss"] == pytest.approx(expected, rel=0.3)


def test_a_network_that_ends_in_a_convolution_learns_and_is_read(tuiconv, photo):
    network = "INPUT(1,32,32) -> CONV(10,32) -> SOFTMAX"
    found = events(tuiconv, network, "--epochs", 9, "-o", "net.safetensors")
    losses = [event["train_loss"] for event in found if event["event"] == "epoch"]
    assert losses[-1] < losses[0]
    told = json.loads(tuiconv("eval", "net.safetensors", "--json").out)
    assert told["accuracy"] > 0.15
    read = json.loads(tuiconv("predict", "net.safetensors", "photo.png", "--json").out)
    assert len(read["guesses"]) == 3


@pytest.mark.parametrize("optimizer", ["adam", "natural"])
def test_an_optimizer_without_momentum_says_so(tuiconv, tiny, optimizer):
    start = events(tuiconv, tiny, "--optimizer", optimizer, "--epochs", 1)[0]
    assert (start["optimizer"], start["momentum"], start["lr"]) == (optimizer, None, 0.001)
    text = tuiconv("train", tiny, "--optimizer", optimizer, "--clip", 2, "--epochs", 1).out
    assert f"; {optimizer}, lr 0.001, clip 2, " in text


def test_the_rates_of_a_schedule_are_in_the_events(tuiconv, tiny):
    found = events(
        tuiconv, tiny, *("--epochs", 6, "--batch-size", 64, "--lr", 0.0005, "--schedule", "1998")
    )
    rates = [event["lr"] for event in found if event["event"] == "step"]
    assert rates == pytest.approx([0.0005] * 2 + [0.0002] * 3 + [0.0001])


def test_it_learns(tuiconv):
    epochs = [
        e for e in events(tuiconv, "--epochs", 20, "--batch-size", 16) if e["event"] == "epoch"
    ]
    assert epochs[-1]["train_accuracy"] > 0.9
    assert epochs[-1]["train_loss"] < epochs[0]["train_loss"] / 2


def test_for_a_reader_there_is_a_line_for_the_start_every_epoch_and_the_end(tuiconv, tiny):
    done = tuiconv("train", tiny, "--epochs", 2)
    lines = done.out.splitlines()
    assert (done.status, done.err) == (0, "")
    assert lines[0] == tiny
    assert lines[1].startswith("10,250 parameters; 64 stroke training digits, 32 stroke test")
    assert [line.split()[:2] for line in lines[2:4]] == [["epoch", "1/2"], ["epoch", "2/2"]]
    assert lines[4].startswith("test accuracy ")
    assert "after 2 epochs" in lines[4]
    assert "-o FILE" in lines[5]
    assert "\x1b" not in done.out


def test_one_epoch_is_not_called_epochs(tuiconv, tiny):
    assert "1 epochs" not in tuiconv("train", tiny, "--epochs", 1).out


def test_the_checkpoint_scores_what_the_end_said(tuiconv, tiny, folder):
    end = events(tuiconv, tiny, "--epochs", 2, "-o", "net.safetensors", "--seed", 3)[-1]
    net = Network.load("net.safetensors")
    assert str(net.spec) == tiny
    rng = np.random.default_rng(3)
    Network.parse(tiny, rng)  # draws its weights first, as the command does
    test = load_dataset("strokes", seed=rng).test
    right = net(net.preprocessing(test.images)).argmax(axis=1) == test.labels
    assert right.mean() == end["test_accuracy"]
    assert list(folder.iterdir()) == [folder / "net.safetensors"]


def test_it_says_where_it_saved(tuiconv, tiny):
    done = tuiconv("train", tiny, "--epochs", 1, "--output", "my net.safetensors")
    assert "saved my net.safetensors\n" in done.out
    assert "not saved" not in done.out


def test_an_old_checkpoint_is_replaced(tuiconv, tiny, checkpoint, folder):
    before = weights(checkpoint)
    assert tuiconv("train", tiny, "--epochs", 1, "-o", checkpoint, "--seed", 5).status == 0
    assert not np.array_equal(weights(checkpoint)["fc1.weight"], before["fc1.weight"])
    assert list(folder.iterdir()) == [checkpoint]


def test_training_goes_on_from_a_checkpoint(tuiconv, tiny, checkpoint):
    fresh = events(tuiconv, tiny, "--epochs", 1)[1]
    resumed = events(tuiconv, "--weights", checkpoint, "--epochs", 1)
    assert resumed[0]["spec"] == tiny  # the checkpoint knows its network
    assert resumed[1]["loss"] < fresh["loss"]
    named = events(tuiconv, tiny, "--weights", checkpoint, "--epochs", 1)
    assert named == resumed


def test_a_checkpoint_may_be_trained_in_place(tuiconv, checkpoint):
    before = weights(checkpoint)
    assert tuiconv("train", "--weights", checkpoint, "--epochs", 1, "-o", checkpoint).status == 0
    assert not np.array_equal(weights(checkpoint)["fc1.weight"], before["fc1.weight"])


@pytest.mark.usefixtures("small_mnist")
def test_mnist_is_read_from_where_it_is_told(tuiconv, tiny):
    start = events(tuiconv, tiny, "--data", "mnist", "--data-dir", "data", "--epochs", 1)[0]
    assert (start["train"], start["train_images"]) == ("mnist training digits", 20)
    assert (start["test"], start["test_images"]) == ("mnist test digits", 10)


def test_a_batch_may_be_larger_than_the_data(tuiconv, tiny):
    found = events(tuiconv, tiny, "--epochs", 1, "--batch-size", 10**18)
    assert [event["event"] for event in found] == ["start", "step", "epoch", "end"]


def test_more_threads_than_work_are_no_trouble(tuiconv, tiny):
    assert events(tuiconv, tiny, "--epochs", 1, "--threads", 10**9)[-1]["epochs"] == 1


def test_one_batch_is_not_called_batches(tuiconv, tiny):
    assert "; 1 epoch of 1 batch of up to 64; " in tuiconv("train", tiny, "--epochs", 1).out
    halves = tuiconv("train", tiny, "--epochs", 2, "--batch-size", 32).out
    assert "; 2 epochs of 2 batches of up to 32; " in halves


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--epochs", "0"], ["--epochs is 0; expected a whole number of at least 1"]),
        (["--epochs", "-3"], ["--epochs is -3", "at least 1"]),
        (["--epochs", "two"], ["--epochs", "int"]),
        (["--epochs", "1.5"], ["--epochs", "int"]),
        (["--epochs", ""], ["--epochs", "int"]),
        (["--batch-size", "0"], ["--batch-size", "1"]),
        (["--threads", "0"], ["--threads", "1"]),
        (["--seed", "-1"], ["--seed", "0"]),
        (["--seed", "nan"], ["--seed", "int"]),
        (["--lr", "nan"], ["--lr is nan", "above 0"]),
        (["--lr", "inf"], ["--lr is inf", "above 0"]),
        (["--lr", "0"], ["--lr is 0.0", "above 0"]),
        (["--lr", "-0.1"], ["--lr is -0.1", "above 0"]),
        (["--lr", "fast"], ["--lr", "fast"]),
        (["--momentum", "1"], ["--momentum is 1.0", "less than 1"]),
        (["--momentum", "-0.1"], ["momentum is -0.1", "at least 0"]),
        (["--momentum", "nan"], ["momentum is nan"]),
        (
            ["--optimizer", "adm"],
            ['--optimizer "adm"', "adam, natural", "mean adam?"],
        ),
        (["--optimizer", "adam", "--momentum", "0.5"], ["momentum 0.5", "adam has none"]),
        (["--optimizer", "adam", "--lr", "nan"], ["--lr is nan"]),
        (
            ["--schedule", "1999"],
            ['--schedule "1999"', "constant, step, cosine, 1998"],
        ),
        (["--weight-decay", "-1"], ["--weight-decay is -1.0", "at least 0"]),
        (["--weight-decay", "nan"], ["--weight-decay is nan"]),
        (["--clip", "0"], ["--clip is 0.0", "above 0"]),
        (["--epoch", "1"], ["--epoch", "--epochs"]),
        (["--bogus"], ["--bogus"]),
        (["nosuch"], ['tuiconv: the network: no preset is called "nosuch"']),
        (
            ["--data", "mnst"],
            ['--data: no data set is called "mnst"', "did you mean mnist?", "strokes, mnist"],
        ),
        (["--data", ""], ['""', "strokes, mnist"]),
        (["lenet5", "more"], ["more"]),
        (["INPUT(1,28,28) -> FC(10)"], ["1×32×32 images", "INPUT is 1×28×28"]),
        (["INPUT(3,32,32) -> FC(10)"], ["1×32×32 images", "INPUT is 3×32×32"]),
        (["INPUT(1,32,32) -> FC(9)"], ["10 classes", "9 outputs"]),
        (["INPUT(1,32,32) -> CONV(10,31)"], ["10 classes", "10×2×2 outputs"]),
    ],
)
def test_a_request_that_makes_no_sense_is_refused(refused, folder, arguments, words):
    (folder / "net.safetensors").write_bytes(b"precious")
    message = refused(2, "train", *arguments, "-o", "net.safetensors")
    assert all(word in message for word in words)


@pytest.mark.parametrize(
    ("option", "value"), [("--epochs", "-3"), ("--seed", "-1"), ("--epochs", "two")]
)
def test_a_wrong_number_is_quoted(refused, option, value):
    assert value in refused(2, "train", option, value)


@pytest.mark.parametrize("command", ["bogus", "Train", "trian", "", "-"])
def test_an_unknown_command_is_named(refused, command):
    assert f"'{command}'" in refused(2, command)


def test_a_misspelt_command_gets_the_nearest(refused):
    assert "'train'" in refused(2, "trian")


def test_a_checkpoint_of_another_network_is_refused(refused, tiny, checkpoint):
    message = refused(2, "train", "lenet5", "--weights", checkpoint, "-o", "out.safetensors")
    assert str(checkpoint) in message
    assert tiny in message
    assert "CONV(6,5)" in message


def damaged(checkpoint, **header):
    """The checkpoint with other entries in its header; None leaves one out."""
    with safe_open(checkpoint, "numpy") as file:
        old = file.metadata()
        arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no dict
    new = {name: text for name, text in {**old, **header}.items() if text is not None}
    save_file(arrays, checkpoint, new)


@pytest.mark.parametrize(
    "header",
    [
        {"format": None},
        {"format": "tuiconv-2"},
        {"spec": None},
        {"spec": "INPUT(1,32,32) -> FC(11)"},
        {"spec": "INPUT(1,32,32) -> FC(999999999) -> FC(999999999) -> FC(10)"},
        {"spec": "lenet5"},
        {"spec": "[INPUT(1,32,32)]*0"},
        {"class_names": "["},
        {"class_names": "5"},
        {"class_names": '["a", "b"]'},
        {"preprocessing": "[1]"},
        {"preprocessing": '{"mean": "x", "std": 1}'},
        {"preprocessing": '{"mean": 0, "std": 0}'},
        {"preprocessing": '{"mean": null, "std": 1}'},
        {"preprocessing": '{"mean": 0}'},
    ],
)
def test_a_checkpoint_with_a_wrong_header_is_refused(refused, checkpoint, header):
    damaged(checkpoint, **header)
    assert str(checkpoint) in refused(1, "train", "--weights", checkpoint, "--epochs", 1)


@pytest.mark.parametrize("length", [0, 4, 100, 1000, -1])
def test_a_checkpoint_cut_short_is_refused(refused, checkpoint, length):
    checkpoint.write_bytes(checkpoint.read_bytes()[:length])
    message = refused(1, "train", "--weights", checkpoint, "-o", checkpoint)
    assert f"{checkpoint}: not a whole safetensors file" in message


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("none.safetensors", "none.safetensors: there is no such file"),
        (".", "directory"),
        ("", "directory"),
        ("text.safetensors", "not a whole safetensors file"),
        ("b" * 300, "ile name too long"),
    ],
)
def test_weights_that_are_not_there_are_named(refused, folder, path, words):
    (folder / "text.safetensors").write_text("these are no weights, only a text\n")
    assert words in refused(1, "train", "--weights", path)


def test_weights_one_may_not_read_are_told_as_such(refused, checkpoint, monkeypatch):
    def forbidden(path, framework):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("tuiconv.nn.checkpoint.safe_open", forbidden)
    message = refused(1, "train", "--weights", checkpoint)
    assert "permission denied" in message.lower()
    assert "not a whole" not in message


@pytest.mark.parametrize(
    ("status", "target", "words"),
    [
        (2, "", 'output is ""; expected a path'),
        (2, ".", ".: not empty"),
        (2, "text", "text: not a directory"),
        (2, "text/run", "text is not a directory"),
        (1, "dir.safetensors", "is a directory"),
        (1, "no/net.safetensors", "no/net.safetensors: there is no directory"),
        (1, "text/net.safetensors", "text"),
        (1, "b" * 300, "ile name too long"),
        (1, "b" * 300 + ".safetensors", "ile name too long"),
    ],
)
def test_an_output_that_cannot_be_written_is_found_out_before_training(
    refused, folder, status, target, words
):
    (folder / "text").write_text("")
    (folder / "dir.safetensors").mkdir()
    assert words in refused(status, "train", "--epochs", 10**9, "-o", target)


def test_a_folder_one_may_not_write_to_is_found_out_before_training(refused, monkeypatch):
    def forbidden(*args, **options):
        raise PermissionError(13, "Permission denied", "/some/folder/tmp1234")

    monkeypatch.setattr(tempfile, "TemporaryFile", forbidden)
    message = refused(1, "train", "--epochs", 10**9, "-o", "net.safetensors")
    assert message == "tuiconv: net.safetensors: Permission denied\n"


def test_a_full_disk_names_the_checkpoint_and_leaves_the_old_one(
    refused, tiny, checkpoint, monkeypatch
):
    def full(*args, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", full)
    message = refused(1, "train", tiny, "--epochs", 1, "-o", "net.safetensors")
    assert message == "tuiconv: net.safetensors: No space left on device\n"


@pytest.mark.parametrize("lr", ["1e10", "1e300"])
def test_a_learning_rate_that_diverges_is_told_as_such(refused, folder, lr):
    (folder / "net.safetensors").write_bytes(b"precious")
    message = refused(
        1, "train", "--lr", lr, "--batch-size", 8, "--epochs", 3, "-o", "net.safetensors"
    )
    assert "training diverged" in message
    assert "learning rate below 1e+" in message


def test_a_network_larger_than_any_memory_is_refused(refused):
    network = "INPUT(1,32,32) -> FC(999999999) -> FC(999999999) -> FC(10)"
    message = refused(2, "train", network, "-o", "net.safetensors")
    assert "1,000,001,033,999,998,975 parameters; at most 500,000,000" in message


def mnist(refused, *more):
    return refused(1, "train", "--data", "mnist", "--data-dir", "data", *more)


def test_without_mnist_it_says_where_it_looked_and_what_to_do(refused, folder):
    message = refused(1, "train", "--data", "mnist")
    assert str(folder / "home") in message
    assert "--data-dir" in message
    assert "no: not a folder" in refused(2, "train", "--data", "mnist", "--data-dir", "no")


@pytest.mark.parametrize("part", ["images-idx3", "labels-idx1"])
def test_a_file_cut_short_is_named(refused, small_mnist, part):
    path = small_mnist / f"train-{part}-ubyte"
    path.write_bytes(path.read_bytes()[:-3])
    message = mnist(refused, "-o", "net.safetensors")
    assert f"{path.name}: cut short" in message


def test_a_missing_file_of_mnist_is_named(refused, small_mnist):
    (small_mnist / "t10k-labels-idx1-ubyte").unlink()
    assert "t10k-labels-idx1-ubyte (or t10k-labels-idx1-ubyte.gz) is missing" in mnist(refused)


def test_images_and_labels_of_different_counts_are_counted(refused, small_mnist):
    labels = small_mnist / "train-labels-idx1-ubyte"
    labels.write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 19]) + bytes(19))
    assert "20 images but 19 labels" in mnist(refused)


def test_a_file_that_is_not_mnists_is_told_by_its_checksum(refused, small_mnist):
    path = small_mnist / "train-images-idx3-ubyte"
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    assert "MD5" in mnist(refused)


def test_damaged_data_are_told_before_all_is_compiled(refused, small_mnist, monkeypatch):
    compiled = []

    def compile_kernel():
        compiled.append(1)
        time.sleep(0.01)

    (small_mnist / "t10k-labels-idx1-ubyte").write_bytes(b"damaged")
    kernels = [("a kernel", compile_kernel)] * 1000
    monkeypatch.setattr("tuiconv.runs.job.training_kernels", lambda *settings: kernels)
    assert "not an IDX file" in mnist(refused)
    assert len(compiled) < 1000


def test_a_folder_in_place_of_a_file_is_named(refused, small_mnist):
    path = small_mnist / "train-images-idx3-ubyte"
    path.unlink()
    path.mkdir()
    assert "train-images-idx3-ubyte: cannot be read" in mnist(refused)


def test_distort_takes_what_is_recommended_for_images_of_that_size(tuiconv, tiny, contents):
    assert tuiconv("train", tiny, "--epochs", 1, "--distort", "-o", "run").status == 0
    settings = tomllib.loads(contents()["run/run.toml"].decode())
    assert settings["distortions"]["shift"] == 2
    assert settings["distortions"]["elastic"] == 0.7
    plain, distorted = (events(tuiconv, tiny, *more)[1] for more in ([], ["--distort"]))
    assert plain["loss"] != distorted["loss"]


def test_without_compiled_code_it_trains_too():
    x = np.arange(12 * 12 * 12).reshape(12, 12, 12).astype(np.uint8)
    y = np.arange(12) % 3
    np.savez("few.npz", x_train=x, y_train=y, x_test=x, y_test=y)
    net = "INPUT(1,12,12) -> CONV(2,3) -> RELU -> POOL(2) -> FC(3) -> SOFTMAX"
    done = subprocess.run(
        [*(sys.executable, "-m", "tuiconv", "train", net), "--data=few.npz", "--epochs=1"],
        env=os.environ | {"NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
