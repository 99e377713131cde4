"""`tuiconv serve`: the explorer in a browser."""

import errno
from typing import Annotated

import typer

from tuiconv.cli.options import INTERRUPTED
from tuiconv.cli.watch import ended_by_sigterm
from tuiconv.errors import RequestError, UserError


def serve(
    host: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="Which of this machine's addresses; 0.0.0.0 for all, to be reached from others.",
        ),
    ] = "localhost",
    port: Annotated[int, typer.Option(help="The port of the address.", min=1, max=65535)] = 8000,
) -> int:
    """Show the explorer in a browser, until Ctrl-C. Needs pip install "tuiconv[serve]".

    Every page that is opened is an explorer of its own, as in another terminal; it ends when the
    page is closed. ?fontsize=20 behind the address makes the letters larger.

    \b
    Examples:
      tuiconv serve
      tuiconv serve --host 0.0.0.0 --port 8080
    """
    if not host:  # which means all of them to the system
        raise RequestError('--host ""; expected a name or address of this machine')
    try:
        from tuiconv.cli.web import ExplorerServer
    except ImportError as error:
        raise UserError(
            f'for the browser, pip install "tuiconv[serve]" ({error.name} is not installed)'
        ) from error
    try:
        with ended_by_sigterm():
            ExplorerServer(host, port).run()
    except (OSError, UnicodeError) as error:  # a name may be too long to be looked up
        raise refusal(host, port, error) from error
    return INTERRUPTED


def refusal(host: str, port: int, error: OSError | UnicodeError) -> UserError:
    """Why the explorer cannot be had at an address."""
    from socket import gaierror

    number = getattr(error, "errno", None)
    if number == errno.EADDRINUSE:
        return UserError(f"--port {port} is taken on {host}; choose another")
    if number == errno.EACCES:
        return UserError(f"--port {port} is not for you to use; choose one from 1024 up")
    if number == errno.EADDRNOTAVAIL or isinstance(error, gaierror | UnicodeError):
        return RequestError(f"--host {host}; expected a name or address of this machine")
    return UserError(f"--host {host} --port {port}: {error}")
