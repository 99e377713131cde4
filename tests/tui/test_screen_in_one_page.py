"""The screen that CONTRIBUTING.md adds: taken from there, it does what is said of it."""

import re
import shlex
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
import typer
from typer.main import get_command

from tuiconv.lessons.code import code_of
from tuiconv.tui.app import TuiconvApp

HANDBOOK = Path(__file__).parents[2] / "CONTRIBUTING.md"


@pytest.fixture
def modules(monkeypatch, tmp_path):
    """The modules of the page, by the ends of their names, imported as if they were in place."""
    page = HANDBOOK.read_text().split("## A screen in one page")[1].split("\n## ")[0]
    named = re.findall(r"`(tuiconv/[a-z_/]+)\.py`:.*?```python\n(.*?)```", page, re.DOTALL)
    found = {}
    for place, source in named:
        file, name = tmp_path / f"{len(found)}.py", place.replace("/", ".")
        file.write_text(source)
        spec = spec_from_file_location(name, file)
        found[name] = module_from_spec(spec)
        monkeypatch.setitem(sys.modules, name, found[name])
        spec.loader.exec_module(found[name])
    return found


async def test_the_screen_of_the_handbook_works_and_its_command_prints_the_same(
    explore, modules, monkeypatch, capsys
):
    screen = modules["tuiconv.tui.screens.relu"].ReluScreen
    monkeypatch.setitem(TuiconvApp.MODES, "relu", screen)
    async with explore() as learner:
        await learner.open("relu")
        inputs, outputs = learner.shown.scene.leaves
        assert inputs.values.tolist() == [[-2, 0.5, 3, -1, 1.5]]
        assert outputs.values.tolist() == [[0, 0.5, 3, 0, 1.5]]
        assert code_of(*learner.shown.scene.code).operation == "relu"
        scene = await learner.scene("right", "right", "up", "up", "enter")
        assert scene.leaves[0].lines == ("max(0, 3 − 1) = 2",)
        assert learner.static("#top").startswith("tuiconv › ReLU › number 2")
        line = learner.command
        scene = await learner.scene("escape", "x")
        assert scene.title == "max(0, x − 0)"
        (row, *_) = (y for y, text in enumerate(learner.lines) if "1.500" in text)
        await learner.click("#scene", learner.lines[row].index("1.500"), row)
        assert learner.shown.view.unit == 4
    program = typer.Typer()
    program.command("relu")(modules["tuiconv.cli.show_relu"].show_relu)
    assert shlex.split(line)[:3] == ["tuiconv", "show", "relu"]
    get_command(program)(shlex.split(line)[3:], standalone_mode=False)
    assert "max(0, 3 − 1) = 2" in capsys.readouterr().out
