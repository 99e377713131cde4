import gzip

import numpy as np
import pytest

from tuiconv.data.dataset import DataError
from tuiconv.data.idx import parse_idx
from tuiconv.data.unpack import read_bytes


def test_two_rows_of_three_bytes_by_hand():
    content = b"\0\0\x08\x02" + b"\0\0\0\x02" + b"\0\0\0\x03" + bytes([1, 2, 3, 4, 5, 255])
    array = parse_idx(content, "file")
    np.testing.assert_array_equal(array, [[1, 2, 3], [4, 5, 255]])
    assert array.dtype == np.uint8


@pytest.mark.parametrize(
    ("code", "values", "dtype", "expected"),
    [
        (0x08, b"\x01\xff", np.uint8, [1, 255]),
        (0x09, b"\x01\xff", np.int8, [1, -1]),
        (0x0B, b"\x01\x00\xff\xfe", np.int16, [256, -2]),
        (0x0C, b"\x00\x01\x00\x00\xff\xff\xff\xfe", np.int32, [65536, -2]),
        (0x0D, b"\x3f\x80\x00\x00\xc0\x00\x00\x00", np.float32, [1, -2]),
        (0x0E, b"\x3f\xf0" + bytes(6) + b"\xc0\x00" + bytes(6), np.float64, [1, -2]),
    ],
)
def test_every_type_is_read_highest_byte_first(idx, code, values, dtype, expected):
    array = parse_idx(idx(code, (2,), values), "file")
    np.testing.assert_array_equal(array, expected)
    assert array.dtype == dtype
    assert array.dtype.isnative


def test_no_images_are_an_empty_array(idx):
    assert parse_idx(idx(0x08, (0, 28, 28), b""), "file").shape == (0, 28, 28)


@pytest.mark.parametrize("name", ["digits", "digits.gz"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "packed"])
def test_a_file_is_unpacked_by_what_is_in_it_not_by_its_name(tmp_path, idx, name, pack):
    content = idx(0x08, (2,), b"\x01\x02")
    (tmp_path / name).write_bytes(pack(content))
    assert read_bytes(tmp_path / name) == content


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "packed"])
def test_cut_short_anywhere_it_is_refused(tmp_path, idx, pack):
    whole = pack(idx(0x0B, (2, 3), bytes(range(12))))
    path = tmp_path / "digits"
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(DataError, match=str(path)):
            parse_idx(read_bytes(path), str(path))
    path.write_bytes(whole)
    assert parse_idx(read_bytes(path), str(path)).shape == (2, 3)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "file: not an IDX file: it starts with nothing"),
        (b"\0\0\x08", "file: not an IDX file: it starts with 00 00 08"),
        (b"\0\0\x0a\x01\0\0\0\0", "file: not an IDX file: it starts with 00 00 0a 01"),
        (b"\x08\0\0\x01\0\0\0\0", "file: not an IDX file: it starts with 08 00 00 01"),
        (b"<html>", "file: not an IDX file: it starts with 3c 68 74 6d"),
        (b"\0\0\x08\x02\0\0\0\x01\0", "file: cut short inside its header, after 9 bytes"),
        (
            b"\0\0\x0b\x02\0\0\0\x02\0\0\0\x03" + bytes(11),
            "file: cut short: its header promises 2×3 values in 12 bytes, but 11 bytes follow",
        ),
        (
            b"\0\0\x0b\x02\0\0\0\x02\0\0\0\x03" + bytes(13),
            "file: too long: its header promises 2×3 values in 12 bytes, but 13 bytes follow",
        ),
    ],
)
def test_what_is_not_idx_is_refused_with_its_first_bytes_or_its_sizes(content, message):
    with pytest.raises(DataError) as caught:
        parse_idx(content, "file")
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("shape", "values"),
    [((1,) * 65, b"x"), ((0, 2**32 - 1, 2**32 - 1, 2**32 - 1), b"")],
    ids=["65 dimensions", "nothing times a great deal"],
)
def test_sizes_that_no_array_can_have_are_refused(idx, shape, values):
    with pytest.raises(DataError):
        parse_idx(idx(0x08, shape, values), "file")


def test_a_great_promise_costs_no_memory(idx):
    with pytest.raises(DataError, match="cut short: its header promises 4294967295×4294967295"):
        parse_idx(idx(0x08, (2**32 - 1,) * 2, b"few"), "file")


@pytest.mark.parametrize(
    "content",
    [
        b"\x1f\x8b",
        b"\x1f\x8bgarbage, but long enough for a header",
        gzip.compress(b"content")[:-8] + bytes(4) + gzip.compress(b"content")[-4:],
        gzip.compress(b"content")[:-1] + b"\x7f",
        gzip.compress(b"content") + b"more",
    ],
    ids=["only its mark", "no stream", "other checksum", "other length", "a tail"],
)
def test_a_damaged_gzip_file_is_refused(tmp_path, content):
    path = tmp_path / "digits.gz"
    path.write_bytes(content)
    with pytest.raises(DataError, match="damaged or cut short: not a whole gzip file"):
        read_bytes(path)


def test_a_file_that_cannot_be_read_is_refused_with_the_reason(tmp_path):
    with pytest.raises(DataError, match="cannot be read: No such file or directory"):
        read_bytes(tmp_path / "missing")
    with pytest.raises(DataError, match="cannot be read: Is a directory"):
        read_bytes(tmp_path)
