"""The log of a run, a line an event, read again when the run goes on."""

import json
from json import JSONEncoder
from pathlib import Path

from tuiconv.errors import UserError
from tuiconv.files import replacing
from tuiconv.nn.events import RunEnd
from tuiconv.runs.watch import decoded, event_of

as_line = JSONEncoder(allow_nan=False).encode
"""An entry as text."""


def finished(path: Path) -> RunEnd | None:
    """The end that a log tells of, if that is the end of its run; None if the run can go on."""
    try:
        *_, last = path.read_text(encoding="utf-8").split("\n")[:-1]
        event = event_of(decoded(last))
    except (OSError, ValueError):
        return None  # who goes on with the run is told what is wrong
    return event if isinstance(event, RunEnd) and event.reason in ("epochs", "until") else None


def cut_back(path: Path, epochs: int, steps: int) -> float:
    """Leave of a log what it tells up to a checkpoint, so that no step appears twice.

    Args:
        path: the log.
        epochs: done before the checkpoint.
        steps: of the next epoch, done before it too.

    Returns:
        The highest test accuracy of these epochs; −1 if there are none.

    Raises:
        UserError: it is missing, damaged, or does not reach the checkpoint.
    """
    kept, best, done = [], -1.0, (0, 0)
    try:
        lines = path.read_bytes().splitlines(keepends=True)
    except FileNotFoundError:
        lines = []
    for number, line in enumerate(lines, start=1):
        if not line.endswith(b"\n"):
            break  # its writer was ended here
        try:
            entry = json.loads(line)
            match entry["event"]:
                case "start":
                    pass
                case "step" if (entry["epoch"], entry["batch"]) <= (epochs + 1, steps):
                    done = (entry["epoch"] - 1, entry["batch"])
                case "epoch" if entry["epoch"] <= epochs:
                    done = (entry["epoch"], 0)
                    best = max(best, entry["test_accuracy"])
                case _:
                    continue
        except (KeyError, TypeError, ValueError, RecursionError) as error:
            raise UserError(f"{path}, line {number}: not an event of a run") from error
        kept.append(line)
    if done != (epochs, steps):
        raise UserError(
            f"{path}: leads to step {done[1]} of epoch {done[0] + 1}; the checkpoint beside it was"
            f" written after step {steps} of epoch {epochs + 1}"
        )
    with replacing(path) as file:
        file.writelines(kept)
    return best
