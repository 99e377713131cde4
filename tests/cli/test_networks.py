import json
import subprocess
import sys
from pathlib import Path

import pytest

from tuiconv.arithmetic import PRESETS, parse

NET = "INPUT(1,8,8) -> CONV(2,3) -> RELU -> FC(3)"


def spec_of(tuiconv, argument):
    done = tuiconv("shapes", argument, "--json")
    assert (done.status, done.err) == (0, "")
    return json.loads(done.out)["spec"]


@pytest.mark.parametrize("name", ["net.txt", "net", "my net (2).txt"])
def test_a_file_of_text_holds_a_network_on_as_many_lines_as_it_likes(tuiconv, folder, name):
    text = "# a small net\nINPUT(1,8,8)\n  -> CONV(2,3)  # two maps\n  -> RELU\n-> FC(3)\n"
    (folder / name).write_text(text, encoding="utf-8-sig")
    assert spec_of(tuiconv, folder / name) == NET
    assert spec_of(tuiconv, name) == NET


def test_a_run_file_holds_a_network_or_names_a_preset(tuiconv, folder):
    (folder / "run.toml").write_text(f'net = "{NET}"\nepochs = 2\n')
    assert spec_of(tuiconv, "run.toml") == NET
    (folder / "run.toml").write_text('net = "mlp1"\n')
    assert spec_of(tuiconv, "run.toml") == str(parse(PRESETS["mlp1"]))


def test_a_checkpoint_holds_its_network(tuiconv, checkpoint, tiny):
    assert spec_of(tuiconv, checkpoint) == str(parse(tiny))


def test_an_onnx_graph_holds_its_network(tuiconv):
    pytest.importorskip("onnx")
    assert tuiconv("export", NET, "--onnx", "-o", "net.onnx").status == 0
    assert spec_of(tuiconv, "net.onnx") == NET


def test_without_the_extra_an_onnx_graph_says_what_to_install(refused, folder, monkeypatch):
    (folder / "net.onnx").write_bytes(b"")
    monkeypatch.setitem(sys.modules, "onnx", None)
    assert 'pip install "tuiconv[onnx]"' in refused(1, "shapes", "net.onnx")


def test_a_preset_comes_before_a_file_of_its_name(tuiconv, folder):
    (folder / "mlp1").write_text(NET)
    assert spec_of(tuiconv, "mlp1") == str(parse(PRESETS["mlp1"]))
    assert spec_of(tuiconv, "./mlp1") == NET


def test_a_pattern_may_stand_in_a_file(tuiconv, folder):
    (folder / "pattern.txt").write_text("INPUT -> [CONV -> RELU]*2  # without sizes\n")
    first = tuiconv("shapes", "pattern.txt").out.splitlines()[0]
    assert first == "INPUT -> CONV -> RELU -> CONV -> RELU"


def test_an_error_in_a_file_names_the_file_and_the_place(refused, folder):
    (folder / "net.txt").write_text("INPUT(1,8,8)\n-> CNV(2,3)\n")
    message = refused(2, "shapes", "net.txt")
    assert message.startswith("tuiconv: net.txt: line 2, character 4")
    assert "did you mean CONV" in message


def test_an_impossible_network_in_a_file_shows_its_good_layers(tuiconv, folder):
    (folder / "net.txt").write_text("INPUT(1,8,8) -> CONV(2,3) -> CONV(2,9)")
    done = tuiconv("shapes", "net.txt")
    assert done.status == 2
    assert done.err.startswith("tuiconv: net.txt: conv2")
    assert "2×6×6" in done.out


@pytest.mark.parametrize("name", ["net.txt", "run.toml", "nets/lenet"])
def test_a_text_that_is_not_there_is_one_clear_line(refused, name):
    message = refused(2, "shapes", name)
    assert f"{name}: there is no such file; expected a text" in message


@pytest.mark.parametrize("name", ["net.safetensors", "model.onnx", "MODEL.ONNX"])
def test_a_checkpoint_or_graph_that_is_not_there_is_one_clear_line(refused, name):
    pytest.importorskip("onnx")
    message = refused(1, "shapes", name)
    assert f"{name}: there is no such file; expected a text" in message


@pytest.mark.parametrize("suffix", [".txt", ".toml", ".safetensors", ".onnx"])
@pytest.mark.parametrize("what", ["missing", "a folder", "damaged", "closed"])
def test_shapes_and_export_end_with_one_status_for_a_bad_file(tuiconv, folder, suffix, what):
    pytest.importorskip("onnx")
    path = folder / f"net{suffix}"
    if what == "a folder":
        path.mkdir()
    elif what != "missing":
        path.write_bytes(b"\xff" * 100)
        path.chmod(0 if what == "closed" else 0o600)
    status = 1 if suffix in (".safetensors", ".onnx") else 2
    commands = [["shapes"], ["export", "--pytorch"], ["export", "--onnx", "-o", "new.onnx"]]
    for command in commands + [["eval"]] * (suffix == ".safetensors"):
        done = tuiconv(*command, path.name)
        assert done.status == status
        assert done.err.startswith(f"tuiconv: {path.name}")
        assert done.err.splitlines() == [done.err.rstrip("\n")]
    assert not (folder / "new.onnx").exists()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("net.txt", b"\xff\xfe", "net.txt: not UTF-8 at byte 0"),
        ("net.txt", b"", "net.txt: character 1"),
        ("net.txt", b"#" * 1_000_001, "more than 1,000,000 bytes"),
        ("net.txt", b"root:*:20228\n" * 99, "net.txt: line 1, character 6"),
        ("run.toml", b"net = ", "run.toml: not TOML"),
        ("run.toml", b"\xff", "tuiconv: run.toml: not UTF-8 at byte 0"),
        ("run.toml", b"net = " + b"9" * 5000, "run.toml: not TOML"),
        ("run.toml", b"net = " + b"[" * 5000, "run.toml: not TOML"),
        ("run.toml", b"epochs = 2", "run.toml: names no network"),
        ("run.toml", b"net = 5", "run.toml: names no network"),
    ],
)
def test_a_text_without_a_network_is_one_clear_line(refused, folder, name, content, message):
    (folder / name).write_bytes(content)
    assert message in refused(2, "shapes", name)


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff" * 100, b"\x02" + b"\0" * 7 + b"{}", b"\x02" + b"\0" * 7 + b"[]"],
    ids=["empty", "no length", "no metadata", "no object"],
)
def test_a_checkpoint_without_a_network_is_one_clear_line(refused, folder, content):
    (folder / "net.safetensors").write_bytes(content)
    assert "not a tuiconv network" in refused(1, "shapes", "net.safetensors")


@pytest.mark.skipif(not Path("/dev/stdin").exists(), reason="needs a file that is a pipe")
@pytest.mark.parametrize(
    ("text", "told"),
    [
        (NET, "2×6×6"),
        ("INPUT -> [CONV -> RELU]*2 -> FC", "INPUT -> CONV -> RELU -> CONV -> RELU -> FC"),
        ("INPUT(1,8,8) -> CONV(2,", 'character 24 after "UT(1,8,8) -> CONV(2,"'),
    ],
)
def test_a_pipe_which_cannot_be_read_twice_is_read_once(text, told):
    command = [sys.executable, "-m", "tuiconv", "shapes", "/dev/stdin"]
    done = subprocess.run(command, input=text, capture_output=True, check=False, encoding="utf-8")
    assert told in done.stdout + done.stderr


def test_a_folder_is_no_network(refused, folder):
    (folder / "runs").mkdir()
    assert "runs: " in refused(2, "shapes", "runs/")


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are others there")
def test_a_file_that_must_not_be_read_is_one_clear_line(tuiconv, folder):
    path = folder / "net.txt"
    path.write_text(NET)
    path.chmod(0)
    if not _readable(path):
        done = tuiconv("shapes", "net.txt")
        assert (done.status, done.err) == (2, "tuiconv: net.txt: Permission denied\n")


def _readable(path: Path) -> bool:
    try:
        path.read_bytes()
    except PermissionError:
        return False
    return True


STARTS = """
import sys
from tuiconv.cli import run
assert run(sys.argv[1:]) == 0
print(*sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
"""


@pytest.mark.parametrize(
    "arguments",
    [
        ["shapes", "vgg16"],
        ["shapes", "lenet5", "--json"],
        ["shapes", "lenet5", "--unit", "pool2:1,1"],
        ["shapes", "lenet5", "--compare", "mlp1"],
        ["shapes", "net.txt", "--csv"],
        ["shapes", "run.toml", "--markdown"],
        ["shapes", "net.safetensors"],
    ],
)
def test_arithmetic_starts_without_numpy_and_numba(tuiconv, folder, checkpoint, arguments):
    (folder / "net.txt").write_text(NET)
    (folder / "run.toml").write_text(f'net = "{NET}"')
    done = subprocess.run(
        [sys.executable, "-c", STARTS, *arguments], capture_output=True, text=True, check=True
    )
    assert {"numpy", "numba", "textual", "onnx"} & {*done.stderr.split()} == set()


def test_as_json_not_even_rich_is_loaded():
    done = subprocess.run(
        [sys.executable, "-c", STARTS, "shapes", "lenet5", "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "rich" not in done.stderr.split()
