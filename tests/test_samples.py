"""Every run file among the samples can be read, and what its comment shows is a command."""

import re
import shlex
from pathlib import Path

import pytest

from tuiconv.runs.given import settings_from
from tuiconv.runs.toml import read_run_file

FOLDER = Path(__file__).parents[1] / "samples"
FILES = sorted(FOLDER.glob("*.toml"))


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


def test_the_readme_lists_every_sample():
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert sorted(set(re.findall(r"[\w-]+\.toml", text))) == [path.name for path in FILES]
