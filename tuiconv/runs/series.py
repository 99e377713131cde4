"""A series: the same run for several networks and seeds, and what came of them together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import fmean, pstdev
from threading import Event as CancelToken

import numpy as np

from tuiconv.data.dataset import Splits
from tuiconv.errors import RequestError
from tuiconv.nn.events import RunEnd
from tuiconv.nn.running import TrainingError
from tuiconv.runs.data import read
from tuiconv.runs.job import DEFAULT, Job, network_of
from tuiconv.runs.settings import SeriesSettings, Settings


@dataclass(frozen=True)
class Outcome:
    """What came of one run."""

    net: str
    seed: int
    parameters: int
    train_accuracy: float
    """Of the network at the end, on the images it learned from."""
    test_accuracy: float
    epochs: int
    seconds: float
    """Of training, with a test after every epoch."""


@dataclass(frozen=True)
class Row:
    """What came of all runs of one network; deviations are those of the runs themselves."""

    net: str
    parameters: int
    runs: int
    train_accuracy: float
    train_deviation: float
    test_accuracy: float
    test_deviation: float
    epochs: float
    seconds: float


def run_series(settings: Settings, cancel: CancelToken | None = None) -> Iterator[Outcome]:
    """Train every network with every seed, and tell of each run when it is done.

    Of a seed, all networks learn the same images in the same split. Settings that do not fit are
    refused before the first run.

    Args:
        settings: of every run, with a series.
        cancel: when set, the run in hand is given up and no further one begins.

    Raises:
        RequestError: settings, networks and data do not fit together.
        TrainingError: a run diverged; it is named.
        UserError: data or weights cannot be read.
    """
    series = settings.series or SeriesSettings()
    if settings.output is not None:
        raise RequestError(
            f'output is "{settings.output}"; a series keeps no networks: leave it out, and send'
            " what --json prints to a file"
        )
    nets = series.nets or (settings.net or DEFAULT,)
    runs = [replace(settings, net=net, series=None) for net in nets]
    for seed in range(series.seeds):
        data = read(settings.data, np.random.default_rng(seed))
        if seed == 0:
            for run in runs:
                network_of(run, np.random.default_rng(seed), data.train)  # raises what is wrong
        for run in runs:
            outcome = carried_out(replace(run, seed=seed), data, cancel)
            if outcome is None:
                return
            yield outcome


def carried_out(settings: Settings, data: Splits, cancel: CancelToken | None) -> Outcome | None:
    """What comes of one run; None if it is cancelled."""
    job = Job(settings, data)
    for _ in job.warm_up(entries=False):
        if cancel is not None and cancel.is_set():
            return None
    try:
        for event in job.events(cancel):
            end = event
    except TrainingError as error:
        raise TrainingError(f"{settings.net}, seed {settings.seed}: {error}") from error
    learned = job.trainer.evaluate(data.train, cancel)
    if not isinstance(end, RunEnd) or end.test_accuracy is None or learned is None:
        return None
    return Outcome(
        net=str(settings.net),
        seed=settings.seed,
        parameters=job.net.spec.totals.parameters,
        train_accuracy=learned.accuracy,
        test_accuracy=end.test_accuracy,
        epochs=end.epochs,
        seconds=end.seconds,
    )


def table(outcomes: Sequence[Outcome]) -> list[Row]:
    """A row for every network, in the order of their first runs."""
    rows = []
    for net in dict.fromkeys(outcome.net for outcome in outcomes):
        own = [outcome for outcome in outcomes if outcome.net == net]
        train, test = ([run.train_accuracy for run in own], [run.test_accuracy for run in own])
        rows.append(
            Row(
                net=net,
                parameters=own[0].parameters,
                runs=len(own),
                train_accuracy=fmean(train),
                train_deviation=pstdev(train),
                test_accuracy=fmean(test),
                test_deviation=pstdev(test),
                epochs=fmean(run.epochs for run in own),
                seconds=fmean(run.seconds for run in own),
            )
        )
    return rows
