from importlib.resources import files

import pytest

from tuiconv.nn.checkpoint import CheckpointError
from tuiconv.nn.network import Network
from tuiconv.nn.shipped import load_model


def test_the_network_that_comes_with_the_program_is_found_from_any_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    net = load_model("lenet5")
    assert net.class_names == (*"0123456789", "none")
    assert net.spec.input == (1, 32, 32)


def test_it_is_small():
    content = (files("tuiconv") / "assets" / "lenet5.safetensors").read_bytes()
    assert len(content) < 300_000


def test_any_other_name_is_that_of_a_file(tmp_path):
    net = Network.parse("INPUT(1,2,2) -> FC(10)", seed=3)
    net.save(tmp_path / "net.safetensors")
    assert load_model(str(tmp_path / "net.safetensors")).spec == net.spec
    with pytest.raises(CheckpointError, match="there is no such file"):
        load_model("lenet-5")
