"""Pickles as Python 2 wrote them, put together by hand: Python 3 writes texts differently."""

import pickle
import struct

import numpy as np
import pytest

from tuiconv.data.dataset import DataError
from tuiconv.data.pickles import read_batch


def text(content):
    """A str of Python 2: what is bytes here."""
    return b"T" + struct.pack("<i", len(content)) + content


def number(value):
    return b"J" + struct.pack("<i", value)


def array(shape, values, dtype=b"u1"):
    """The instructions that rebuild an array."""
    made = b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(K\x00t" + text(b"b") + b"tR"
    kind = b"cnumpy\ndtype\n(" + text(dtype) + number(0) + number(1) + b"tR"
    kind += b"(" + number(3) + text(b"|") + b"NNN" + number(-1) + number(-1) + number(0) + b"tb"
    sizes = b"(" + b"".join(map(number, shape)) + b"t"
    return made + b"(" + number(1) + sizes + kind + b"\x89" + text(values) + b"tb"


def batch(data, labels):
    """A dict of `data` and `labels`, as in data_batch_1."""
    listed = b"](" + b"".join(map(number, labels)) + b"e"
    return b"\x80\x02}(" + text(b"data") + data + text(b"labels") + listed + b"u."


PIXELS = bytes(range(256)) * 24


def test_two_images_by_hand():
    images, labels = read_batch(batch(array((2, 3072), PIXELS), [6, 9]), "file")
    np.testing.assert_array_equal(labels, [6, 9])
    np.testing.assert_array_equal(images, np.frombuffer(PIXELS, np.uint8).reshape(2, 3, 32, 32))
    assert (images.dtype, labels.dtype) == (np.uint8, np.int64)


def test_it_is_what_an_ordinary_unpickler_makes_of_it():
    content = batch(array((2, 3072), PIXELS), [6, 9])
    whole = pickle.loads(content, encoding="bytes")
    images, _ = read_batch(content, "file")
    np.testing.assert_array_equal(images.reshape(2, 3072), whole[b"data"])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"cposix\nsystem\n(S'true'\ntR.", "it names posix.system"),
        (b"cbuiltins\neval\n(S'1'\ntR.", "it names builtins.eval"),
        (b"cnumpy\nload\n.", "it names numpy.load"),
        (b"\x80\x04\x8c\x02os\x8c\x06system\x93.", "it names os.system"),
    ],
)
def test_a_pickle_that_names_anything_else_is_refused_before_it_runs(content, message):
    with pytest.raises(DataError) as caught:
        read_batch(content, "file")
    assert str(caught.value) == f"file: not a batch of CIFAR-10's Python version: {message}"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no pickle",
        pickle.dumps([1, 2]),
        pickle.dumps({}),
        batch(number(1), [6, 9]),
        batch(array((2, 3072), PIXELS[:-1]), [6, 9]),
        batch(array((10**9, 3072), PIXELS), [6, 9]),
        batch(array((2, 3071), PIXELS), [6, 9]),
        batch(array((2, 3072), PIXELS, b"i1"), [6, 9]),
        batch(array((2, 3072), PIXELS), [6]),
    ],
)
def test_a_pickle_that_holds_something_else_is_refused(content):
    with pytest.raises(DataError, match="file: not a batch of CIFAR-10's Python version"):
        read_batch(content, "file")


def test_cut_short_anywhere_it_is_refused():
    content = batch(array((1, 3072), bytes(3072)), [6])
    for length in [*range(250), *range(len(content) - 30, len(content))]:
        with pytest.raises(DataError):
            read_batch(content[:length], "file")
