"""`tuiconv serve` but for the browser: its address, who is let in, what the explorer tells it."""

import errno
import json
import os
import re
import socket
import subprocess
import sys
from contextlib import contextmanager
from importlib.resources import files
from threading import Timer

import pytest
from aiohttp.test_utils import make_mocked_request

from tuiconv.cli.serve import refusal
from tuiconv.cli.web import EXPLORER, ExplorerServer

NOISE = """
import os, sys, threading, time

def noise():
    while "tuiconv.tui.page" not in sys.modules:
        time.sleep(0.001)
    while True:
        os.write(1, b"noise\\n")
        time.sleep(0.005)

threading.Thread(target=noise, daemon=True).start()
"""
"""Found by every Python that looks here at its start: something in C that prints all the time."""


@pytest.fixture
def taken():
    """A port that somebody else listens at."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


def test_a_port_that_is_taken_is_named(refused, taken):
    message = refused(1, "serve", "--host", "127.0.0.1", "--port", taken)
    assert message == f"tuiconv: --port {taken} is taken on 127.0.0.1; choose another\n"


@pytest.mark.parametrize("port", [0, 70000, -1, "http"])
def test_a_number_that_is_no_port_is_refused(refused, port):
    assert str(port) in refused(2, "serve", f"--port={port}")


@pytest.mark.parametrize("host", ['""', "192.0.2.1", "x" * 70])
def test_what_is_no_address_of_this_machine_is_refused(refused, host):
    message = refused(2, "serve", "--host", host.strip('"'))
    assert f"--host {host}; expected a name or address of this machine" in message


def test_a_port_for_administrators_is_told_apart_from_other_troubles():
    assert "from 1024 up" in str(refusal("localhost", 80, PermissionError(errno.EACCES, "no")))
    assert "full of it" in str(refusal("localhost", 80, OSError(errno.EMFILE, "full of it")))


def test_without_the_extra_it_says_what_to_install(refused, monkeypatch):
    monkeypatch.delitem(sys.modules, "tuiconv.cli.web")
    monkeypatch.setitem(sys.modules, "textual_serve.server", None)
    assert 'pip install "tuiconv[serve]"' in refused(1, "serve")


@pytest.mark.parametrize(
    ("host", "lines"),
    [
        ("localhost", ["the explorer is at http://localhost:8000/ until Ctrl-C"]),
        ("::1", ["the explorer is at http://[::1]:8000/ until Ctrl-C"]),
        (
            "0.0.0.0",
            [
                "the explorer is at http://0.0.0.0:8000/ until Ctrl-C",
                "everyone who can reach it there reads and writes files as you do",
            ],
        ),
    ],
)
def test_it_says_where_it_is_and_whether_others_can_reach_it(host, lines):
    assert ExplorerServer(host, 8000).announcement().splitlines() == lines


@pytest.mark.parametrize(
    ("served_at", "page_of", "asked_by", "is_own"),
    [
        ("localhost", "localhost:8000", "http://localhost:8000", True),
        ("localhost", "127.0.0.1:9000", "http://127.0.0.1:9000", True),  # through a tunnel
        ("localhost", "localhost:8000", "https://elsewhere.example", False),
        ("localhost", "localhost:8000", "http://localhost:3000", False),
        ("localhost", "localhost:8000", "", False),
        # a name of somebody else's, which was made to lead here
        ("localhost", "elsewhere.example:8000", "http://elsewhere.example:8000", False),
        ("0.0.0.0", "classroom.example:8000", "http://classroom.example:8000", True),
        ("0.0.0.0", "classroom.example:8000", "http://elsewhere.example", False),
    ],
)
def test_only_the_page_that_was_served_gets_an_explorer(served_at, page_of, asked_by, is_own):
    request = make_mocked_request("GET", "/ws", headers={"Host": page_of, "Origin": asked_by})
    assert ExplorerServer(served_at, 8000).is_own(request) is is_own


def test_the_page_asks_nobody_else_for_anything():
    page = (files("tuiconv") / "assets" / "browser" / "app_index.html").read_text()
    asked = re.findall(r'(?:src|href)="([^"]+)"|url\("([^"]+)"\)', page)
    assert len(asked) == 5
    for first, second in asked:
        assert (first or second).startswith(("static/", "data:,"))
    assert "://" not in page


@pytest.fixture
def explorer(folder):
    """Starts the explorer as the server does for a page."""

    @contextmanager
    def start(**environment):
        own = {"TUICONV_DATA_DIR": "", "TERM": "dumb", "XDG_STATE_HOME": str(folder)}
        driver = "textual.drivers.web_driver:WebDriver"
        with subprocess.Popen(
            EXPLORER,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **own, "TEXTUAL_DRIVER": driver, **environment},
        ) as running:
            late = Timer(60, running.kill)  # nobody waits for ever for what is not said
            late.start()
            yield running
            late.cancel()

    return start


def packets(stream):
    """What the explorer says to the server, as kinds and contents."""
    while kind := stream.read(1):
        yield kind, stream.read(int.from_bytes(stream.read(4), "big"))


@pytest.mark.slow
def test_what_anybody_prints_does_not_come_between_the_explorer_and_its_page(explorer, folder):
    (folder / "sitecustomize.py").write_text(NOISE)
    path = os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")])
    with explorer(PYTHONPATH=path) as running:
        while running.stdout.readline() != b"__GANGLION__\n":
            pass
        said = packets(running.stdout)
        while b"Home" not in next(said)[1]:
            pass
        running.stdin.write(b"D\x00\x00\x00\x01q")
        running.stdin.flush()
        kinds, contents = zip(*said, strict=True)
        assert set(kinds) <= {b"D", b"M"}
        assert json.loads(contents[-1]) == {"type": "exit"}
        assert not any(b"noise" in content for content in contents)
        assert set(running.stderr.read().split()) == {b"noise"}
    assert running.returncode == 0


@pytest.mark.slow
def test_an_explorer_ends_when_its_server_is_gone_without_a_word(explorer):
    with explorer() as running:
        assert running.stdout.readline() == b"__GANGLION__\n"
        running.stdin.close()
        assert json.loads([*packets(running.stdout)][-1][1]) == {"type": "exit"}
    assert running.returncode == 0
