import json
from importlib.metadata import version

import pytest

from tuiconv import __version__


def findings(tuiconv):
    done = tuiconv("doctor", "--json")
    assert (done.status, done.err) == (0, "")
    return {finding["name"]: finding for finding in json.loads(done.out)}


def test_as_json_every_finding_has_a_name_what_was_found_and_advice(tuiconv):
    found = findings(tuiconv)
    assert all(finding.keys() == {"name", "found", "advice"} for finding in found.values())
    assert {"terminal", "characters", "tuiconv", "libraries", "threads", "kernels"} <= found.keys()
    assert {"strokes", "mnist"} <= found.keys()


def test_it_tells_the_versions(tuiconv):
    found = findings(tuiconv)
    assert __version__ in found["tuiconv"]["found"]
    assert f"numba {version('numba')}" in found["libraries"]["found"]


def test_a_line_says_what_it_is_and_whether_it_is_well(tuiconv):
    lines = tuiconv("doctor").out.splitlines()
    assert "ok  strokes      drawn on the spot" in lines
    assert all(line.startswith(("ok  ", "!!  ", " " * 16 + " -> ")) for line in lines)


@pytest.mark.parametrize("name", ["mnist", "fashion-mnist", "kmnist", "cifar10"])
def test_for_a_data_set_that_is_missing_it_says_what_to_do(tuiconv, folder, name):
    found = findings(tuiconv)[name]
    assert str(folder / "home") in found["found"]
    assert f"`tuiconv data get {name}`" in found["advice"]
    assert "TUICONV_DATA_DIR" in found["advice"]


def test_mnist_is_found_where_the_environment_says(tuiconv, small_mnist, monkeypatch):
    monkeypatch.setenv("TUICONV_DATA_DIR", str(small_mnist.parent))
    mnist = findings(tuiconv)["mnist"]
    assert mnist == {"name": "mnist", "found": f"in {small_mnist}", "advice": ""}


def test_a_program_that_does_not_compile_is_told_why_it_is_slow(tuiconv, monkeypatch):
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")
    assert "NUMBA_DISABLE_JIT" in findings(tuiconv)["kernels"]["advice"]


def test_kernels_are_looked_for_in_the_cache_they_are_kept_in(tuiconv, folder, monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(folder))
    assert findings(tuiconv)["kernels"]["found"] == (f"0 compiled kernels are kept below {folder}")


def test_a_cache_that_does_not_exist_yet_is_no_trouble(tuiconv, folder, monkeypatch):
    # Numba makes the folder when it compiles first.
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(folder / "new"))
    assert findings(tuiconv)["kernels"]["advice"] == ""
