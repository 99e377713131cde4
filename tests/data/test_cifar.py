import io
import pickle
import tarfile
from hashlib import md5

import numpy as np
import pytest
from PIL import Image

from tuiconv.data import cifar
from tuiconv.data.catalog import OBJECTS
from tuiconv.data.cifar import CHECKSUMS, FORMS, parse_binary, parse_python, read_cifar10
from tuiconv.data.dataset import DataError, statistics

BATCH = 20


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(cifar, "BATCH", BATCH)


@pytest.fixture
def records():
    """Six files of the binary version: label and pixels of 20 images each, by file name."""
    rng = np.random.default_rng(4)
    files = {}
    for name in FORMS[0].files:
        made = rng.integers(0, 256, (BATCH, 3073), np.uint8)
        made[:, 0] = np.arange(BATCH) % 10
        files[name] = made
    return files


def write_archive(path, folder, files):
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(f"{folder}/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))


def check(splits, records):
    """Whether the splits hold the records, in order."""
    *batches, tested = records.values()
    for part, expected in zip(splits, (np.concatenate(batches), tested), strict=True):
        np.testing.assert_array_equal(part.labels, expected[:, 0])
        np.testing.assert_array_equal(part.images.reshape(-1, 3072), expected[:, 1:])
        assert part.images.dtype == np.uint8
        assert part.class_names == OBJECTS
        assert part.preprocessing == statistics(splits.train.images)


def test_a_record_is_a_label_then_rows_of_red_of_green_and_of_blue():
    record = np.zeros((BATCH, 3073), np.uint8)
    record[2, [0, 1 + 1024 + 5 * 32 + 7]] = (8, 200)
    images, labels = parse_binary(record.tobytes(), "file")
    assert labels[2] == 8
    assert images[2, 1, 5, 7] == 200
    assert images.sum(dtype=int) == 200


@pytest.mark.parametrize("inside", ["", "cifar-10-batches-bin"])
def test_the_binary_version_is_read_from_its_files(tmp_path, records, inside):
    (tmp_path / inside).mkdir(exist_ok=True)
    for name, made in records.items():
        (tmp_path / inside / name).write_bytes(made.tobytes())
    check(read_cifar10(tmp_path), records)


def test_the_binary_version_is_read_from_its_archive_in_any_order(tmp_path, records):
    files = {name: records[name].tobytes() for name in reversed(records)}
    files["readme.html"] = b"<html>"
    write_archive(tmp_path / "cifar-10-binary.tar.gz", "cifar-10-batches-bin", files)
    check(read_cifar10(tmp_path), records)


@pytest.fixture
def python_files(records, monkeypatch):
    """The six files of the Python version, with checksums that fit and an honest unpickler."""
    files = {}
    for name, made in zip(FORMS[1].files, records.values(), strict=True):
        files[name] = made.tobytes()
        monkeypatch.setitem(CHECKSUMS, name, md5(files[name]).hexdigest())

    def read_batch(content, name):
        made = np.frombuffer(content, np.uint8).reshape(-1, 3073)
        return made[:, 1:].reshape(-1, 3, 32, 32), made[:, 0].astype(np.int64)

    monkeypatch.setattr(cifar, "read_batch", read_batch)
    return files


def test_the_python_version_is_read_from_its_files_or_its_archive(tmp_path, python_files, records):
    (tmp_path / "cifar-10-batches-py").mkdir()
    for name, content in python_files.items():
        (tmp_path / "cifar-10-batches-py" / name).write_bytes(content)
    check(read_cifar10(tmp_path), records)
    other = tmp_path / "packed"
    other.mkdir()
    write_archive(other / "cifar-10-python.tar.gz", "cifar-10-batches-py", python_files)
    check(read_cifar10(other), records)


def test_a_pickle_with_another_checksum_is_not_even_opened(monkeypatch):
    monkeypatch.setattr(cifar, "read_batch", lambda *_: pytest.fail("opened"))
    with pytest.raises(DataError, match=r"folder/test_batch: not CIFAR-10's: MD5 \w{32}; expected"):
        parse_python(pickle.dumps({}), "folder/test_batch")


@pytest.mark.parametrize("length", [0, 3073, BATCH * 3073 - 1, BATCH * 3073 + 1])
def test_a_file_of_another_size_is_refused(length):
    with pytest.raises(DataError) as caught:
        parse_binary(bytes(length), "file")
    assert str(caught.value) == (
        f"file: {length:,} bytes; expected 20 records of 3,073 bytes = 61,460"
    )


def test_a_label_above_nine_is_refused(tmp_path, records):
    records["data_batch_3.bin"][5, 0] = 10
    for name, made in records.items():
        (tmp_path / name).write_bytes(made.tobytes())
    with pytest.raises(DataError, match="cifar10 training images: label 10; expected 0 to 9"):
        read_cifar10(tmp_path)


def test_missing_files_are_named(tmp_path, records):
    for name in ("data_batch_1.bin", "data_batch_2.bin", "data_batch_4.bin", "data_batch_5.bin"):
        (tmp_path / name).write_bytes(records[name].tobytes())
    with pytest.raises(DataError) as caught:
        read_cifar10(tmp_path)
    assert str(caught.value) == f"{tmp_path}: data_batch_3.bin, test_batch.bin missing"


def test_an_archive_that_unpacks_to_more_than_cifar10_is_refused_by_size(
    tmp_path, records, monkeypatch
):
    monkeypatch.setattr(cifar, "LARGEST_ARCHIVE", 100_000)
    files = {name: made.tobytes() for name, made in records.items()}
    write_archive(tmp_path / "cifar-10-binary.tar.gz", "cifar-10-batches-bin", files)
    with pytest.raises(DataError, match="holds more than 100,000 bytes"):
        read_cifar10(tmp_path)


def test_an_empty_folder_gets_the_list_of_what_may_be_in_it(tmp_path):
    with pytest.raises(DataError) as caught:
        read_cifar10(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path}: no CIFAR-10 in it; expected cifar-10-batches-bin/, cifar-10-binary.tar.gz,"
        " cifar-10-batches-py/, cifar-10-python.tar.gz, cifar10-jpeg.tar.gz or train/ and test/"
        "; `tuiconv data get cifar10` fetches it"
    )


def test_pictures_are_read_from_their_archive_or_their_folders(tmp_path):
    rng = np.random.default_rng(1)
    pixels = {
        f"{part}/{name}/0.png": rng.integers(0, 256, (32, 32, 3), np.uint8)
        for part in ("train", "test")
        for name in ("cat", "airplane")
    }
    contents = {}
    for path, values in pixels.items():
        file = io.BytesIO()
        Image.fromarray(values).save(file, "PNG")
        contents[path] = file.getvalue()
        (tmp_path / "unpacked" / path).parent.mkdir(parents=True)
        (tmp_path / "unpacked" / path).write_bytes(contents[path])
    write_archive(tmp_path / "cifar10-jpeg.tar.gz", ".", contents)
    for splits in (read_cifar10(tmp_path), read_cifar10(tmp_path / "unpacked")):
        assert splits.train.class_names == ("airplane", "cat")
        np.testing.assert_array_equal(splits.test.labels, [0, 1])
        np.testing.assert_array_equal(
            splits.train.images.transpose(0, 2, 3, 1),
            [pixels["train/airplane/0.png"], pixels["train/cat/0.png"]],
        )
