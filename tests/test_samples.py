"""The samples: every run file runs, and what its comment shows is a command; so do the scripts."""

import re
import runpy
import shlex
from pathlib import Path

import numpy as np
import pytest

from tuiconv.cli import run
from tuiconv.runs.given import settings_from
from tuiconv.runs.toml import read_run_file

FOLDER = Path(__file__).parents[1] / "samples"
FILES = sorted(FOLDER.glob("*.toml"))
SCRIPTS = sorted(FOLDER.glob("*.py"))


def is_quick(path):
    """Whether a test may run it every time: a single network of a lecture."""
    return path.name.startswith("lecture") and not settings_from(read_run_file(path)).series


@pytest.fixture
def little(tmp_path, monkeypatch):
    """An empty current folder with samples/, and few stroke digits."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tuiconv.data.load.STROKES_TRAIN", 160)
    monkeypatch.setattr("tuiconv.data.load.STROKES_TEST", 40)
    (tmp_path / "samples").symlink_to(FOLDER)


@pytest.fixture
def called(capsys):
    """Runs a script with arguments; what it printed."""

    def call(name, *arguments):
        runpy.run_path(str(FOLDER / name))["main"](arguments)
        return capsys.readouterr().out

    return call


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_sample_is_a_run_file(path):
    settings = settings_from(read_run_file(path))
    assert settings.data.dir is None
    assert settings.output is None


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_sample_says_how_it_is_run(path):
    comment = re.match(r"(#.*\n)+", path.read_text(encoding="utf-8"))
    assert comment
    lines = [line.removeprefix("#").strip() for line in comment[0].splitlines()]
    commands = [shlex.split(line) for line in lines if line.startswith("tuiconv train ")]
    assert commands
    assert all(words[2] == f"samples/{path.name}" for words in commands)


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, id=path.name, marks=[pytest.mark.slow] * (not is_quick(path)))
        for path in FILES
    ],
)
@pytest.mark.usefixtures("little")
def test_a_sample_learns_from_a_few_images(path, capsys):
    settings = settings_from(read_run_file(path))
    data = "strokes"
    if settings.data.name == "cifar10":
        rng, data = np.random.default_rng(0), "colours.npz"
        images = rng.integers(0, 256, (60, 3, 32, 32), np.uint8)
        np.savez(data, images=images, labels=np.arange(60) % 10)
    given = ["--data", data, "--epochs", "1", "--set", "data.train=16", "--set", "data.test=8"]
    if settings.data.held_out:
        given += ["--set", "data.held_out=8"]
    if settings.series:
        given += ["--set", "series.seeds=1"]
    assert run(["train", str(path), *given]) == 0
    done = capsys.readouterr()
    assert done.err == ""
    nets = settings.series.nets or [settings.net] if settings.series else []
    assert done.out.count(", seed 0: training ") == len(nets)
    assert ("epoch 1/1" in done.out) == (not nets)


def test_the_readme_lists_every_sample():
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert sorted(set(re.findall(r"[\w-]+\.toml", text))) == [path.name for path in FILES]
    assert set(re.findall(r"\w+\.py", text)) == {path.name for path in SCRIPTS}


def test_maps_move_with_the_digit_and_by_a_quarter_of_it_behind_two_poolings(called):
    lines = called("lecture_shift.py", "--digits", "2").splitlines()[2:]
    ways = {name: words for name, *words in map(str.split, lines)}
    assert ways["conv1"] == ["1", "4.00", "4.00", "0"]
    assert ways["pool1"] == ["2", "2.00", "2.00", "0"]
    assert ways["pool2"] == ["4", "1.00", "1.00", "0"]


def test_a_pixel_is_half_a_unit_behind_a_pooling_which_no_map_can_show_exactly(called):
    (line,) = [
        line
        for line in called("lecture_shift.py", "--digits", "8", "--shift", "1").splitlines()
        if line.startswith("pool1")
    ]
    _, _, expected, measured, others = line.split()
    assert (expected, others) == ("0.50", "-")
    assert float(measured) == pytest.approx(0.5, abs=0.05)


def test_a_one_becomes_a_seven_and_then_a_four_as_its_base_goes_up(called):
    rows = [line.split() for line in called("lecture_feature_binding.py").splitlines()[1:]]
    read = "".join(name for _, name, *_ in rows)
    assert re.fullmatch("1+7+4+", read)
    assert all(float(rows[step][2]) > 0.9 for step in (0, 6, 12))


@pytest.mark.usefixtures("little")
def test_the_pixels_of_all_images_change_places_alike(called):
    _, convnet, full = called(
        "lecture_permuted_pixels.py", "--train", "40", "--epochs", "1"
    ).splitlines()
    assert re.fullmatch(r"ConvNet +3,826( +-?\d+\.\d){3}", convnet)
    assert re.fullmatch(r"fully connected +31,060( +-?\d+\.\d){3}", full)


@pytest.mark.slow
def test_permuted_pixels_hurt_the_convnet_and_not_the_fully_connected_net(called):
    rows = called("lecture_permuted_pixels.py").splitlines()[1:]
    convnet, full = (float(line.split()[-1]) for line in rows)
    assert convnet > 10
    assert abs(full) < 3


@pytest.mark.slow
def test_a_line_is_read_by_a_network_that_learned_single_digits_and_the_eleventh_class(
    tmp_path, capsys
):
    model = str(tmp_path / "reader.safetensors")
    assert run(["train", str(FOLDER / "lecture-line-reader.toml"), "-o", model]) == 0
    assert "test accuracy 99." in capsys.readouterr().out
    assert run(["predict", model, str(FOLDER / "digits.png"), "--json"]) == 0
    assert '"text": "31415926"' in capsys.readouterr().out
