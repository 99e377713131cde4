"""Where a run is kept: its settings, its log, and what its network has learned."""

import os
from dataclasses import replace
from io import FileIO
from pathlib import Path
from shlex import quote
from time import perf_counter
from typing import Any

from tuiconv.errors import RequestError, UserError
from tuiconv.files import DirectoryLock, check_writable, replacing
from tuiconv.nn.checkpoint import load, load_state, save
from tuiconv.nn.events import BatchDone, EpochDone, Event, RunEnd, RunStart
from tuiconv.runs.given import settings_from
from tuiconv.runs.job import Job
from tuiconv.runs.log import as_line, cut_back
from tuiconv.runs.toml import read_run_file, to_toml
from tuiconv.runs.watch import LOG

SETTINGS = "run.toml"
LAST, BEST = "last.safetensors", "best.safetensors"

PAUSE = 0.1
"""Seconds between two times that steps are written, or a thousand a second would cost a tenth."""


class RunDirectory:
    """Writes down a run while it happens.

    `run.toml` has the resolved settings and `run.jsonl` a line an event; `last.safetensors` is the
    network after the last epoch, or where the run was stopped, with all that it needs to go on, and
    `best.safetensors` the network of the epoch with the highest test accuracy. Each checkpoint is
    written beside its place and renamed, after the lines that lead to it: whenever the program is
    ended, the log reaches at least as far as the checkpoint.

    Args:
        path: the directory.
        job: the run.
        best: the highest test accuracy so far.
        lock: of the directory; None for a new one, which is made and locked when the run begins.
    """

    wants_entries = True

    def __init__(
        self, path: Path, job: Job, best: float = -1.0, lock: DirectoryLock | None = None
    ) -> None:
        self.path = path
        self.job = job
        self.best = best
        self._lock = lock
        self._log: FileIO | None = None
        self._lines: list[bytes] = []
        """That are not in the log yet."""
        self._written = 0.0
        """When lines were written last."""

    def keep(self, event: Event, entry: dict[str, Any]) -> None:
        """Write down an event, which `entry` tells, and what it calls for."""
        if self._log is None:
            self._log = self._begin()
            if isinstance(event, RunStart) and self._log.tell() > 0:
                return  # a run that goes on has begun before
        if isinstance(event, RunEnd) and event.reason == "cancelled":
            self._write(self._log)
            self._save_last()
        self._lines.append(f"{as_line(entry)}\n".encode())
        if not isinstance(event, BatchDone) or perf_counter() > self._written + PAUSE:
            self._write(self._log)
        if isinstance(event, EpochDone):
            if event.test_accuracy > self.best:
                self.best = event.test_accuracy
                save(self.job.net, self.path / BEST)
            self._save_last()

    def close(self) -> None:
        """Nothing more comes."""
        for each in (self._log, self._lock):
            if each is not None:
                each.close()

    def __str__(self) -> str:
        return f"kept in {self.path}"

    def _begin(self) -> FileIO:
        """The open log; the directory is made for a new run."""
        if self._lock is None:
            self.path.mkdir(parents=True, exist_ok=True)
            self._lock = DirectoryLock(self.path)
            check_free(self.path)  # another program may have been here since
            with replacing(self.path / SETTINGS) as file:
                file.write(to_toml(self.job.settings).encode())
        return (self.path / LOG).open("ab", buffering=0)

    def _write(self, log: FileIO) -> None:
        """Write the lines that wait."""
        try:
            log.write(b"".join(self._lines))
        except OSError as error:  # such as a full disk
            raise OSError(error.errno, error.strerror, str(self.path / LOG)) from error
        self._lines, self._written = [], perf_counter()

    def _save_last(self) -> None:
        save(self.job.net, self.path / LAST, self.job.trainer.state())


def check_free(path: Path) -> None:
    """Find out before long work whether a directory can be made for a run.

    Raises:
        RequestError: there is something at the path already.
        OSError: it cannot be made.
    """
    if path.is_dir():
        if any(not each.name.startswith(".") for each in path.iterdir()):
            raise RequestError(
                f"{path}: not empty; name a new directory or, if this is a run, go on with it:"
                f" tuiconv train --resume {quote(str(path))}"
            )
    elif os.path.lexists(path):
        raise RequestError(f"{path}: not a directory; expected a new one for the run")
    near = next(folder for folder in (path, *path.absolute().parents) if os.path.lexists(folder))
    if not near.is_dir():
        raise RequestError(f"{path}: {near} is not a directory")
    check_writable(near / SETTINGS)


def resume(path: Path) -> tuple[Job, RunDirectory]:
    """The run in a directory, made ready to go on from its last checkpoint.

    What the log tells beyond that is cut off. A run that was ended before its first checkpoint
    begins anew.

    Raises:
        RequestError: it is no run's directory.
        UserError: something in it is damaged, or another program is at work in it.
    """
    settings = settings_from(read_run_file(path / SETTINGS))
    lock = DirectoryLock(path)
    for unfinished in path.glob(".*.tmp"):  # of a program that was killed while it wrote
        unfinished.unlink()
    last = path / LAST
    if not last.exists():
        job = Job(settings)
        return job, RunDirectory(path, job, cut_back(path / LOG, epochs=0, steps=0), lock)
    job = Job(replace(settings, weights=str(last)) if settings.weights else settings)
    state = load_state(last)
    try:
        job.net.load_state_dict(load(last).state_dict())
        job.trainer.restore(state)
    except ValueError as error:
        raise UserError(f"{last}: not of the run in {path / SETTINGS}: {error}") from error
    epochs = state["epoch"]["epoch"] if state["epoch"] else 0
    return job, RunDirectory(path, job, cut_back(path / LOG, epochs, len(state["losses"])), lock)
