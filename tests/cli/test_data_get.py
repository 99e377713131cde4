"""`tuiconv data get` from a server on this machine."""

import json
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tuiconv.data import download
from tuiconv.data.sources import SOURCES, Source

NAMES = [
    f"{part}-{kind}-ubyte.gz"
    for part in ("train", "t10k")
    for kind in ("images-idx3", "labels-idx1")
]


class Handler(BaseHTTPRequestHandler):
    """Gives the files below the server's folder, which may be packed no more."""

    def do_GET(self):
        self.server.asked.append((self.path, self.headers.get("Range")))
        file = self.server.folder / self.path.split("/")[-1].removesuffix(".gz")
        if not self.path.startswith("/good/") or not file.exists():
            self.send_error(404)
            return
        content = file.read_bytes()
        start = int((self.headers.get("Range") or "bytes=0-")[6:-1])
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(content) - start))
        if start:
            size = len(content)
            self.send_header("Content-Range", f"bytes {start}-{size - 1}/{size}")
        self.end_headers()
        self.wfile.write(content[start : start + self.server.gives])
        if start + self.server.gives < len(content):
            self.server.over.wait(10)

    def log_message(self, *_):
        pass


@pytest.fixture
def server(small_mnist, monkeypatch):
    """A server of the small MNIST, whose first mirror has nothing."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(download, "WAITS", (0,))
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as made:
        made.daemon_threads, made.block_on_close = True, False
        made.folder, made.asked, made.gives = small_mnist, [], 10**9
        made.address = f"http://127.0.0.1:{made.server_port}"
        made.over = threading.Event()
        checksums = {
            name: download.digest((small_mnist / name[:-3]).read_bytes()) for name in NAMES
        }
        mirrors = (f"{made.address}/empty/", f"{made.address}/good/")
        made.source = Source(mirrors, checksums, 1)
        monkeypatch.setitem(SOURCES, "mnist", made.source)
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield made
        made.over.set()
        made.shutdown()
        thread.join()


def test_a_line_a_file_says_where_it_came_from_and_what_is_there_can_be_read(tuiconv, server):
    done = tuiconv("data", "get", "mnist", "--data-dir", "my data")
    assert (done.status, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[0] == f"{NAMES[0]}: {server.address}/empty/ answers 404 Not Found"
    assert lines[1] == f"{NAMES[0]}: fetched from {server.address}/good/"
    assert lines[-2:] == [
        "mnist is in my data/mnist",
        "next: tuiconv data info mnist --data-dir 'my data'",
    ]
    assert len(lines) == 10
    info = tuiconv("data", "info", "mnist", "--data-dir", "my data", "--json")
    assert json.loads(info.out)["train"]["images"] == 20


def test_without_a_folder_it_fetches_into_the_users_data_directory(tuiconv, server, folder):
    assert tuiconv("data", "get", "mnist").status == 0
    home = folder / "home" / "tuiconv" / "mnist"
    assert sorted(path.name for path in home.iterdir()) == sorted(NAMES)
    assert tuiconv("data", "list").out.count(str(home)) == 1


def test_the_second_time_it_says_that_all_is_there(tuiconv, server, folder):
    tuiconv("data", "get", "mnist")
    (folder / "home" / "tuiconv" / "mnist" / NAMES[1]).write_bytes(b"damaged")
    server.asked.clear()
    done = tuiconv("data", "get", "mnist")
    assert done.out.count("is there already") == 3
    assert f"{NAMES[1]}: was damaged; fetched from {server.address}/good/" in done.out
    assert {path for path, _ in server.asked} == {f"/{m}/{NAMES[1]}" for m in ("empty", "good")}


def test_as_json_it_is_one_object(tuiconv, server, folder):
    done = tuiconv("data", "get", "mnist", "--data-dir", folder, "--json")
    assert (done.status, done.err) == (0, "")
    assert json.loads(done.out) == {
        "name": "mnist",
        "folder": str(folder / "mnist"),
        "files": [
            {"file": name, "status": "fetched", "mirror": f"{server.address}/good/"}
            for name in NAMES
        ],
    }


@pytest.mark.parametrize("arguments", [[], ["--json"]])
def test_what_no_mirror_has_is_one_line_on_stderr(tuiconv, server, folder, arguments):
    for name in NAMES:
        (server.folder / name[:-3]).unlink()
    done = tuiconv("data", "get", "mnist", "--data-dir", folder / "new", *arguments)
    assert done.status == 1
    assert done.err.count("\n") == 1
    assert done.err.startswith(f"tuiconv: {NAMES[0]} could not be fetched: ")
    assert not (folder / "new").exists()
    assert done.out == "" or not arguments


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "imagenet",
            '"imagenet" cannot be fetched; there are mnist, fashion-mnist, kmnist, cifar10',
        ),
        ("MNIST", "did you mean mnist?"),
        ("cifar-10", "did you mean cifar10?"),
        ("strokes", '"strokes" cannot be fetched'),
        ("./photos", '"./photos" cannot be fetched'),
        ("", '"" cannot be fetched'),
    ],
)
def test_only_the_known_data_sets_can_be_fetched(refused, name, message):
    assert message in refused(2, "data", "get", name)


def test_a_place_that_is_no_folder_is_one_line(tuiconv, server, folder):
    (folder / "file").touch()
    done = tuiconv("data", "get", "mnist", "--data-dir", "file")
    assert done.status == 1
    assert "file/mnist: cannot be written: " in done.err
    assert "--data-dir" in done.err


# The command with the server of this test, as if started from a shell's foreground.
ALONE = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from tuiconv.data import sources
mirrors, checksums = eval(sys.argv.pop(1))
sources.SOURCES["mnist"] = sources.Source(mirrors, checksums, 1)
from tuiconv.cli import main
main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_stopped_at_any_moment_no_file_is_half_there_and_the_next_goes_on(
    tuiconv, server, folder, monkeypatch, end
):
    big = bytes(range(256)) * 400
    (server.folder / "big").write_bytes(big)
    source = Source(server.source.mirrors, {"big.gz": download.digest(big)}, 1)
    monkeypatch.setitem(SOURCES, "mnist", source)
    server.gives = 3 * download.CHUNK
    what = repr((source.mirrors, source.files))
    part = folder / "new" / "mnist" / "big.gz.part"
    with subprocess.Popen(
        [sys.executable, "-c", ALONE, what, "data", "get", "mnist", "--data-dir", "new"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        while not (part.exists() and part.stat().st_size == server.gives):
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(end)
        out, err = process.communicate()
    assert err == ""
    assert process.returncode == (130 if end == signal.SIGINT else -end)
    assert end != signal.SIGINT or "stopped; the same command goes on from there" in out
    assert [path.name for path in part.parent.iterdir()] == [part.name]
    server.gives = 10**9
    assert tuiconv("data", "get", "mnist", "--data-dir", "new").status == 0
    assert server.asked[-1] == ("/good/big.gz", f"bytes={3 * download.CHUNK}-")
    assert [path.name for path in part.parent.iterdir()] == ["big.gz"]
    assert (part.parent / "big.gz").read_bytes() == big
