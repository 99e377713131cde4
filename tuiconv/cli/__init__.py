"""The command line: one module a command. Nothing heavy is imported before a command needs it."""

import os
import sys
from collections.abc import Sequence

import typer

from tuiconv.cli.app import app
from tuiconv.cli.options import INTERRUPTED
from tuiconv.errors import UserError


def main() -> None:
    """The entry point `tuiconv`."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Carry out one command line.

    Returns:
        The exit status: 0 done, 1 the work failed, 2 the request was wrong. For the latter two,
        one line on stderr has said why.
    """
    try:
        result = app(list(arguments), prog_name="tuiconv", standalone_mode=False)
        sys.stdout.flush()
    except UserError as error:
        return complain(str(error), error.exit_status)
    except typer.TyperException as error:
        return complain(error.format_message(), error.exit_code)
    except BrokenPipeError:
        # The reader (`| head`) has seen enough; Python must not complain about it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        return complain(f"{error.filename}: {error.strerror}" if error.filename else str(error), 1)
    except MemoryError as error:
        return complain(f"not enough memory: {error}", 1)
    except (KeyboardInterrupt, typer.Abort):
        return complain("interrupted", INTERRUPTED)
    return result if isinstance(result, int) else 0


def complain(message: str, status: int) -> int:
    """Say on one line of stderr what went wrong; returns the exit status."""
    print(f"tuiconv: {' '.join(message.split())}", file=sys.stderr)  # noqa: T201
    return status
