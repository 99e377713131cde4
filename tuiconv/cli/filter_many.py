"""Several pictures of `tuiconv apply-filter`: some at a time, told in order."""

import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tuiconv.cli import complain
from tuiconv.cli.carry_out import stopped_by_signals
from tuiconv.cli.filter_one import Job
from tuiconv.cli.filter_outputs import Target
from tuiconv.cli.filter_told import Outcome, tell
from tuiconv.errors import RequestError, UserError


def filter_many(
    job: Job,
    pictures: Sequence[str],
    targets: Sequence[Target],
    jobs: int,
    console: Console,
) -> int:
    """Filter pictures, as many at a time as there are jobs, and no more of them in memory.

    One that fails is told on stderr, and the others are done. The first Ctrl-C or SIGTERM lets
    those in hand be finished, and no other begin.

    Returns:
        The exit status: 1 if any failed, 128 and the signal's number if one stopped it.
    """
    done = failed = 0
    with (
        stopped_by_signals() as stop,
        bar(len(pictures)) as progress,
        ThreadPoolExecutor(jobs, "tuiconv-pictures") as pool,
    ):

        def work(picture: str, target: Target) -> Outcome | str | None:
            if stop.is_set():
                return None
            result = outcome_or_error(job, picture, target)
            progress.advance(progress.task_ids[0])
            return result

        try:
            for picture, result in zip(pictures, pool.map(work, pictures, targets), strict=True):
                if result is None:
                    continue
                with hidden(progress):
                    if isinstance(result, str):
                        complain(result, 1)
                    else:
                        if done and job.showing.takes_lines:
                            print()
                        tell(picture, result, console)
                done += 1
                failed += isinstance(result, str)
        finally:
            stop.set()  # where nobody reads what is told, no more is done
    if stop.status:
        print(f"stopped early: {done} of {len(pictures)} pictures", file=sys.stderr)
    return stop.status or int(failed > 0)


def outcome_or_error(job: Job, picture: str, target: Target) -> Outcome | str:
    """What became of a picture, or one line on why nothing did.

    Not the error itself, which would keep the picture in memory.
    """
    try:
        return job(picture, target)
    except RequestError as error:
        return f"{picture}: {error}"
    except UserError as error:  # it names the file
        return str(error)
    except MemoryError:
        return f"{picture}: not enough memory"


def bar(total: int) -> Progress:
    """A bar on stderr, if that is a terminal; it is gone when all is done."""
    progress = Progress(
        TextColumn("filtering"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        redirect_stdout=False,  # it would be redirected to stderr
        redirect_stderr=False,
        disable=not sys.stderr.isatty(),
    )
    progress.add_task("", total=total)
    return progress


@contextmanager
def hidden(progress: Progress) -> Iterator[None]:
    """The bar is off the screen while something else is written there."""
    progress.stop()
    try:
        yield
    finally:
        progress.start()
