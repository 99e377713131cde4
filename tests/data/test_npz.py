import io
import struct
import tracemalloc
import zipfile

import numpy as np
import pytest

from tuiconv.data import npz
from tuiconv.data.dataset import DataError
from tuiconv.data.npz import read_npz

IMAGES = np.random.default_rng(0).integers(0, 256, (12, 6, 5), np.uint8)
LABELS = np.arange(12) % 2


@pytest.fixture
def write(tmp_path):
    """Saves arrays and returns the path."""

    def save(**arrays):
        np.savez(tmp_path / "set.npz", **arrays)
        return tmp_path / "set.npz"

    return save


def test_images_and_labels_are_read_and_every_sixth_of_a_class_is_held_out(write):
    train, test = read_npz(write(images=IMAGES, labels=LABELS))
    np.testing.assert_array_equal(test.images, IMAGES[[10, 11], None])
    np.testing.assert_array_equal(train.images, IMAGES[:10, None])
    assert train.class_names == ("0", "1")
    assert train.images.dtype == np.uint8


def test_a_test_part_of_its_own_is_kept(write):
    path = write(x_train=IMAGES, y_train=LABELS, x_test=IMAGES[:1], y_test=LABELS[:1])
    train, test = read_npz(path)
    assert (len(train), len(test)) == (12, 1)
    assert (train.name, test.name) == ("set.npz: training images", "set.npz: test images")


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ((12, 6, 5), (1, 6, 5)),
        ((12, 6, 5, 1), (1, 6, 5)),
        ((12, 6, 5, 3), (3, 6, 5)),
        ((12, 1, 6, 5), (1, 6, 5)),
        ((12, 3, 6, 5), (3, 6, 5)),
    ],
)
def test_channels_come_first_whichever_way_they_are_stored(write, shape, expected):
    images = np.random.default_rng(1).integers(0, 256, shape, np.uint8)
    train, _ = read_npz(write(images=images, labels=LABELS[:, None].astype(np.uint8)))
    assert train.images.shape[1:] == expected
    last = images[0] if len(shape) == 4 else images[0, ..., None]
    if shape[1:] != expected:
        last = last.transpose(2, 0, 1)
    np.testing.assert_array_equal(train.images[0], last)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"images": IMAGES}, "labels missing; expected images, labels or x_train"),
        ({"x_train": IMAGES, "y_train": LABELS}, "x_test, y_test missing"),
        ({"images": IMAGES / 255, "labels": LABELS}, "images: float64 (12, 6, 5); expected uint8"),
        ({"images": IMAGES[:, 0], "labels": LABELS}, "images: uint8 (12, 5); expected uint8"),
        ({"images": IMAGES[:, :0], "labels": LABELS}, "images: uint8 (12, 0, 5); expected uint8"),
        ({"images": IMAGES, "labels": LABELS / 1}, "labels: float64 (12,); expected whole numbers"),
        ({"images": IMAGES, "labels": LABELS[None]}, "labels: int64 (1, 12); expected whole"),
        ({"images": IMAGES, "labels": LABELS - 1}, "labels: label -1; expected 0 to 999"),
        ({"images": IMAGES, "labels": LABELS + 10**9}, "label 1000000000; expected 0 to 999"),
        ({"images": IMAGES, "labels": LABELS[:5]}, "12 images but 5 labels"),
        ({"images": IMAGES, "labels": LABELS * 0}, "a single class (0); expected two or more"),
        ({"images": IMAGES[:0], "labels": LABELS[:0]}, "no training images"),
        ({"images": IMAGES * 0, "labels": LABELS}, "pixels are equal"),
        (
            {"x_train": IMAGES, "y_train": LABELS, "x_test": IMAGES, "y_test": LABELS + 1},
            "test images: label 2; expected 0 to 1",
        ),
        ({"images": np.array([{}]), "labels": LABELS}, "images: object (1,)"),
    ],
)
def test_arrays_that_are_no_data_set_are_refused(write, arrays, message):
    path = write(**arrays)
    with pytest.raises(DataError) as caught:
        read_npz(path)
    assert message in str(caught.value)
    assert "set.npz" in str(caught.value) or "pixels" in message


def test_cut_short_anywhere_it_is_refused(write):
    path = write(images=IMAGES, labels=LABELS)
    content = path.read_bytes()
    for length in range(0, len(content), 7):
        path.write_bytes(content[:length])
        with pytest.raises(DataError, match="not a whole"):
            read_npz(path)


def test_a_changed_byte_is_noticed_by_the_archives_checksum(write):
    path = write(images=IMAGES, labels=LABELS)
    content = bytearray(path.read_bytes())
    content[300] ^= 1
    path.write_bytes(content)
    with pytest.raises(DataError, match="Bad CRC-32"):
        read_npz(path)


def header(shape):
    file = io.BytesIO()
    described = {"descr": "|u1", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, described)
    return file.getvalue()


@pytest.mark.parametrize("shape", [(2**40, 28, 28), (10**30,), (1, 28, 28)])
def test_a_header_that_promises_another_size_than_is_stored_costs_no_memory(tmp_path, shape):
    path = tmp_path / "hostile.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("images.npy", header(shape) + b"few bytes")
        archive.writestr("labels.npy", header((1,)) + b"\0")
    with pytest.raises(DataError, match="in 9 bytes; expected numbers"):
        read_npz(path)


def test_an_array_that_unpacks_to_gigabytes_is_refused_by_size(tmp_path, monkeypatch):
    monkeypatch.setattr(npz, "MOST_BYTES", 100_000)
    path = tmp_path / "bomb.npz"
    np.savez_compressed(path, images=np.zeros((1000, 28, 28), np.uint8), labels=np.zeros(1000, int))
    with pytest.raises(DataError, match="in 784,000 bytes of at most 100,000"):
        read_npz(path)


def test_a_header_that_unpacks_to_gigabytes_is_not_unpacked(tmp_path):
    path = tmp_path / "bomb.npz"
    long = 50_000_000
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("images.npy", b"\x93NUMPY\2\0" + struct.pack("<I", long) + b" " * long)
        archive.writestr("labels.npy", header((1,)) + b"\0")
    tracemalloc.start()
    with pytest.raises(DataError, match=r"not a whole \.npz file"):
        read_npz(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2_000_000


def test_an_array_that_unpacks_to_more_than_the_archive_says_is_refused(tmp_path):
    path = tmp_path / "bomb.npz"
    np.savez_compressed(path, images=np.zeros((12, 1000, 1000), np.uint8), labels=LABELS)
    size = struct.pack("<I", 12_000_000 + 128)
    small = struct.pack("<I", 12 + 128)
    content = path.read_bytes()
    assert content.count(size) == 2
    path.write_bytes(content.replace(size, small))
    with pytest.raises(DataError):
        read_npz(path)


@pytest.mark.parametrize("packing", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_packings_that_numpy_does_not_write_are_refused(tmp_path, packing):
    path = tmp_path / "other.npz"
    with zipfile.ZipFile(path, "w", packing) as archive:
        archive.writestr("images.npy", b"anything")
        archive.writestr("labels.npy", b"anything")
    with pytest.raises(DataError, match="images: packed in another way than NumPy's"):
        read_npz(path)


@pytest.mark.parametrize(
    "text",
    [
        b"{'descr': (",
        b"{'descr': '|u1', 'fortran_order': False, 'shape': (-1, -1)}",
        b"__import__('os').abort()",
        b"(" * 5000,
    ],
)
def test_a_damaged_header_is_refused_and_never_run(tmp_path, text):
    path = tmp_path / "damaged.npz"
    with zipfile.ZipFile(path, "w") as archive:
        head = b"\x93NUMPY\1\0" + struct.pack("<H", len(text)) + text
        archive.writestr("images.npy", head + b"x")
        archive.writestr("labels.npy", header((1,)) + b"\0")
    with pytest.raises(DataError, match=r"not a whole \.npz file"):
        read_npz(path)


def test_a_file_that_may_not_be_read_is_no_damaged_one(write, monkeypatch):
    path = write(images=IMAGES, labels=LABELS)

    def forbidden(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(zipfile, "ZipFile", forbidden)
    with pytest.raises(DataError) as caught:
        read_npz(path)
    assert str(caught.value) == f"{path}: cannot be read: Permission denied"
