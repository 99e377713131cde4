"""What is left of a run: nothing, one checkpoint, or a directory."""

from pathlib import Path
from typing import Any, Protocol

from tuiconv.files import check_writable
from tuiconv.nn.events import Event, RunEnd
from tuiconv.runs.directory import RunDirectory, check_free
from tuiconv.runs.job import Job
from tuiconv.runs.settings import Settings


class Output(Protocol):
    """Takes the events of a run as they happen."""

    wants_entries: bool
    """Whether it reads `entry`."""

    def keep(self, event: Event, entry: dict[str, Any]) -> None:
        """Write what an event calls for; `entry` tells it, see `Job.entry`."""

    def close(self) -> None:
        """Nothing more comes."""

    def __str__(self) -> str:
        """Where the network is after the run."""


class Nothing:
    """Of a run that is only looked at."""

    wants_entries = False

    def keep(self, event: Event, entry: dict[str, Any]) -> None:
        pass

    def close(self) -> None:
        pass

    def __str__(self) -> str:
        return "not saved: add -o FILE.safetensors or -o DIRECTORY to keep the network"


class CheckpointFile(Nothing):
    """The network as it is at the end of a run."""

    def __init__(self, path: Path, job: Job) -> None:
        self.path = path
        self.job = job

    def keep(self, event: Event, entry: dict[str, Any]) -> None:
        if isinstance(event, RunEnd) and event.reason != "diverged":
            self.job.net.save(self.path)

    def __str__(self) -> str:
        return f"saved {self.path}"


def begin(settings: Settings) -> tuple[Job, Output]:
    """A run made ready, and where it is kept.

    Raises:
        RequestError: settings, network and data do not fit together, or there is something where
            the directory is to be.
        UserError: data or weights cannot be read.
        OSError: the output cannot be written.
    """
    if settings.output is None:
        return Job(settings), Nothing()
    path = Path(settings.output)
    if path.suffix == ".safetensors":
        check_writable(path)
        job = Job(settings)
        return job, CheckpointFile(path, job)
    check_free(path)
    job = Job(settings)
    return job, RunDirectory(path, job)
