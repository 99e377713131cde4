"""Downloads from a server on this machine that behaves badly in every way that is asked of it."""

import errno
import gzip
import io
import threading
from collections import defaultdict
from hashlib import md5
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tuiconv.data import cifar, download, part
from tuiconv.data.dataset import DataError
from tuiconv.data.download import Outcome, fetch
from tuiconv.data.sources import SOURCES, Source

CONTENT = gzip.compress(bytes(range(256)) * 40, mtime=0) + bytes(100_000)
"""A packed file that does not fit into one piece; gzip allows zeros behind the packed part."""
OTHER = bytes(len(CONTENT))
HALF = 5 * download.CHUNK


def checksum(content):
    return md5(content).hexdigest()


class Handler(BaseHTTPRequestHandler):
    """Does what the test has laid down for an address: one answer after the other, then the last.

    An answer is a function of the handler.
    """

    def do_GET(self):
        self.server.asked.append((self.path, self.headers.get("Range")))
        self.server.headers.append(dict(self.headers))
        answers = self.server.answers[self.path]
        (answers.pop(0) if len(answers) > 1 else answers[0])(self)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers = defaultdict(lambda: [status(404)])
        self.asked, self.headers = [], []
        self.address = f"http://127.0.0.1:{self.server_port}"
        self.over = threading.Event()

    def handle_error(self, request, client_address):
        pass  # a client that hangs up


def send(handler, code, headers, body):
    handler.send_response(code)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


def status(code):
    return lambda handler: send(handler, code, {"Content-Length": 0}, b"")


def redirect(path):
    return lambda handler: send(handler, 302, {"Location": path, "Content-Length": 0}, b"")


def whole(content=CONTENT, **headers):
    """All of it, whatever was asked for."""
    return lambda handler: send(handler, 200, {"Content-Length": len(content), **headers}, content)


def ranged(content=CONTENT, tag=None):
    """What was asked for, if the file has not changed."""

    def answer(handler):
        asked, known = handler.headers.get("Range"), handler.headers.get("If-Range")
        headers = {} if tag is None else {"ETag": tag}
        if asked is None or (known is not None and known != tag):
            send(handler, 200, {"Content-Length": len(content), **headers}, content)
            return
        start = int(asked.removeprefix("bytes=").removesuffix("-"))
        if start >= len(content):
            status(416)(handler)
            return
        headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        rest = content[start:]
        send(handler, 206, {"Content-Length": len(rest), **headers}, rest)

    return answer


def broken(after=HALF, content=CONTENT, **headers):
    """Closes the connection too early."""
    headers = {"Content-Length": len(content), **headers}
    return lambda handler: send(handler, 200, headers, content[:after])


def stalling(after=HALF):
    """Sends a part and then nothing, until the test is over."""

    def answer(handler):
        broken(after)(handler)
        handler.server.over.wait(10)

    return answer


@pytest.fixture
def server(monkeypatch):
    """A server with the mirrors /a/ and /b/ of a data set `mnist` that has one file."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(download, "WAITS", (0, 0, 0))
    monkeypatch.setattr(download, "TIMEOUT", (5, 1))
    with Server() as made:
        mirrors = (f"{made.address}/a/", f"{made.address}/b/")
        monkeypatch.setitem(SOURCES, "mnist", Source(mirrors, {"x-ubyte.gz": checksum(CONTENT)}, 1))
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield made
        made.over.set()
        made.shutdown()
        thread.join()


class Seen:
    """What a download tells."""

    def __init__(self):
        self.steps, self.troubles = [], []

    def progress(self, file, done, total):
        self.steps.append((file, done, total))

    def trouble(self, file, mirror, text):
        self.troubles.append((mirror[-2], text))


@pytest.fixture
def get(server, tmp_path):
    """Fetches into data/mnist and returns the outcomes, what was told, and the folder."""
    folder = tmp_path / "data" / "mnist"

    def run():
        seen = Seen()
        return list(fetch("mnist", folder, seen)), seen

    run.folder = folder
    run.file = folder / "x-ubyte.gz"
    run.part = folder / "x-ubyte.gz.part"
    return run


@pytest.fixture
def refused(get):
    """Fetches in vain; returns the message, and sees to it that no file came of it."""

    def run():
        with pytest.raises(DataError) as caught:
            get()
        assert not get.file.exists()
        assert "\n" not in str(caught.value)
        return str(caught.value)

    return run


def files(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_fetched_from_the_first_mirror_into_a_new_folder(server, get):
    server.answers["/a/x-ubyte.gz"] = [whole()]
    outcomes, seen = get()
    assert outcomes == [Outcome("x-ubyte.gz", "fetched", f"{server.address}/a/")]
    assert get.file.read_bytes() == CONTENT
    assert files(get.folder) == ["x-ubyte.gz"]
    assert server.asked == [("/a/x-ubyte.gz", None)]
    assert seen.troubles == []
    assert seen.steps[0] == ("x-ubyte.gz", download.CHUNK, len(CONTENT))
    assert seen.steps[-1] == ("x-ubyte.gz", len(CONTENT), len(CONTENT))


def test_what_is_there_and_right_is_not_asked_for(server, get):
    get.folder.mkdir(parents=True)
    get.file.write_bytes(CONTENT)
    assert get()[0] == [Outcome("x-ubyte.gz", "there")]
    assert server.asked == []


@pytest.mark.parametrize("packed", [True, False])
def test_any_packing_is_right_where_the_checksum_is_that_of_the_unpacked_file(
    server, get, monkeypatch, packed
):
    unpacked = bytes(range(256)) * 40
    source = Source(SOURCES["mnist"].mirrors, {"x-ubyte.gz": checksum(unpacked)}, 1)
    monkeypatch.setitem(SOURCES, "mnist", source)
    sent = gzip.compress(unpacked, 1) if packed else unpacked
    server.answers["/a/x-ubyte.gz"] = [whole(sent)]
    get()
    assert get.file.read_bytes() == sent
    assert get()[0] == [Outcome("x-ubyte.gz", "there")]
    get.file.unlink()
    (get.folder / "x-ubyte").write_bytes(unpacked)
    assert get()[0] == [Outcome("x-ubyte", "there")]
    assert len(server.asked) == 1


@pytest.mark.parametrize("name", ["x-ubyte.gz", "x-ubyte"])
def test_what_is_there_and_damaged_is_replaced(server, get, name):
    server.answers["/a/x-ubyte.gz"] = [whole()]
    get.folder.mkdir(parents=True)
    (get.folder / name).write_bytes(CONTENT[:-1])
    assert get()[0] == [Outcome("x-ubyte.gz", "replaced", f"{server.address}/a/")]
    assert get.file.read_bytes() == CONTENT
    assert files(get.folder) == ["x-ubyte.gz"]


def test_what_is_there_and_damaged_stays_if_nothing_better_comes(server, get):
    get.folder.mkdir(parents=True)
    get.file.write_bytes(b"damaged")
    with pytest.raises(DataError):
        get()
    assert get.file.read_bytes() == b"damaged"


@pytest.mark.parametrize("answer", [status(404), status(403), whole(OTHER), whole(b"<html>")])
def test_the_second_mirror_takes_over_and_a_hopeless_one_is_asked_once(server, get, answer):
    server.answers["/a/x-ubyte.gz"] = [answer]
    server.answers["/b/x-ubyte.gz"] = [status(503), whole()]
    outcomes, seen = get()
    assert outcomes == [Outcome("x-ubyte.gz", "fetched", f"{server.address}/b/")]
    assert get.file.read_bytes() == CONTENT
    assert [path for path, _ in server.asked] == [f"/{m}/x-ubyte.gz" for m in "abb"]
    assert [mirror for mirror, _ in seen.troubles] == ["a", "b"]


@pytest.mark.parametrize("answer", [status(500), status(503), status(429), status(408)])
def test_a_mirror_in_passing_trouble_is_asked_again(server, get, answer):
    server.answers["/a/x-ubyte.gz"] = [answer, answer, whole()]
    assert get()[0][0].mirror == f"{server.address}/a/"


def test_what_a_server_says_of_its_trouble_is_not_repeated(server, get):
    def shouting(handler):
        handler.send_response(500, "\x1b[31mred")
        handler.end_headers()

    server.answers["/a/x-ubyte.gz"] = [shouting]
    server.answers["/b/x-ubyte.gz"] = [whole()]
    _, seen = get()
    assert seen.troubles == [("a", "answers 500 Internal Server Error")]


def test_a_redirection_is_followed(server, get):
    server.answers["/a/x-ubyte.gz"] = [redirect("/elsewhere")]
    server.answers["/elsewhere"] = [ranged()]
    get()
    assert get.file.read_bytes() == CONTENT


@pytest.mark.parametrize("trouble", [broken(), stalling()], ids=["closes", "stalls"])
def test_a_broken_download_goes_on_where_it_stopped(server, get, trouble):
    server.answers["/a/x-ubyte.gz"] = [trouble]
    server.answers["/b/x-ubyte.gz"] = [ranged()]
    outcomes, seen = get()
    assert outcomes == [Outcome("x-ubyte.gz", "fetched", f"{server.address}/b/")]
    assert get.file.read_bytes() == CONTENT
    assert server.asked == [("/a/x-ubyte.gz", None), ("/b/x-ubyte.gz", f"bytes={HALF}-")]
    assert seen.troubles == [("a", f"broke off after {HALF:,} of {len(CONTENT):,} bytes")]
    assert files(get.folder) == ["x-ubyte.gz"]


def test_the_next_command_goes_on_where_the_last_one_stopped(server, get, refused):
    server.answers["/a/x-ubyte.gz"] = [broken(), status(404)]
    message = refused()
    assert get.part.read_bytes() == CONTENT[:HALF]
    assert f"{server.address}/a/x-ubyte.gz answers 404 Not Found" in message
    server.answers["/a/x-ubyte.gz"] = [ranged()]
    get()
    assert get.file.read_bytes() == CONTENT
    assert server.asked[-1] == ("/a/x-ubyte.gz", f"bytes={HALF}-")
    assert files(get.folder) == ["x-ubyte.gz"]


def test_a_part_that_was_whole_needs_no_server(server, get):
    get.folder.mkdir(parents=True)
    get.part.write_bytes(CONTENT)
    server.answers["/a/x-ubyte.gz"] = [ranged()]  # there is nothing behind the end: 416
    get()
    assert get.file.read_bytes() == CONTENT
    assert files(get.folder) == ["x-ubyte.gz"]


def test_a_server_that_knows_no_ranges_is_asked_for_all_of_it(server, get):
    server.answers["/a/x-ubyte.gz"] = [broken(), broken(HALF + 9), whole()]
    get()
    assert get.file.read_bytes() == CONTENT


def test_a_file_that_changed_in_between_is_not_glued_to_what_came_before(server, get):
    # The tag has changed: the server sends all of the new file.
    server.answers["/a/x-ubyte.gz"] = [
        broken(content=OTHER, ETag='"old"'),
        ranged(tag='"new"'),
    ]
    server.answers["/b/x-ubyte.gz"] = [status(503)]
    get()
    assert get.file.read_bytes() == CONTENT
    assert server.headers[-1]["If-Range"] == '"old"'
    assert len(server.asked) == 3


def test_nor_is_one_whose_length_changed(server, get):
    server.answers["/a/x-ubyte.gz"] = [broken(content=OTHER + b"more")]
    server.answers["/b/x-ubyte.gz"] = [ranged()]
    get()
    assert get.file.read_bytes() == CONTENT
    assert [asked for path, asked in server.asked if path[1] == "b"] == [f"bytes={HALF}-", None]


def test_what_was_glued_all_the_same_is_noticed_and_fetched_anew(server, get):
    get.folder.mkdir(parents=True)
    get.part.write_bytes(OTHER[:HALF])
    server.answers["/a/x-ubyte.gz"] = [ranged()]
    server.answers["/b/x-ubyte.gz"] = [status(404)]
    _, seen = get()
    assert get.file.read_bytes() == CONTENT
    assert [asked for path, asked in server.asked if path[1] == "a"] == [f"bytes={HALF}-", None]
    assert seen.troubles == []


@pytest.mark.parametrize("start", [0, HALF + 1])
def test_an_answer_with_another_range_than_was_asked_for_is_refused(server, get, start):
    def other(handler):
        sent = {"Content-Range": f"bytes {start}-{len(CONTENT) - 1}/{len(CONTENT)}"}
        send(handler, 206, {"Content-Length": len(CONTENT) - start, **sent}, CONTENT[start:])

    server.answers["/a/x-ubyte.gz"] = [broken(), other, whole()]
    get()
    assert get.file.read_bytes() == CONTENT


@pytest.mark.parametrize("length", [10, len(CONTENT) + 10, "many", "-1", "1, 2", ""])
def test_a_server_that_lies_about_the_length_gives_no_wrong_file(server, get, length):
    server.answers["/a/x-ubyte.gz"] = [whole(**{"Content-Length": length})]
    server.answers["/b/x-ubyte.gz"] = [whole()]
    get()
    assert get.file.read_bytes() == CONTENT


def test_what_a_server_gave_that_promised_more_is_completed_by_another(server, get):
    server.answers["/a/x-ubyte.gz"] = [broken(len(CONTENT), CONTENT + b"more")]
    server.answers["/b/x-ubyte.gz"] = [ranged()]
    get()
    assert get.file.read_bytes() == CONTENT


def test_without_a_length_a_file_is_fetched_too(server, get):
    server.answers["/a/x-ubyte.gz"] = [lambda handler: send(handler, 200, {}, CONTENT)]
    _, seen = get()
    assert get.file.read_bytes() == CONTENT
    assert seen.steps[-1] == ("x-ubyte.gz", len(CONTENT), None)


def test_a_file_whose_packing_is_called_an_encoding_stays_packed(server, get):
    server.answers["/a/x-ubyte.gz"] = [whole(**{"Content-Encoding": "gzip"})]
    get()
    assert get.file.read_bytes() == CONTENT


def test_a_server_that_does_not_stop_sending_is_left(server, get, monkeypatch):
    monkeypatch.setattr(part, "LARGEST", len(CONTENT))
    server.answers["/a/x-ubyte.gz"] = [whole(CONTENT + bytes(100_000))]
    server.answers["/b/x-ubyte.gz"] = [whole()]
    _, seen = get()
    assert get.file.read_bytes() == CONTENT
    assert seen.troubles == [("a", f"sends more than {len(CONTENT):,} bytes")]


def test_when_all_fails_one_line_has_every_mirror_and_what_to_do(server, get, refused):
    server.answers["/a/x-ubyte.gz"] = [status(404)]
    server.answers["/b/x-ubyte.gz"] = [whole(b"<html>")]
    a, b = (f"{server.address}/{mirror}/x-ubyte.gz" for mirror in "ab")
    assert refused() == (
        f"x-ubyte.gz could not be fetched: {a} answers 404 Not Found; {b} sends another file: MD5"
        f" {checksum(b'<html>')}; expected {checksum(CONTENT)}. Try again later, or put the file"
        f" into {get.folder} yourself"
    )
    assert len(server.asked) == 2
    assert files(get.folder) == []


def test_without_a_network_nothing_is_left_behind(server, get, refused, tmp_path, monkeypatch):
    closed = "http://127.0.0.1:1/"
    source = Source((closed, "http://nowhere.invalid/"), SOURCES["mnist"].files, 1)
    monkeypatch.setitem(SOURCES, "mnist", source)
    message = refused()
    assert "http://127.0.0.1:1/x-ubyte.gz cannot be reached ([Errno" in message
    assert "http://nowhere.invalid/x-ubyte.gz cannot be reached (Failed to resolve" in message
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_named_with_what_to_do(server, get):
    server.answers["/a/x-ubyte.gz"] = [whole()]
    get.folder.parent.parent.joinpath("data").write_bytes(b"a file")
    with pytest.raises(DataError) as caught:
        get()
    assert str(caught.value).startswith(f"{get.folder}: cannot be written: ")
    assert "name another folder with --data-dir" in str(caught.value)


def test_a_full_disk_is_told_and_what_came_is_kept(server, get, refused, monkeypatch):
    server.answers["/a/x-ubyte.gz"] = [whole()]

    class Full(io.FileIO):
        def write(self, content):
            if self.tell() >= download.CHUNK:
                raise OSError(errno.ENOSPC, "No space left on device")
            return super().write(content)

    monkeypatch.setattr(part, "open", Full, raising=False)
    assert refused() == (
        f"{get.part}: cannot be written: No space left on device; make room for it, or name"
        " another folder with --data-dir"
    )
    assert get.part.read_bytes() == CONTENT[: download.CHUNK]


def test_a_part_that_another_program_takes_away_is_made_anew(tmp_path):
    path = tmp_path / "x-ubyte.gz"
    with part.Part(path, Seen()) as first:
        first.write(b"one")
        first.path.unlink()
        with part.Part(path, Seen()) as second:
            second.write(b"two")
            assert first.content() == b"one"
        assert second.path.read_bytes() == b"two"


def test_a_file_that_cannot_be_read_is_named(server, get):
    get.file.mkdir(parents=True)
    with pytest.raises(DataError, match=r"x-ubyte\.gz: cannot be read: Is a directory"):
        get()


@pytest.mark.parametrize("knows_ranges", [True, False])
def test_two_downloads_at_once_give_both_the_right_file(server, get, knows_ranges):
    gate = threading.Barrier(2)

    def together(handler):
        """Both are given the first half, wait for each other, and then get the rest."""
        broken(HALF)(handler)
        gate.wait(5)
        if not knows_ranges:
            handler.wfile.write(CONTENT[HALF:])

    server.answers["/a/x-ubyte.gz"] = [together]
    server.answers["/b/x-ubyte.gz"] = [ranged()]
    results = []
    threads = [threading.Thread(target=lambda: results.append(get())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [outcomes[0].status for outcomes, _ in results] == ["fetched", "fetched"]
    assert get.file.read_bytes() == CONTENT
    assert files(get.folder) == ["x-ubyte.gz"]


@pytest.fixture
def batches(server, tmp_path, monkeypatch):
    """The folder of CIFAR-10's binary version with two images a file, and a mirror's archive."""
    monkeypatch.setattr(cifar, "BATCH", 2)
    files = {"cifar-10-python.tar.gz": checksum(CONTENT)}
    monkeypatch.setitem(SOURCES, "cifar10", Source(SOURCES["mnist"].mirrors, files, 1))
    server.answers["/a/cifar-10-python.tar.gz"] = [whole()]
    folder = tmp_path / "cifar10" / "cifar-10-batches-bin"
    folder.mkdir(parents=True)
    for name in cifar.FORMS[0].files:
        (folder / name).write_bytes(bytes([1]) + bytes(range(256)) * 12 + bytes(3073))
    return folder


def test_cifar10_may_be_there_in_another_form(server, batches):
    outcomes = list(fetch("cifar10", batches.parent, Seen()))
    assert outcomes == [Outcome("cifar-10-batches-bin", "there")]
    assert server.asked == []


def test_another_form_of_cifar10_that_is_damaged_is_not_thrown_away(server, batches):
    (batches / "test_batch.bin").write_bytes(b"damaged")
    with pytest.raises(DataError) as caught:
        list(fetch("cifar10", batches.parent, Seen()))
    assert "test_batch.bin: 7 bytes; expected" in str(caught.value)
    assert str(caught.value).endswith(f"; empty {batches} to have it fetched anew")
    assert server.asked == []


def test_the_pictures_of_cifar10_are_no_cifar10(server, batches):
    batches.rename(batches.parent / "train")
    outcomes = list(fetch("cifar10", batches.parent, Seen()))
    assert outcomes == [Outcome("cifar-10-python.tar.gz", "fetched", f"{server.address}/a/")]


def test_every_data_set_has_two_mirrors_and_a_checksum_for_each_file():
    for name, source in SOURCES.items():
        assert len(set(source.mirrors)) == 2, name
        assert all(mirror.startswith("http") and mirror.endswith("/") for mirror in source.mirrors)
        assert (
            len(set(source.files.values())) == len(source.files) == (1 if name == "cifar10" else 4)
        )
        assert all(len(bytes.fromhex(value)) == 16 for value in source.files.values())
