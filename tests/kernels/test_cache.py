"""Compiled kernels are kept on disk, and never used when they are out of date."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import tuiconv_kernels
from tuiconv_kernels import jit

pytestmark = [
    pytest.mark.slow,  # every start of a Python that compiles takes a second
    pytest.mark.skipif(not jit.ENABLED, reason="nothing is compiled"),
]

PROGRAM = """
import sys
import numpy as np
from tuiconv_kernels.lanes import LANES
from tuiconv_kernels.passes import rectify

print("ready", flush=True)
sys.stdin.read()
out = np.empty(4 * LANES, np.float32)
rectify(np.full(4 * LANES, -3, np.float32), out)
stats = rectify.stats
print(out.sum() / out.size, sum(stats.cache_hits.values()), sum(stats.cache_misses.values()))
"""
"""Prints max(0, −3) as a kernel of lanes has it, and how often the cache was used."""
COMPILED, FOUND = "0 1", "1 0"


@pytest.fixture
def library(tmp_path):
    """A copy of the library that no one else uses; only what is asked for is imported."""
    source = Path(tuiconv_kernels.__file__).parent
    ignored = shutil.ignore_patterns("__pycache__")
    copy = Path(shutil.copytree(source, tmp_path / "lib" / source.name, ignore=ignored))
    (copy / "__init__.py").write_text("")
    return copy


def start(library, **environment):
    """A new Python that runs the program with this copy; it waits until its input ends."""
    home = library.parents[1] / "home"
    ours = {
        "PYTHONPATH": str(library.parent),
        # or Python itself might run stale code: it looks at whole seconds
        "PYTHONDONTWRITEBYTECODE": "1",
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / ".cache"),
        **environment,
    }
    rest = {name: value for name, value in os.environ.items() if not name.startswith("NUMBA_")}
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM], env=rest | ours, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def finish(process):
    """What it printed, and its messages."""
    output, messages = process.communicate(timeout=60)
    assert process.returncode == 0, messages
    return output.removeprefix("ready\n").strip(), messages


def run(library, **environment):
    output, messages = finish(start(library, **environment))
    assert messages == ""
    return output


def compiled_files(folder):
    return {path.name: path.stat().st_mtime_ns for path in folder.rglob("*.nbc")}


def test_a_second_start_compiles_nothing_until_a_helper_in_another_file_is_edited(library):
    assert run(library) == f"0.0 {COMPILED}"
    files = compiled_files(library)
    assert len(files) == 1
    assert run(library) == f"0.0 {FOUND}"
    assert compiled_files(library) == files
    with (library / "lanes.py").open("a") as lanes:
        lanes.write("\nlarger = add\n")
    assert run(library) == f"-3.0 {COMPILED}"


def test_kernels_for_another_number_of_lanes_are_compiled_anew(library):
    """As where NUMBA_CPU_NAME is set to the name of the processor itself."""
    with (library / "lanes.py").open("a") as lanes:
        lanes.write("\nimport os\nLANES = int(os.environ['TEST_LANES'])\n")
    assert run(library, TEST_LANES="8") == f"0.0 {COMPILED}"
    assert run(library, TEST_LANES="4") == f"0.0 {COMPILED}"


def test_two_processes_that_start_together_on_an_empty_cache_both_succeed(library):
    processes = [start(library) for _ in range(2)]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.close()
        process.stdin = None
    for output, messages in map(finish, processes):
        assert output.startswith("0.0 ")
        assert messages == ""


def without_in_tree_cache(library):
    # no folder can be made where a file is, not even by root
    (library / "__pycache__").touch()


def test_where_the_package_cannot_be_written_kernels_are_kept_in_the_users_cache(library):
    without_in_tree_cache(library)
    assert run(library) == f"0.0 {COMPILED}"
    assert compiled_files(library) == {}
    assert len(compiled_files(library.parents[1] / "home")) == 1
    assert run(library) == f"0.0 {FOUND}"


def without_any_cache(library):
    without_in_tree_cache(library)
    (library.parents[1] / "home").touch()


def test_where_nothing_can_be_written_every_start_compiles_and_one_line_says_so(library):
    without_any_cache(library)
    output, messages = finish(start(library))
    assert output.startswith("0.0 0 ")
    assert len(messages.splitlines()) == 1
    assert "NUMBA_CACHE_DIR" in messages


def test_a_damaged_file_in_the_cache_costs_a_compilation_and_nothing_else(library):
    run(library)
    for ending in ("nbi", "nbc"):
        (path,) = library.rglob(f"*.{ending}")
        path.write_bytes(path.read_bytes()[:10])
        assert run(library) == f"0.0 {COMPILED}"


def test_a_disk_that_takes_no_more_costs_the_cache_and_not_the_result(library):
    run(library)
    (index,) = library.rglob("*.nbi")
    (code,) = library.rglob("*.nbc")
    index.unlink()
    code.unlink()
    code.mkdir()  # no file can be written in its place
    assert run(library) == f"0.0 {COMPILED}"
