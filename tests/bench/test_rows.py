import pytest

from tuiconv.bench import rows
from tuiconv.bench.rows import CASES, select
from tuiconv.errors import RequestError

NAMES = [
    "train/lenet5/16",
    "train/lenet5/64",
    "train/lenet5/256",
    "train/lecture-lenet/64",
    "train/lenet5-1998/64",
    "train/mlp2/64",
    "threads/lenet5/256",
    "infer/lenet5/64",
    "infer/lenet5/64/compiled",
    "infer/lenet5/1",
    "kernel/conv1/forward",
    "kernel/conv1/input",
    "kernel/conv1/weight",
    "kernel/conv2/forward",
    "kernel/conv2/input",
    "kernel/conv2/weight",
    "kernel/fc1/forward",
    "kernel/fc1/input",
    "kernel/fc1/weight",
    "kernel/3x3/forward",
    "kernel/3x3/input",
    "kernel/3x3/weight",
    "filter/3x3",
    "filter/3x3/scipy",
    "filter/3x3/pillow",
    "filter/5x5",
    "filter/15x15",
    "filter/gaussian5",
    "program/sharpen",
    "memory/lenet5/64",
    "memory/lenet5/64/step",
]


def names(only):
    return [case.name for case in select(only)]


def test_the_names_are_those_that_scripts_rely_on():
    assert names(None) == NAMES


def test_only_what_a_peer_needs_may_be_missing():
    needed = {case.peer.module: case.peer.package for case in CASES if case.peer.module}
    assert needed == {"torch": "torch", "cv2": "opencv-python-headless", "scipy": "scipy"}


def test_a_prefix_selects_what_begins_so():
    assert names("kernel/fc1") == ["kernel/fc1/forward", "kernel/fc1/input", "kernel/fc1/weight"]
    assert names("thr") == ["threads/lenet5/256"]
    assert names("train/lenet5") == [name for name in NAMES if name.startswith("train/lenet5")]


def test_a_whole_name_selects_its_row_alone():
    assert names("infer/lenet5/64") == ["infer/lenet5/64"]
    assert names("filter/3x3") == ["filter/3x3"]


def test_a_slash_at_the_end_selects_what_is_below():
    assert names("filter/3x3/") == ["filter/3x3/scipy", "filter/3x3/pillow"]


@pytest.mark.parametrize(
    ("wrong", "nearest"),
    [
        ("train/lenet/64", "train/lenet5/64"),
        ("Filter/3x3", "filter/3x3"),
        ("kernel/fc2/forward", "kernel/fc1/forward"),
        ("lenet5", ""),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest_and_the_groups(wrong, nearest):
    with pytest.raises(RequestError) as error:
        select(wrong)
    message = str(error.value)
    assert repr(wrong) in message
    assert f"the nearest is {nearest}" in message
    assert "train, threads, infer, kernel, filter, program, memory" in message


def test_the_nearest_name_is_one_of_those_there_are(monkeypatch, told):
    monkeypatch.setattr(rows, "CASES", (told("one/row"), told("another/row")))
    with pytest.raises(RequestError, match="the nearest is another/row; names begin with one, ano"):
        select("other/row")
