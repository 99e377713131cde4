import gzip

import numpy as np
import pytest

from tuiconv.data.catalog import CATALOG
from tuiconv.data.dataset import DataError, statistics
from tuiconv.data.mnist import CHECKSUMS, pad_to_32, read_lookalike, read_mnist


def test_digits_get_two_rows_and_columns_of_background_on_every_side():
    padded = pad_to_32(np.full((3, 28, 28), 7, np.uint8))
    assert padded.shape == (3, 1, 32, 32)
    assert padded.dtype == np.uint8
    np.testing.assert_array_equal(padded[:, :, 2:30, 2:30], 7)
    assert padded.sum(dtype=int) == 3 * 7 * 28 * 28


def test_both_parts_are_read(small_mnist):
    train, test = read_mnist(small_mnist)
    assert (train.name, test.name) == ("mnist training digits", "mnist test digits")
    assert train.images.shape == (6, 1, 32, 32)
    assert test.images.shape == (2, 1, 32, 32)
    np.testing.assert_array_equal(train.labels, range(6))
    assert train.labels.dtype == np.int64
    # the pixel at row 3 and column 10 of image 5, padding off
    assert train.images[5, 0, 2 + 3, 2 + 10] == 5 + 3 + 10


def test_unpacked_files_will_do(small_mnist):
    for path in list(small_mnist.iterdir()):
        path.with_suffix("").write_bytes(gzip.decompress(path.read_bytes()))
        path.unlink()
    assert len(read_mnist(small_mnist).train) == 6


@pytest.mark.parametrize("name", CHECKSUMS)
def test_a_missing_file_is_named(small_mnist, name):
    (small_mnist / f"{name}.gz").unlink()
    with pytest.raises(DataError) as caught:
        read_mnist(small_mnist)
    assert str(caught.value) == (
        f"{small_mnist}: {name} (or {name}.gz) is missing; `tuiconv data get mnist` fetches it"
    )


@pytest.mark.parametrize("name", CHECKSUMS)
def test_a_file_with_other_contents_is_refused_by_its_checksum(small_mnist, name):
    path = small_mnist / f"{name}.gz"
    content = bytearray(gzip.decompress(path.read_bytes()))
    content[-1] ^= 1
    path.write_bytes(gzip.compress(content))
    with pytest.raises(DataError, match=rf"not MNIST's {name}: MD5 \w{{32}}; expected \w{{32}}"):
        read_mnist(small_mnist)


def test_every_image_needs_a_label(small_mnist, idx):
    path = small_mnist / "train-labels-idx1-ubyte.gz"
    path.write_bytes(gzip.compress(idx(0x08, (5,), bytes(5))))
    with pytest.raises(DataError, match="mnist training digits: 6 images but 5 labels"):
        read_mnist(small_mnist)


def test_labels_above_nine_are_refused(small_mnist, idx):
    path = small_mnist / "train-labels-idx1-ubyte.gz"
    path.write_bytes(gzip.compress(idx(0x08, (6,), bytes([0, 1, 2, 3, 4, 10]))))
    with pytest.raises(DataError, match="label 10; expected 0 to 9"):
        read_mnist(small_mnist)


@pytest.mark.parametrize(
    ("name", "code", "shape", "message"),
    [
        ("train-images-idx3-ubyte", 0x08, (6, 32, 32), r"\(6, 32, 32\) uint8; expected n×28×28"),
        ("train-images-idx3-ubyte", 0x08, (6, 784), r"\(6, 784\) uint8; expected n×28×28 bytes"),
        ("train-images-idx3-ubyte", 0x09, (6, 28, 28), r"int8; expected n×28×28 bytes"),
        ("train-labels-idx1-ubyte", 0x08, (6, 1), r"\(6, 1\) uint8; expected n bytes"),
        ("train-labels-idx1-ubyte", 0x09, (6,), r"\(6,\) int8; expected n bytes"),
    ],
)
def test_files_of_other_shapes_or_types_are_refused(small_mnist, idx, name, code, shape, message):
    path = small_mnist / f"{name}.gz"
    path.write_bytes(gzip.compress(idx(code, shape, bytes(np.prod(shape)))))
    with pytest.raises(DataError, match=message):
        read_mnist(small_mnist)


def test_a_lookalike_has_class_names_and_statistics_of_its_own(small_mnist):
    train, test = read_lookalike(small_mnist, CATALOG["fashion-mnist"])
    assert train.class_names[9] == "ankle boot"
    # what is padded is no part of the statistics
    assert train.preprocessing == statistics(train.images[:, :, 2:30, 2:30])
    assert test.preprocessing == train.preprocessing


def test_a_lookalike_is_known_by_its_format_alone(small_mnist):
    path = small_mnist / "t10k-images-idx3-ubyte.gz"
    content = bytearray(gzip.decompress(path.read_bytes()))
    content[-1] ^= 1
    path.write_bytes(gzip.compress(content))
    assert len(read_lookalike(small_mnist, CATALOG["kmnist"]).test) == 2
    path.write_bytes(gzip.compress(content[:-1]))
    with pytest.raises(DataError, match="cut short: its header promises 2×28×28"):
        read_lookalike(small_mnist, CATALOG["kmnist"])


def test_a_gzip_file_that_unpacks_to_gigabytes_is_refused_by_size(small_mnist):
    path = small_mnist / "train-images-idx3-ubyte.gz"
    path.write_bytes(gzip.compress(bytes(50_000_000), 1))
    with pytest.raises(DataError, match=r"holds more than 47,040,016 bytes"):
        read_mnist(small_mnist)


@pytest.mark.mnist
def test_mnist_has_60000_and_10000_digits_of_every_class(mnist):
    train, test = mnist
    assert train.images.shape == (60_000, 1, 32, 32)
    assert test.images.shape == (10_000, 1, 32, 32)
    np.testing.assert_array_equal(
        np.bincount(train.labels), [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    )
    np.testing.assert_array_equal(
        np.bincount(test.labels), [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    )


@pytest.mark.mnist
def test_mnists_training_pixels_have_the_mean_and_deviation_that_preprocessing_uses(mnist):
    counts = np.bincount(mnist.train.images[:, :, 2:30, 2:30].ravel(), minlength=256)
    values, shares = np.arange(256) / 255, counts / counts.sum()
    mean = shares @ values
    deviation = np.sqrt(shares @ (values - mean) ** 2)
    assert round(mean, 4) == mnist.train.preprocessing.mean == 0.1307
    assert round(deviation, 4) == mnist.train.preprocessing.std == 0.3081
