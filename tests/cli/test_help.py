import shlex
from pathlib import Path

import pytest
import typer
from PIL import Image

import tuiconv as package
from tuiconv.cli import run
from tuiconv.cli.app import app
from tuiconv.cli.show_lessons import lessons

COMMANDS = (
    "apply-filter",
    "filters",
    "train",
    "watch",
    "eval",
    "predict",
    "check-grad",
    "shapes",
    "export",
    "bench",
    "serve",
    "doctor",
    "data",
    "show",
)
PAGES = ([], *([command] for command in COMMANDS))
DATA_PAGES = (["data", "list"], ["data", "get"], ["data", "info"])
INNER_PAGES = (*DATA_PAGES, *(["show", str(each.name)] for each in lessons.registered_commands))
MEASURED = pytest.param(["bench"], marks=pytest.mark.slow)
RUN = (*(MEASURED if page == ["bench"] else page for page in PAGES), *DATA_PAGES)
"""Those of `show NAME` are run in test_show."""


def test_the_version_is_the_packages(tuiconv):
    done = tuiconv("--version")
    assert (done.status, done.out, done.err) == (0, f"tuiconv {package.__version__}\n", "")


def test_the_help_lists_every_command(tuiconv):
    listed = tuiconv("--help").out.split("\nCommands:\n")[1]
    assert [line.split()[0] for line in listed.splitlines()] == list(COMMANDS)
    assert set(typer.main.get_command(app).commands) == set(COMMANDS)


def test_the_list_of_commands_has_whole_sentences(tuiconv):
    for line in tuiconv("--help").out.split("\nCommands:\n")[1].splitlines():
        assert line.endswith(".")
        assert not line.endswith("...")


@pytest.mark.parametrize("page", PAGES)
def test_h_is_short_for_help(tuiconv, page):
    long, short = tuiconv(*page, "--help"), tuiconv(*page, "-h")
    assert (long.status, long.err) == (0, "")
    assert long.out.startswith(" ".join(("Usage: tuiconv", *page)))
    assert short == long


@pytest.mark.parametrize("page", [*PAGES, *INNER_PAGES])
def test_a_help_page_fits_eighty_columns_but_for_its_examples(tuiconv, page):
    for line in tuiconv(*page, "--help").out.splitlines():
        assert len(line) <= 80 or line.startswith("    tuiconv ")


def examples(page, capsys):
    """The command lines below "Example:" or "Examples:" in a help page."""
    assert run([*page, "--help"]) == 0
    paragraphs = capsys.readouterr().out.split("\n\n")
    (found,) = [text for text in paragraphs if text.lstrip().startswith("Example")]
    return [shlex.split(line) for line in found.splitlines()[1:]]


@pytest.mark.parametrize("page", [*PAGES, *INNER_PAGES])
def test_every_help_page_has_two_examples_of_its_command(capsys, page):
    lines = examples(page, capsys)
    assert len(lines) >= 2
    assert all(line[: 1 + len(page)] == ["tuiconv", *page] for line in lines)


@pytest.mark.usefixtures("photo", "small_mnist")
@pytest.mark.parametrize("page", RUN)
def test_every_example_runs(capsys, monkeypatch, folder, tiny, page):
    Image.open("photo.png").save("photo.jpg")
    package.Network.preset("lenet5").save("lenet5.safetensors")
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setattr("tuiconv.data.download.fetch", lambda *_: iter(()))  # needs a network
    monkeypatch.setattr("tuiconv.cli.web.ExplorerServer.run", lambda _: None)  # until Ctrl-C
    if page == ["watch"]:  # it needs a run
        assert run(["train", tiny, "--epochs", "1", "-o", "runs/mnist"]) == 0
        capsys.readouterr()
    for _, *arguments in examples(page, capsys):
        if arguments:  # `tuiconv` alone opens the explorer, which needs a terminal
            status = 130 if page == ["serve"] else 0
            assert run([str(Path(a).expanduser()) for a in arguments]) == status, arguments
            assert capsys.readouterr().err == ""


@pytest.mark.parametrize("page", [*PAGES, *INNER_PAGES])
def test_every_argument_and_option_is_explained(page):
    command = typer.main.get_command(app)
    for name in page:
        command = command.commands[name]
    for parameter in command.params:
        assert parameter.help, parameter.name


def test_without_a_terminal_the_explorer_says_so(refused):
    message = refused(2)
    assert "needs a terminal" in message
    assert "tuiconv --help" in message
