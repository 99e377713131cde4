import ast
import sys

import numpy as np
import onnxruntime
import pytest

from tuiconv.cli import run
from tuiconv.nn.network import Network

BRANCHED = "INPUT(1,6,6) -> a: CONV(2,3,pad=((0,1),1)) -> RES[RELU] -> FC(3) -> SOFTMAX"


def outputs(content, images):
    return onnxruntime.InferenceSession(content).run(None, {"input": images})[0]


@pytest.fixture
def images():
    return np.random.default_rng(0).standard_normal((3, 1, 32, 32), np.float32)


def test_pytorch_source_goes_to_standard_output(tuiconv):
    done = tuiconv("export", "lenet5", "--pytorch")
    assert (done.status, done.err) == (0, "")
    assert "self.conv2 = nn.Conv2d(6, 16, kernel_size=5)\n" in done.out
    ast.parse(done.out)


def test_pytorch_source_goes_to_a_file(tuiconv, folder):
    source = tuiconv("export", BRANCHED, "--pytorch").out
    done = tuiconv("export", BRANCHED, "--pytorch", "-o", "net.py")
    assert (done.status, done.out, done.err) == (0, "saved net.py\n", "")
    assert (folder / "net.py").read_text("utf-8") == source


def test_the_source_of_a_checkpoint_says_what_the_network_expects(tuiconv, checkpoint):
    done = tuiconv("export", checkpoint, "--pytorch")
    assert "It expects (pixel / 255 - 0." in done.out
    assert "It expects" not in tuiconv("export", "lenet5", "--pytorch").out


def test_a_network_becomes_onnx_with_fresh_weights(tuiconv, folder, tiny, images):
    done = tuiconv("export", tiny, "--onnx", "--seed", 5, "-o", "net.onnx")
    told = "saved net.onnx, with fresh weights of seed 5\n"
    assert (done.status, done.out, done.err) == (0, told, "")
    found = outputs((folder / "net.onnx").read_bytes(), images)
    np.testing.assert_allclose(found, Network.parse(tiny, seed=5)(images), rtol=1e-5, atol=1e-5)


def test_a_checkpoint_becomes_onnx_with_its_weights(tuiconv, folder, checkpoint, images):
    assert tuiconv("export", checkpoint, "--onnx", "-o", "net.onnx").out == "saved net.onnx\n"
    found = outputs((folder / "net.onnx").read_bytes(), images)
    np.testing.assert_allclose(found, Network.load(checkpoint)(images), rtol=1e-5, atol=1e-5)


def test_onnx_goes_through_a_pipe(capsysbinary, tiny, images):
    assert run(["export", tiny, "--onnx", "-o", "-"]) == 0
    content, errors = capsysbinary.readouterr()
    assert errors == b""
    assert outputs(content, images).shape == (3, 10)


def test_onnx_does_not_go_to_a_terminal(refused, monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert "expected -o FILE" in refused(2, "export", "lenet5", "--onnx")


def test_what_is_written_is_read_back_as_the_same_network(tuiconv):
    assert tuiconv("export", BRANCHED, "--onnx", "-o", "net.onnx").status == 0
    read, given = tuiconv("shapes", "net.onnx", "--json"), tuiconv("shapes", BRANCHED, "--json")
    assert read == given


def test_one_format_is_asked_for(refused):
    assert "neither is given" in refused(2, "export", "lenet5")
    assert "both are given" in refused(2, "export", "lenet5", "--onnx", "--pytorch")


@pytest.mark.parametrize("form", ["--onnx", "--pytorch"])
def test_a_network_that_is_none_is_refused(refused, form):
    assert 'no preset is called "lenet6"' in refused(2, "export", "lenet6", form, "-o", "net")
    assert "CONV(6,9)" in refused(2, "export", "INPUT(1,8,8) -> CONV(6,9)", form, "-o", "net")
    message = refused(1, "export", "lost.safetensors", form, "-o", "net")
    assert "lost.safetensors: there is no such file" in message


@pytest.mark.parametrize("form", ["--onnx", "--pytorch"])
def test_a_file_that_cannot_be_written_is_refused(refused, folder, form):
    (folder / "taken").mkdir()
    assert "taken: is a directory" in refused(1, "export", "lenet5", form, "-o", "taken")
    assert "lost/net: there is no directory" in refused(
        1, "export", "lenet5", form, "-o", "lost/net"
    )


def test_a_name_that_pytorch_cannot_have_is_refused(refused):
    spec = "INPUT(1,8,8) -> eval: FC(2)"
    assert 'layer "eval" (FC(2))' in refused(2, "export", spec, "--pytorch", "-o", "net.py")


def test_without_the_package_onnx_it_says_how_to_get_it(refused, monkeypatch):
    for module in ("onnx_nodes", "onnx_writing"):
        monkeypatch.delitem(sys.modules, f"tuiconv.exchange.{module}", raising=False)
    monkeypatch.setitem(sys.modules, "onnx", None)
    message = refused(1, "export", "lenet5", "--onnx", "-o", "net.onnx")
    assert 'to write ONNX, pip install "tuiconv[onnx]" (onnx is not installed)\n' in message
