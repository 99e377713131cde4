"""`tuiconv data get`: fetching a data set from the internet."""

import json
import sys
from contextlib import closing
from dataclasses import asdict
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from tuiconv.cli.completion import fetched_sets
from tuiconv.cli.options import INTERRUPTED, DataDir, Json
from tuiconv.errors import RequestError, nearest

if TYPE_CHECKING:
    from tuiconv.data.download import Outcome


def get(
    name: Annotated[
        str,
        typer.Argument(
            autocompletion=fetched_sets, help="mnist, fashion-mnist, kmnist or cifar10."
        ),
    ],
    data_dir: DataDir = None,
    as_json: Json = False,
) -> int:
    """Fetch a data set from the internet.

    Its files go into the folder NAME of --data-dir; without it, of the data directory where NAME
    is already, or else of the first: $TUICONV_DATA_DIR if it is set, the user data directory if
    not. Every file is checked: one that is there and right is not fetched again, one that is
    damaged is replaced. What came of a broken download is kept as FILE.part, and the same command
    goes on from there.

    \b
    Examples:
      tuiconv data get mnist
      tuiconv data get cifar10 --data-dir ~/data
    """
    from tuiconv.data.load import destination
    from tuiconv.data.sources import SOURCES

    if name not in SOURCES:
        hint = nearest(name.lower(), SOURCES)
        raise RequestError(f'"{name}" cannot be fetched; there are {", ".join(SOURCES)}{hint}')
    folder = destination(name, data_dir)

    from tuiconv.data.download import fetch

    outcomes = []
    try:
        with closing(Report(quiet=as_json)) as report:
            for outcome in fetch(name, folder, report):
                report.outcome(outcome)
                outcomes.append(asdict(outcome))
    except KeyboardInterrupt:
        if not as_json:
            print("stopped; the same command goes on from there")
        return INTERRUPTED
    if as_json:
        print(json.dumps({"name": name, "folder": str(folder), "files": outcomes}, indent=2))
        return 0
    print(f"{name} is in {folder}")
    there = "" if data_dir is None else f" --data-dir {quote(str(data_dir))}"
    print(f"next: tuiconv data info {name}{there}")
    return 0


class Report:
    """A line for each file and each trouble; on a terminal, a bar for the file in hand."""

    def __init__(self, quiet: bool) -> None:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            DownloadColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        self.quiet = quiet
        self.bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            DownloadColumn(),
            TimeRemainingColumn(),
            console=Console(highlight=False, markup=False, emoji=False),
            transient=True,
            disable=quiet or not sys.stdout.isatty(),
        )

    def progress(self, file: str, done: int, total: int | None) -> None:
        if not self.bars.task_ids:
            self.bars.add_task(file, total=None)
            self.bars.start()
        self.bars.update(self.bars.task_ids[0], completed=done, total=total)

    def trouble(self, file: str, mirror: str, text: str) -> None:
        self.line(f"{file}: {mirror} {text}")

    def outcome(self, outcome: "Outcome") -> None:
        """Say what became of a file."""
        for task in self.bars.task_ids:
            self.bars.remove_task(task)
        fetched = f"fetched from {outcome.mirror}"
        text = {
            "there": "is there already",
            "fetched": fetched,
            "replaced": f"was damaged; {fetched}",
        }[outcome.status]
        self.line(f"{outcome.file}: {text}")

    def line(self, text: str) -> None:
        """Print a line above the bar."""
        if not self.quiet:
            self.bars.console.print(text, soft_wrap=True)

    def close(self) -> None:
        """Take the bar away."""
        self.bars.stop()
