"""`tuiconv train` with a run file that has a series."""

import json

import pytest

FILE = """epochs = 1
batch_size = 16
[data]
size = 8
[series]
nets = ["INPUT(1,8,8) -> FC(10)", "INPUT(1,8,8) -> FC(2) -> FC(10)"]
seeds = 2
"""


@pytest.fixture
def series(folder):
    path = folder / "series.toml"
    path.write_text(FILE)
    return path


def test_a_series_tells_of_each_run_and_ends_with_a_table(tuiconv, series):
    done = tuiconv("train", series)
    assert (done.status, done.err) == (0, "")
    lines = done.out.splitlines()
    assert [line.partition(":")[0] for line in lines[:4]] == [
        "INPUT(1,8,8) -> FC(10), seed 0",
        "INPUT(1,8,8) -> FC(2) -> FC(10), seed 0",
        "INPUT(1,8,8) -> FC(10), seed 1",
        "INPUT(1,8,8) -> FC(2) -> FC(10), seed 1",
    ]
    assert lines[4].split()[:2] == ["net", "parameters"]
    assert [line.split()[-9] for line in lines if "±" in line] == ["650", "160"]


def test_as_json_every_run_is_a_line_and_the_table_the_last(tuiconv, series):
    done = tuiconv("train", series, "--json")
    *runs, last = map(json.loads, done.out.splitlines())
    assert [run["event"] for run in runs] == ["run"] * 4
    assert last["event"] == "table"
    for row in last["rows"]:
        own = [run["test_accuracy"] for run in runs if run["net"] == row["net"]]
        assert row["runs"] == 2
        assert row["test_accuracy"] == pytest.approx(sum(own) / 2)


def test_flags_and_set_change_all_runs(tuiconv, series):
    done = tuiconv("train", series, "--json", "--epochs", 2, "--set", "series.seeds=1")
    *runs, _ = map(json.loads, done.out.splitlines())
    assert [run["epochs"] for run in runs] == [2, 2]


def test_a_series_with_an_output_is_refused(refused, series):
    error = refused(2, "train", series, "-o", "here")
    assert 'output is "here"; a series keeps no networks' in error


def test_a_wrong_network_of_a_series_is_refused_with_its_line(refused, series):
    series.write_text(FILE.replace("FC(2)", "FCC(2)"))
    assert "series.toml, line 6: series.nets: " in refused(2, "train", series)
