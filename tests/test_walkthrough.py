"""What the walkthrough promises comes out: its commands run and print every number it names."""

import re
import shlex
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
import typer

from tuiconv.cli import run
from tuiconv.cli.app import app
from tuiconv.data.load import load_dataset

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "samples" / "walkthrough.md").read_text(encoding="utf-8")
OPENS = "tuiconv"
"""The command that opens the explorer."""
LONG = ("train", "serve")
"""Commands that take longer than a moment; the run files are tested as samples."""


@dataclass(frozen=True)
class Step:
    """A command of the walkthrough."""

    line: str
    promised: tuple[str, ...]
    """What must be in what the command prints."""


def steps():
    """The commands, each with what is in bold between it and the next one or a heading."""
    for part in re.split(r"^```sh\n", TEXT, flags=re.MULTILINE)[1:]:
        block, _, prose = part.partition("```\n")
        said = re.split(r"^#", prose, flags=re.MULTILINE)[0]
        for line in block.splitlines():
            yield Step(line, tuple(re.findall(r"\*\*(.+?)\*\*", said, re.DOTALL)))


STEPS = list(steps())
SHORT = [
    step
    for step in STEPS
    if step.line.startswith("tuiconv ") and not step.line.split()[1].startswith(LONG)
]
SLOW = ("tuiconv show training",)


@pytest.fixture(scope="module")
def strokes():
    """The stroke digits, drawn once."""
    return cache(load_dataset)


@pytest.fixture
def learner(strokes, monkeypatch, tmp_path):
    """A learner in a folder with samples/, at a terminal of 80 columns."""
    monkeypatch.setattr("tuiconv.lessons.network.lesson.load_dataset", strokes)
    (tmp_path / "samples").symlink_to(ROOT / "samples")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")


def plain(text):
    """Words with single spaces, as they are read, wherever lines end."""
    return " ".join(re.sub(r"[│─▶]", " ", text).split())


def test_it_leads_through_every_screen():
    from tuiconv.tui.catalogue import SCREENS

    chapters = re.findall(r"^## (\d) (.+)$", TEXT, re.MULTILINE)
    assert [(entry.key, entry.name) for entry in SCREENS] == chapters[: len(SCREENS)]
    shown = {step.line.split()[2] for step in SHORT if step.line.startswith("tuiconv show ")}
    assert shown == {entry.mode for entry in SCREENS}


def test_every_step_of_a_screen_says_what_to_press_and_what_comes_out():
    for section in re.split(r"^### ", TEXT, flags=re.MULTILINE)[1:]:
        if "tuiconv show " in section:
            assert re.search(r"^Press ", section, re.MULTILINE), section
            assert "**" in section, section


@pytest.mark.usefixtures("learner")
@pytest.mark.parametrize(
    "step",
    [
        pytest.param(step, id=step.line, marks=[pytest.mark.slow] * step.line.startswith(SLOW))
        for step in SHORT
    ],
)
def test_a_command_prints_what_the_walkthrough_promises(step, capsys):
    assert run(shlex.split(step.line)[1:]) == 0
    done = capsys.readouterr()
    assert done.err == ""
    shown = plain(done.out)
    for promise in step.promised:
        assert plain(promise) in shown


def test_the_other_commands_are_samples_that_are_tested_there():
    for step in STEPS:
        if step not in SHORT and step.line != OPENS:
            assert re.search(r"samples/[\w-]+\.(toml|py)", step.line) or "serve" in step.line


def test_what_it_says_between_backticks_is_a_command_too():
    prose = re.sub(r"^```.*?^```$", "", TEXT, flags=re.MULTILINE | re.DOTALL)
    commands = typer.main.get_command(app).commands
    for line in re.findall(r"`tuiconv (\S[^`]*)`", prose):
        assert line.split()[0] in commands


def test_files_it_links_to_are_there():
    for target in re.findall(r"\]\(([^)#:]+)\)", TEXT):
        assert (ROOT / "samples" / target).exists(), target
    for name in re.findall(r"samples/[\w.-]+", TEXT):
        assert (ROOT / name).exists(), name
