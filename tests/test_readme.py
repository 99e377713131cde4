"""What the README shows must work as it stands there."""

import contextlib
import io
import re
import runpy
import shlex
from pathlib import Path

import pytest
import typer

from tuiconv import Network
from tuiconv.arithmetic import PRESETS, parse
from tuiconv.arithmetic.joins import JOINS
from tuiconv.arithmetic.layers import KINDS
from tuiconv.cli import run
from tuiconv.cli.app import app
from tuiconv.images.filters.catalog import FILTERS

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
PLACEHOLDERS = {"DIR", "COMMAND", "MODEL", "RUN"}
"""Of what the reader has and a test has not."""
TRIED_ELSEWHERE = {"serve", "--install-completion", "--show-completion"}
"""What does not end, or changes the shell."""
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def blocks(language):
    return [body for found, body in BLOCKS if found == language]


def command_lines():
    """The arguments of every `tuiconv …` in the README, in a block or between backticks."""
    shown = [line for body in blocks("sh") for line in body.splitlines()]
    prose = re.sub(r"^```.*?^```$", "", TEXT, flags=re.MULTILINE | re.DOTALL)
    shown += re.findall(r"`([^`\n]+)`", prose)
    found = []
    for line in shown:
        for part in line.split("&&"):
            words = shlex.split(part, comments=True)
            before = words[: words.index("tuiconv")] if "tuiconv" in words else ["no command"]
            if all("=" in word for word in before) or before[:2] == ["uv", "run"]:
                found.append(words[len(before) + 1 :])
    return found


@pytest.fixture(autouse=True)
def few_strokes(tmp_path, monkeypatch):
    monkeypatch.setattr("tuiconv.data.load.STROKES_TRAIN", 64)
    monkeypatch.setattr("tuiconv.data.load.STROKES_TEST", 32)
    (tmp_path / "samples").symlink_to(ROOT / "samples")
    monkeypatch.chdir(tmp_path)


def test_installing_and_testing_are_one_line_each():
    first, second = blocks("sh")[:2]
    assert first == "pip install . && tuiconv\n"
    assert second == 'pip install -e ".[test]" && pytest\n'


def test_there_are_command_lines_to_check():
    named = {line[0] for line in command_lines() if line}
    assert named >= {"train", "apply-filter", "filters", "shapes", "doctor"}
    assert [] in command_lines()  # the explorer


@pytest.mark.parametrize("line", [line for line in command_lines() if line], ids=" ".join)
def test_every_command_and_option_in_it_exists(line):
    program = typer.main.get_command(app)
    if line[0] == "COMMAND":  # it stands for any of them
        assert line[1:] == ["--help"]
        return
    if line[0].startswith("-"):
        assert {*line} <= {name for parameter in program.params for name in parameter.opts}
        return
    assert line[0] in program.commands
    command = program.commands[line[0]]
    if line[0] in ("data", "show"):
        command = command.commands[line[1]]
    context = typer.Context(command, resilient_parsing=True)
    options = {name for parameter in command.get_params(context) for name in parameter.opts}
    assert {word for word in line[1:] if word.startswith("-")} <= options


@pytest.mark.parametrize(
    "line",
    [line for line in command_lines() if line and not (PLACEHOLDERS | TRIED_ELSEWHERE) & set(line)],
    ids=" ".join,
)
def test_every_command_line_that_needs_no_file_of_the_readers_runs(line, capsys):
    assert run(line) == 0
    assert capsys.readouterr().err == ""


def test_the_python_example_prints_an_accuracy_and_what_its_comment_says(tmp_path):
    (example,) = blocks("python")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(example, "README.md", "exec"), {})
    accuracy, parameters = printed.getvalue().split()
    assert 0 <= float(accuracy) <= 1
    (promised,) = re.findall(r"print\(summarize.*# (\d+)", example)
    assert parameters == promised == "61706"
    assert Network.load(tmp_path / "lenet5.safetensors").spec.totals.parameters == 61706


def test_the_network_it_shows_can_be_built():
    (network,) = blocks("")
    assert parse(network).output == (10,)


def test_it_names_every_layer_and_every_preset():
    paragraph = TEXT.split("Networks are written as")[1].split("## ")[0]
    assert set(re.findall(r"\b[A-Z]{2,}\d*\b", paragraph)) == set(KINDS) | set(JOINS)
    presets = paragraph.split("Presets:")[1]
    assert set(re.findall(r"`([\w-]+)`", presets)) == set(PRESETS)


def test_it_names_every_filter():
    section = TEXT.split("## Filters on pictures")[1].split("## ")[0]
    named = section.split("The filters of the lectures:")[1].split("sends the sums")[0]
    assert set(re.findall(r"`([a-z][\w-]*)`", named)) == set(FILTERS)


def test_files_it_links_to_are_there():
    for target in re.findall(r"\]\(([^)#:]+)\)", TEXT):
        assert (ROOT / target).exists(), target


def test_a_picture_of_every_screen_stands_behind_the_keys_that_lead_there():
    pressed = runpy.run_path(str(ROOT / "samples" / "make_screens.py"))["PRESSED"]
    for name, keys in pressed.items():
        before, picture, _ = TEXT.partition(f"](samples/screens/{name}.svg)")
        assert picture, name
        assert before.rpartition("\n\n")[0].endswith(keys), name
