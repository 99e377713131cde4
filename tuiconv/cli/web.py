"""The explorer as a page: textual-serve starts one for every browser that opens it."""

import asyncio
import os
import shlex
import subprocess
import sys
from contextlib import redirect_stdout
from importlib.resources import files
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web
from textual_serve.app_service import AppService
from textual_serve.server import Server

EXPLORER: Final = (sys.executable, "-X", "utf8", "-P", "-m", "tuiconv")
"""Never a module of the current folder, nor another encoding than the page's."""

PATIENCE: Final = 3.0
"""Seconds that open pages have to end in."""


class ExplorerServer(Server):
    """Serves the explorer to browsers.

    Args:
        host: the name or address of this machine to be reached at.
        port: of the address.
    """

    def __init__(self, host: str, port: int) -> None:
        page = str(files("tuiconv") / "assets" / "browser")
        super().__init__(explorer_command(), host, port, templates_path=page)
        self.explorers: dict[web.WebSocketResponse, asyncio.Task[None]] = {}
        """What waits for the end of every page's explorer."""

    def run(self) -> None:
        """Serve until Ctrl-C.

        Raises:
            OSError: the address cannot be had.
        """
        out = sys.stdout
        # What an explorer that crashes had to say, textual-serve prints.
        with redirect_stdout(sys.stderr):
            web.run_app(
                self._make_app(),
                host=self.host,
                port=self.port,
                print=lambda _: print(self.announcement(), file=out, flush=True),
                access_log=None,
                handle_signals=False,
                shutdown_timeout=PATIENCE,
            )

    def announcement(self) -> str:
        """Where the explorer is, and for whom."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        lines = [f"the explorer is at http://{name}:{self.port}/ until Ctrl-C"]
        if not is_loopback(self.host):
            lines.append("everyone who can reach it there reads and writes files as you do")
        return "\n".join(lines)

    async def on_startup(self, app: web.Application) -> None:
        """Nothing is said before the address is had."""

    async def on_shutdown(self, app: web.Application) -> None:
        """Close all pages and wait for their explorers to end."""
        closing = [asyncio.ensure_future(page.close()) for page in self.explorers]
        if closing:
            await asyncio.wait([*closing, *self.explorers.values()], timeout=PATIENCE)

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """Start an explorer, but not for the pages of others, which a browser lets in as well."""
        if not self.is_own(request):
            raise web.HTTPForbidden(text="the explorer is for its own page only")
        return await super().handle_websocket(request)

    async def _process_messages(
        self, websocket: web.WebSocketResponse, app_service: AppService
    ) -> None:
        """Pass on what comes from a page; close it when its explorer ends, in whatever way."""

        async def close_in_the_end() -> None:
            assert app_service._process is not None
            await app_service._process.wait()
            del self.explorers[websocket]
            await websocket.close()

        self.explorers[websocket] = asyncio.create_task(close_in_the_end())
        await super()._process_messages(websocket, app_service)

    def is_own(self, request: web.Request) -> bool:
        """Whether a request comes from the page that was served here."""
        origin = urlsplit(request.headers.get("Origin", ""))
        # A stranger's name may lead to this machine, too.
        is_named = not is_loopback(self.host) or is_loopback(origin.hostname or "")
        return origin.netloc == request.host and is_named


def explorer_command() -> str:
    """How a shell starts an explorer in its place."""
    if os.name == "posix":
        return f"exec {shlex.join(EXPLORER)}"
    return subprocess.list2cmdline(EXPLORER)


def is_loopback(host: str) -> bool:
    """Whether only this machine is reached by this name or address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
