"""What starts fast must not load what is slow: each start in a process of its own."""

import re
import subprocess
import sys

import pytest

import tuiconv

SHOW = "import sys; print(*sorted({name.partition('.')[0] for name in sys.modules}))"


def packages_after(code):
    """The top-level packages that a new process has loaded after running some code."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{SHOW}"], capture_output=True, text=True, check=True
    )
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize(
    ("code", "unwanted"),
    [
        ("import tuiconv", {"numpy", "numba", "rich", "textual", "typer", "PIL"}),
        ("import tuiconv.arithmetic", {"numpy", "numba", "rich", "textual"}),
        ("import tuiconv; tuiconv.summarize('lenet5')", {"numpy", "numba"}),
        ("import tuiconv.data.load", {"numba", "rich", "textual"}),
        ("import tuiconv.nn.training", {"rich", "textual", "typer", "PIL"}),
        ("import tuiconv.runs.outputs", {"rich", "textual", "typer", "PIL"}),
        ("import tuiconv.cli", {"numpy", "numba", "textual"}),
        ("from tuiconv.cli import run; assert run(['--help']) == 0", {"numpy", "numba", "textual"}),
        (
            "from tuiconv.cli import run; assert run(['--version']) == 0",
            {"numpy", "textual", "pooch"},
        ),
        ("from tuiconv.cli import run; assert run(['data', 'list']) == 0", {"pooch", "requests"}),
        (
            "from tuiconv.cli import run; assert run(['export', 'lenet5', '--pytorch']) == 0",
            {"numpy", "numba", "onnx", "torch"},
        ),
        ("from tuiconv.cli import run; assert run(['show', 'arithmetic']) == 0", {"numba"}),
        ("import tuiconv.tui.app", {"numba"}),
        ("import tuiconv_kernels", {"tuiconv", "rich", "textual", "typer", "PIL", "safetensors"}),
    ],
)
def test_it_does_not_load_what_it_does_not_need(code, unwanted):
    loaded = packages_after(code)
    assert "sys" in loaded
    assert loaded & unwanted == set()


def test_only_to_show_a_lesson_loads_the_views_of_all():
    program = "import sys; from tuiconv.cli import program; "
    asks = "print('tuiconv.lessons' in sys.modules, len(program().commands['show'].commands), "
    again = "'tuiconv.lessons.filters_view' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program + asks + again], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False 7 True\n"


SHORT_COMMAND = """
import gc, sys
from tuiconv.cli import main
gc.callbacks.append(lambda phase, info: print(phase, len(gc.get_objects()), file=sys.stderr))
gc.collect()
sys.argv = ["tuiconv", "filters"]
main()
"""


def test_a_short_command_does_not_look_for_garbage_among_what_it_imported():
    done = subprocess.run(
        [sys.executable, "-c", SHORT_COMMAND], capture_output=True, text=True, check=True
    )
    assert "sharpen" in done.stdout
    ours, *later = re.findall(r"start (\d+)", done.stderr)
    assert int(ours) > 1000
    assert all(int(searched) < 1000 for searched in later)


def test_every_public_name_is_there_once_asked_for():
    assert tuiconv.__all__ == ["Network", "Trainer", "apply_filter", "load_dataset", "summarize"]
    for name in tuiconv.__all__:
        assert getattr(tuiconv, name).__name__ == name


def test_a_star_import_brings_them_all():
    names = {}
    exec("from tuiconv import *", names)
    assert set(tuiconv.__all__) <= names.keys()


def test_an_unknown_name_is_an_attribute_error_that_quotes_it():
    with pytest.raises(AttributeError, match="module 'tuiconv' has no attribute 'Netwrok'"):
        _ = tuiconv.Netwrok
