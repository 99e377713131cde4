"""Files that are damaged, hostile or of something else: every command says so in one line."""

import json
import struct

import numpy as np
import pytest

SPEC = "INPUT(1,32,32) -> FC(10) -> SOFTMAX"
METADATA = {
    "format": "tuiconv-1",
    "spec": SPEC,
    "class_names": json.dumps(list("0123456789")),
    "preprocessing": '{"mean": 0.1, "std": 0.3}',
}
WEIGHTS = 4 * 10 * 1024
END = WEIGHTS + 4 * 10
"""Bytes of all arrays."""
TENSORS = {
    "fc1.weight": {"dtype": "F32", "shape": [10, 1024], "data_offsets": [0, WEIGHTS]},
    "fc1.bias": {"dtype": "F32", "shape": [10], "data_offsets": [WEIGHTS, END]},
}


def file_of(header, body=bytes(END), length=None):
    """A safetensors file, whatever its parts are."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + body


def header(metadata=None, **bias):
    """The right header with other metadata, or another description of the bias."""
    described = TENSORS | {"fc1.bias": TENSORS["fc1.bias"] | bias}
    return {"__metadata__": METADATA | (metadata or {}), **described}


def encoded(metadata=None):
    return json.dumps(header(metadata)).encode()


HOSTILE = {
    "a header longer than the file": file_of(header(), length=10**9),
    "a header longer than any file": file_of(header(), length=2**64 - 1),
    "a header of a petabyte": file_of(header(), length=2**50),
    "no header": file_of(b""),
    "a header nested deeply": file_of(b'{"a":' * 50_000),
    "a list for a header": file_of(b"[]"),
    "tensors that overlap": file_of(header(data_offsets=[0, 40])),
    "a hole between tensors": file_of(header(data_offsets=[WEIGHTS + 8, END + 8]), bytes(END + 8)),
    "a tensor that ends before it begins": file_of(header(data_offsets=[END, WEIGHTS])),
    "a tensor before the first": file_of(header(data_offsets=[-40, 0])),
    "a tensor beyond the file": file_of(header(shape=[99], data_offsets=[WEIGHTS, WEIGHTS + 396])),
    "a tensor of terabytes": file_of(
        header(shape=[10**12], data_offsets=[WEIGHTS, WEIGHTS + 4 * 10**12])
    ),
    "a size beyond 64 bits": file_of(header(shape=[2**62, 2**62])),
    "a shape that is not its size": file_of(header(shape=[11])),
    "a dtype that does not exist": file_of(header(dtype="F31")),
    "no UTF-8 in the metadata": file_of(encoded().replace(b"tuiconv-1", b"tuiconv\xff1")),
    "no UTF-8 in a name": file_of(encoded().replace(b"fc1.bias", b"fc1.bia\xff")),
    "metadata that is no text": file_of(header({"format": 1})),
    "a byte too few": file_of(header())[:-1],
    "a byte too many": file_of(header()) + b"?",
}
COMMANDS = {
    "train": ["train", "--weights", "net.safetensors", "-o", "out.safetensors"],
    "eval": ["eval", "net.safetensors"],
    "predict": ["predict", "net.safetensors", "photo.png"],
    "check-grad": ["check-grad", "net.safetensors"],
}
commands = pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)


@pytest.fixture
def net(folder, photo):
    """Writes net.safetensors."""
    return (folder / "net.safetensors").write_bytes


def test_the_file_that_is_forged_is_right(tuiconv, net):
    net(file_of(header()))
    assert tuiconv("predict", "net.safetensors", "photo.png").status == 0


@commands
@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_no_whole_safetensors_file_is_refused(refused, net, content, command):
    net(content)
    assert "net.safetensors: not a whole safetensors file (" in refused(1, *command)


@commands
@pytest.mark.parametrize("dtype", ["I32", "U32", "BF16", "F16", "F64"])
def test_numbers_of_another_kind_are_named(refused, net, dtype, command):
    shape = [{"BF16": 20, "F16": 20, "F64": 5}.get(dtype, 10)]
    net(file_of(header(dtype=dtype, shape=shape)))
    message = refused(1, *command)
    assert f"F32 and {dtype}" in message or f"{dtype}, F32" in message or f"F32, {dtype}" in message


@commands
@pytest.mark.parametrize(
    ("metadata", "words"),
    [
        ({"class_names": json.dumps(["\x1b[2J", *"123456789"])}, r"contains '\x1b'; expected"),
        ({"class_names": json.dumps(["a\nb", *"123456789"])}, r"contains '\n'; expected"),
        ({"class_names": json.dumps(["\ud800", *"123456789"])}, r"contains '\ud800'; expected"),
        ({"preprocessing": '{"mean": ' + 4000 * "9" + ', "std": 1}'}, "mean inf"),
        ({"preprocessing": '{"mean": 0, "std": 1e-300}'}, "std 1e-300"),
        ({"preprocessing": '{"mean": 1e300, "std": 1}'}, "mean 1e+300"),
        ({"spec": "INPUT(1,32,32) -> [RELU]*999999999 -> FC(10)"}, "at most 10,000 layers"),
    ],
)
def test_a_header_that_would_harm_is_refused(refused, net, metadata, words, command):
    net(file_of(header(metadata)))
    message = refused(1, *command)
    assert message.startswith("tuiconv: net.safetensors: header and arrays do not agree: ")
    assert words in message


@commands
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_weights_that_are_no_numbers_are_told_as_such(refused, net, value, command):
    body = np.zeros(END // 4, np.float32)
    body[-3] = value
    net(file_of(header(), body.tobytes()))
    message = refused(1, *command)
    if command[0] == "train":
        assert "1 of the 10 numbers in fc1.bias are infinite or NaN" in message
    else:
        assert "diverged" in message


def archive(labels):
    images = np.random.default_rng(0).integers(0, 256, (len(labels), 32, 32), np.uint8)
    np.savez("set.npz", images=images, labels=np.array(labels, int))


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        ([0] * 12, "a single class (0); expected two or more"),
        ([0, 1] * 6 + [-1], "label -1; expected 0 to 999"),
        ([0, 1] * 6 + [10**9], "label 1000000000; expected 0 to 999"),
        ([], "no training images"),
    ],
)
def test_labels_that_make_no_classes_are_refused(refused, folder, labels, words):
    archive(labels)
    network = "INPUT(1,32,32) -> FC(2) -> SOFTMAX"
    assert words in refused(1, "train", network, "--data", "set.npz", "-o", "out.safetensors")


def test_labels_that_the_network_has_no_output_for_are_refused(refused, folder):
    archive([0, 1, 2] * 6)
    network = "INPUT(1,32,32) -> FC(2) -> SOFTMAX"
    message = refused(2, "train", network, "--data", "set.npz", "-o", "out.safetensors")
    assert "have 3 classes; the network has 2 outputs" in message


def test_labels_of_a_test_part_that_training_does_not_know_are_refused(refused, folder):
    images = np.random.default_rng(0).integers(0, 256, (12, 32, 32), np.uint8)
    known = np.arange(12) % 2
    np.savez("set.npz", x_train=images, y_train=known, x_test=images, y_test=known + 1)
    assert "label 2; expected 0 to 1" in refused(1, "train", "--data", "set.npz")


@pytest.mark.parametrize("option", ["--loss", "--initialiser"])
def test_an_unknown_name_is_refused_with_the_nearest(refused, option):
    name, nearest = {"--loss": ("sqared", "squared"), "--initialiser": ("Xavier", "xavier")}[option]
    message = refused(2, "train", option, name)
    assert f'"{name}"' in message
    assert f"did you mean {nearest}?" in message
