import gzip
import io
import tarfile
import tracemalloc

import pytest

from tuiconv.data.dataset import DataError
from tuiconv.data.unpack import MOST_STREAMS, read_bytes, read_members


def tar_bytes(files):
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return file.getvalue()


@pytest.fixture
def archive(tmp_path):
    """Writes a .tar.gz with these bytes in it."""

    def write(content):
        (tmp_path / "set.tar.gz").write_bytes(gzip.compress(content))
        return tmp_path / "set.tar.gz"

    return write


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "packed"])
def test_a_file_may_hold_as_many_bytes_as_allowed_and_no_more(tmp_path, pack):
    path = tmp_path / "file"
    path.write_bytes(pack(bytes(100)))
    assert read_bytes(path, 100) == bytes(100)
    with pytest.raises(DataError) as caught:
        read_bytes(path, 99)
    assert (
        str(caught.value) == f"{path}: holds more than 99 bytes; expected at most so many, unpacked"
    )


def test_what_is_refused_by_size_is_never_unpacked_whole(tmp_path):
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(bytes(40_000_000), 1))
    tracemalloc.start()
    with pytest.raises(DataError, match="holds more than 1,000 bytes"):
        read_bytes(path, 1000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4_000_000


def test_a_row_of_streams_is_one_file(tmp_path):
    path = tmp_path / "row.gz"
    path.write_bytes(gzip.compress(b"one") + gzip.compress(b"") + gzip.compress(b"two"))
    assert read_bytes(path) == b"onetwo"


def test_an_endless_row_of_empty_streams_is_refused(tmp_path):
    path = tmp_path / "row.gz"
    path.write_bytes(gzip.compress(b"") * MOST_STREAMS)
    assert read_bytes(path) == b""
    path.write_bytes(gzip.compress(b"") * (MOST_STREAMS + 1))
    with pytest.raises(DataError, match="it holds more than 1,000 streams"):
        read_bytes(path)


def test_the_members_of_an_archive_come_in_its_order(archive):
    path = archive(tar_bytes({"b/2": b"two", "b/1": b"one", "empty": b""}))
    assert list(read_members(path, 20_000)) == [("b/2", b"two"), ("b/1", b"one"), ("empty", b"")]


def test_folders_links_and_devices_are_passed_over(archive):
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as made:
        for kind in (tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE):
            member = tarfile.TarInfo("entry")
            member.type = kind
            made.addfile(member)
    assert list(read_members(archive(file.getvalue()), 20_000)) == []


def test_an_archive_is_refused_by_what_all_of_it_unpacks_to(archive):
    path = archive(tar_bytes({"small": b"few", "great": bytes(1_000_000)}))
    with pytest.raises(DataError, match="holds more than 500,000 bytes"):
        list(read_members(path, 500_000))


def test_a_member_that_claims_more_than_there_is_is_refused(archive):
    header = tarfile.TarInfo("huge")
    header.size = 2**40
    path = archive(header.tobuf() + b"few bytes")
    with pytest.raises(DataError, match="damaged or cut short"):
        list(read_members(path, 20_000))


@pytest.mark.parametrize(
    "content",
    [b"", b"no gzip", gzip.compress(b"no tar" * 200), gzip.compress(tar_bytes({"a": b"a"}))[:-9]],
    ids=["empty", "no gzip", "no tar", "cut short"],
)
def test_a_damaged_archive_is_refused(tmp_path, content):
    path = tmp_path / "set.tar.gz"
    path.write_bytes(content)
    with pytest.raises(DataError, match="damaged or cut short: not a whole"):
        list(read_members(path, 100_000))


def extended(kind, content):
    """An extended header, which says something about the member that follows it."""
    member = tarfile.TarInfo("header")
    member.type, member.size = kind, len(content)
    return member.tobuf() + content.ljust(512, b"\0")


@pytest.mark.parametrize(
    "headers",
    [
        extended(tarfile.GNUTYPE_LONGNAME, b"name\0") * 2000,
        extended(tarfile.XHDTYPE, b"13 path=abcd\n") * 2000,
        extended(tarfile.XHDTYPE, b"99999999999999999999 path=a\n"),
    ],
    ids=["a name for a name for a name", "a header for a header", "a length beyond all numbers"],
)
def test_an_archive_with_hostile_headers_is_refused(archive, headers):
    path = archive(headers + tar_bytes({"a": b"a"}))
    with pytest.raises(DataError, match="damaged or cut short: not a whole"):
        list(read_members(path, 10_000_000))


def test_an_archive_that_cannot_be_read_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"cannot be read: No such file or directory$"):
        list(read_members(tmp_path / "missing", 1000))
