"""The command line: one module a command. Nothing heavy is imported before a command needs it."""

import gc
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache

import typer
from typer.main import get_command

from tuiconv.cli.app import app
from tuiconv.cli.streams import prepare_streams, settle_streams
from tuiconv.errors import UserError


def main() -> None:
    """The entry point `tuiconv`."""
    # Loading Numba makes some 200,000 objects that stay to the end. To look for garbage among
    # them again and again, and once more at exit, would be a quarter of a short command's time.
    gc.set_threshold(300_000)
    # Where SciPy is installed, Numba loads its linear algebra, which takes longer than to filter a
    # picture and which no kernel uses.
    sys.modules["scipy.linalg.cython_blas"] = None  # type: ignore[assignment]
    status = run(sys.argv[1:])
    settle_streams()
    gc.freeze()
    sys.exit(status)


def run(arguments: Sequence[str]) -> int:
    """Carry out one command line.

    Returns:
        The exit status: 0 done, 1 the work failed, 2 the request was wrong, 130 stopped by
        Ctrl-C. For 1 and 2, one line on stderr has said why.
    """
    prepare_streams()
    try:
        result = program()(list(arguments), prog_name="tuiconv", standalone_mode=False)
        sys.stdout.flush()
    except UserError as error:
        return complain(str(error), error.exit_status)
    except typer.TyperException as error:
        return complain(usage_error(error), error.exit_code)
    except (BrokenPipeError, SystemExit) as error:
        # Typer ends the program by itself when the reader of a pipe (`| head`) has seen enough.
        if isinstance(error, SystemExit) and not isinstance(error.__context__, BrokenPipeError):
            raise
        return 0
    except OSError as error:
        # What has no name is the output itself.
        return complain(f"{error.filename or 'output'}: {error.strerror or error}", 1)
    except MemoryError as error:
        return complain(f"not enough memory: {error}", 1)
    return result if isinstance(result, int) else 0


@cache
def program() -> Callable[..., object]:
    """The program with its commands, made once for all the command lines of a process."""
    return get_command(app)


def usage_error(error: typer.TyperException) -> str:
    """What Typer says of a wrong option, and what was received, which it leaves out."""
    errors = getattr(error.__cause__, "errors", None)
    received = f", not {errors()[0]['input']!r}" if errors else ""
    return error.format_message() + received


def complain(message: str, status: int) -> int:
    """Say on one line of stderr what went wrong; returns the exit status."""
    line = "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in message)
    with suppress(OSError):  # where nobody can be told, the status says it
        print(f"tuiconv: {line}", file=sys.stderr, flush=True)
    return status
