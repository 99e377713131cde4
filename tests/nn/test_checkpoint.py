import json
import struct
from types import SimpleNamespace

import numpy as np
import pytest
from safetensors.numpy import load_file, save

from tuiconv.data.dataset import MNIST_STATISTICS, Preprocessing
from tuiconv.errors import UserError
from tuiconv.nn.checkpoint import CheckpointError, load_state
from tuiconv.nn.checkpoint import save as save_checkpoint
from tuiconv.nn.network import Network


@pytest.fixture
def net():
    net = Network.parse("INPUT(1,2,3) -> FC(3) -> SOFTMAX", seed=5)
    net.class_names = ("left", "right", "straight “on”")
    net.preprocessing = Preprocessing(0.1, 1 / 3)
    return net


def test_what_is_loaded_is_what_was_saved_to_the_last_bit(net, tmp_path):
    net.save(tmp_path / "net.safetensors")
    again = Network.load(tmp_path / "net.safetensors")
    assert again.parameters.tobytes() == net.parameters.tobytes()
    assert again.spec == net.spec
    assert again.class_names == net.class_names
    assert again.preprocessing == net.preprocessing


def test_the_same_network_is_saved_as_the_same_bytes(net, tmp_path):
    contents = set()
    for k in range(8):
        net.save(tmp_path / f"{k}.safetensors")
        contents.add((tmp_path / f"{k}.safetensors").read_bytes())
    assert len(contents) == 1


def test_a_partly_connected_network_comes_back_too(tmp_path):
    net = Network.preset("lenet5-1998", seed=1)
    net.save(tmp_path / "net")
    again = Network.load(tmp_path / "net")
    assert again.spec == net.spec
    assert again.parameters.tobytes() == net.parameters.tobytes()


STATE = {
    "order": {"state": 2**127 + 1, "kind": "PCG64"},
    "lr": 0.1,
    "epoch": None,
    "losses": np.array([0.5, 1 / 3]),
    "images": np.array([16, 2], np.int64),
    "optimizer.velocity": np.arange(9, dtype=np.float32),
}


def test_a_trainers_state_lies_beside_the_network_and_comes_back(net, tmp_path):
    save_checkpoint(net, tmp_path / "net", STATE)
    found = load_state(tmp_path / "net")
    assert found.keys() == STATE.keys()
    for name, value in STATE.items():
        np.testing.assert_array_equal(found[name], value)
        assert type(found[name]) is type(value)
        assert np.asarray(found[name]).dtype == np.asarray(value).dtype
    assert Network.load(tmp_path / "net").parameters.tobytes() == net.parameters.tobytes()


def test_a_network_saved_by_itself_has_no_state(net, tmp_path):
    net.save(tmp_path / "net")
    with pytest.raises(CheckpointError, match="net: holds no state of a run to go on from"):
        load_state(tmp_path / "net")


@pytest.mark.parametrize("value", [np.nan, np.inf, -0.0, np.finfo(np.float32).tiny / 4])
def test_odd_numbers_survive(net, tmp_path, value):
    net.parameters[3] = value
    net.save(tmp_path / "net")
    assert Network.load(tmp_path / "net").parameters.tobytes() == net.parameters.tobytes()


def test_paths_may_be_texts(net, tmp_path):
    net.save(str(tmp_path / "net"))
    assert Network.load(str(tmp_path / "net")).spec == net.spec


def test_other_programs_find_pytorchs_names_and_layouts(tmp_path):
    Network.preset("lenet5").save(tmp_path / "net.safetensors")
    shapes = {n: a.shape for n, a in load_file(tmp_path / "net.safetensors").items()}
    assert shapes["conv2.weight"] == (16, 6, 5, 5)
    assert shapes["fc1.weight"] == (120, 400)
    assert len(shapes) == 10


def test_a_network_without_parameters_can_be_saved(tmp_path):
    net = Network.parse("INPUT(1,4,4) -> POOL(2)")
    net.save(tmp_path / "net")
    assert Network.load(tmp_path / "net").spec == net.spec


def test_when_saving_fails_the_old_file_stays_and_nothing_half_written(net, tmp_path, monkeypatch):
    path = tmp_path / "net"
    net.save(path)
    before = path.read_bytes()

    def full(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", full)
    net.parameters[:] = 0
    with pytest.raises(OSError, match="No space left"):
        net.save(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_saving_into_what_is_no_folder_is_an_error_of_the_system(net, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(NotADirectoryError):
        net.save(tmp_path / "file" / "net")


def refused(path):
    """The error of loading, which must be one line that names the file."""
    with pytest.raises(CheckpointError) as caught:
        Network.load(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)
    assert isinstance(caught.value, UserError)
    assert caught.value.exit_status == 1
    return str(caught.value)


def test_a_missing_file_is_refused(tmp_path):
    assert refused(tmp_path / "net") == f"{tmp_path / 'net'}: there is no such file"


def test_a_folder_is_not_said_to_be_missing(tmp_path):
    assert "no such file" not in refused(tmp_path)


@pytest.mark.parametrize("content", [b"", b"hello", b"\x89PNG\r\n\x1a\n" + bytes(200)])
def test_a_file_of_another_kind_is_refused(tmp_path, content):
    (tmp_path / "net").write_bytes(content)
    assert "not a whole safetensors file" in refused(tmp_path / "net")


def test_cut_short_anywhere_it_is_refused(net, tmp_path):
    path = tmp_path / "net"
    net.save(path)
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        assert "not a whole safetensors file" in refused(path)


@pytest.mark.parametrize("metadata", [None, {"format": "pt"}, {"format": "tuiconv-0"}])
def test_arrays_of_another_program_are_refused(tmp_path, metadata):
    (tmp_path / "net").write_bytes(save({"fc1.weight": np.zeros((3, 6))}, metadata=metadata))
    assert "not a tuiconv network: its header has no tuiconv-1 spec" in refused(tmp_path / "net")


@pytest.fixture
def forge(net, tmp_path):
    """Writes the network's file with a changed header or other arrays; gives its path."""

    def write(arrays=None, **changes):
        header = {
            "format": "tuiconv-1",
            "spec": str(net.spec),
            "class_names": json.dumps(net.class_names),
            "preprocessing": json.dumps({"mean": 0.1, "std": 0.5}),
        }
        header = {key: text for key, text in (header | changes).items() if text is not None}
        path = tmp_path / "forged"
        path.write_bytes(save(net.state_dict() | (arrays or {}), metadata=header))
        return path

    return write


def test_an_unchanged_forgery_loads(forge, net):
    np.testing.assert_array_equal(Network.load(forge()).parameters, net.parameters)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"fc1.weight": np.zeros((4, 6), np.float32)}, "(4, 6) found; this network expects (3, 6)"),
        ({"fc2.weight": np.zeros(1, np.float32)}, "fc2.weight: (1,) found; this network expects"),
    ],
)
def test_arrays_that_do_not_fit_the_spec_are_refused(forge, arrays, message):
    assert message in refused(forge(arrays))


def test_a_weight_without_a_connection_is_refused(tmp_path):
    net = Network.parse("INPUT(6,2,2) -> CONV(16,2,table=lenet5) -> FC(10)")
    net.parameters += 1
    net.save(tmp_path / "net")
    assert "conv1.weight[0, 3]: not 0" in refused(tmp_path / "net")


def test_a_spec_that_asks_for_other_arrays_is_refused(forge):
    path = forge(spec="INPUT(1,2,3) -> FC(3) -> FC(2)")
    assert "fc2.bias: nothing found; this network expects (2,)" in refused(path)


def test_a_spec_that_asks_for_more_than_the_memory_is_refused_without_taking_it(forge):
    refused(forge(spec="INPUT(1,2,3) -> FC(999999999) -> FC(999999999)"))


@pytest.mark.parametrize(
    "changes",
    [
        {"spec": None},
        {"spec": ""},
        {"spec": "INPUT(1,2,3) -> FC(0)"},
        {"spec": "[INPUT(1,2,3)]*0"},
        {"spec": "[" * 5000},
        {"class_names": None},
        {"class_names": "{"},
        {"class_names": "null"},
        {"class_names": "[" * 100_000},
        {"class_names": '"abc"'},
        {"class_names": "[1, 2, 3]"},
        {"preprocessing": None},
        {"preprocessing": "[]"},
        {"preprocessing": '{"mean": 0}'},
        {"preprocessing": '{"mean": 0, "std": 1, "more": 2}'},
        {"preprocessing": '{"mean": 0, "std": 0}'},
        {"preprocessing": '{"mean": "a", "std": 1}'},
        {"preprocessing": '{"mean": 0, "std": NaN}'},
    ],
    ids=lambda changes: str(changes)[:40],
)
def test_a_header_that_makes_no_sense_is_refused(forge, changes):
    refused(forge(**changes))


@pytest.mark.parametrize(("kind", "size"), [("BF16", 2), ("F8_E4M3", 1), ("I64", 8), ("BOOL", 1)])
def test_arrays_of_another_type_are_refused(tmp_path, kind, size):
    header = {
        "__metadata__": {
            "format": "tuiconv-1",
            "spec": "INPUT(1,1,1) -> FC(1)",
            "class_names": '["only"]',
            "preprocessing": '{"mean": 0, "std": 1}',
        },
        "fc1.weight": {"dtype": kind, "shape": [1, 1], "data_offsets": [0, size]},
        "fc1.bias": {"dtype": kind, "shape": [1], "data_offsets": [size, 2 * size]},
    }
    text = json.dumps(header).encode()
    path = tmp_path / "net"
    path.write_bytes(struct.pack("<Q", len(text)) + text + bytes(2 * size))
    refused(path)


def test_one_wrong_byte_in_the_header_never_ends_in_a_traceback(net, tmp_path):
    path = tmp_path / "net"
    net.save(path)
    whole = bytearray(path.read_bytes())
    (length,) = struct.unpack("<Q", whole[:8])
    outcomes = SimpleNamespace(loaded=0, refused=0)
    for place in range(8 + length):
        for byte in b'0["':
            damaged = whole.copy()
            damaged[place] = byte
            path.write_bytes(damaged)
            try:
                Network.load(path)
                outcomes.loaded += 1
            except CheckpointError:
                outcomes.refused += 1
    assert outcomes.refused > length
    assert outcomes.loaded > 0


def test_every_preset_comes_back_with_mnists_preprocessing(tmp_path):
    Network.preset("lenet5").save(tmp_path / "net")
    assert Network.load(tmp_path / "net").preprocessing == MNIST_STATISTICS
