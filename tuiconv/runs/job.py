"""A run made ready: its network and its trainer, while its data are read in the background."""

from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import asdict, replace
from datetime import datetime
from threading import Event as CancelToken
from typing import Any

import numpy as np

from tuiconv.arithmetic import summarize
from tuiconv.data.dataset import Dataset, Splits
from tuiconv.data.load import is_path
from tuiconv.errors import RequestError
from tuiconv.nn.events import EpochDone, Event, Health, RunStart, to_json
from tuiconv.nn.fitting import check_fits, check_numbers
from tuiconv.nn.health import LOOKED_AT, examine, spread
from tuiconv.nn.network import Network
from tuiconv.nn.progress import State
from tuiconv.nn.running import Run
from tuiconv.nn.schedules import schedule_named
from tuiconv.nn.training import Trainer
from tuiconv.nn.warm_up import Compiling, training_kernels, warm_up
from tuiconv.runs.background import in_background
from tuiconv.runs.data import example, read
from tuiconv.runs.settings import Settings

DEFAULT = "lenet5"
"""The network that learns if none is asked for."""


class Job:
    """What settings ask for. The seed gives the weights, then what the trainer and the data need.

    Args:
        settings: of the run.
        splits: what to learn and to test on; None to read what the settings say.
        earlier: one that has been made ready; its data are taken if they are the same.

    Raises:
        RequestError: settings, network and data do not fit together.
        UserError: data or weights cannot be read. What is wrong with the files of a data set that
            has a name is told by `warm_up` or `events`.
    """

    def __init__(
        self, settings: Settings, splits: Splits | None = None, earlier: "Job | None" = None
    ) -> None:
        data, optimizer = settings.data, settings.optimizer
        rng = np.random.default_rng(settings.seed)
        if splits is None and is_path(data.name):  # only its files tell its shape
            splits = read(data, rng)
        image = example(data) if splits is None else splits.train
        self.net = network_of(settings, rng, image)
        self.trainer = Trainer(
            self.net,
            optimizer.name,
            optimizer.lr,
            optimizer.momentum,
            settings.batch_size,
            rng,
            settings.threads,
            weight_decay=optimizer.weight_decay,
            schedule=schedule_named(settings.schedule.name),
            clip=optimizer.clip,
            loss=settings.loss,
            augment=settings.distortions,
        )
        self.settings = resolved(settings, self.trainer)
        self._rng = rng
        self._before = data, rng.bit_generator.state
        """What the data depend on."""
        self._after: State | None = None
        """The random numbers' state when the data are read."""
        if earlier is not None and earlier._after is not None and earlier._before == self._before:
            splits = earlier._data.result()
            rng.bit_generator.state = earlier._after
        self._data: Future[Splits] = in_background(lambda: splits or read(data, rng))

    @property
    def reading(self) -> str:
        """What is done before training begins."""
        name = self.settings.data.name
        return "drawing stroke digits" if name == "strokes" else f"reading {name}"

    def warm_up(self, entries: bool) -> Iterator[Compiling]:
        """Compile what the run needs, telling what; to cancel, stop iterating.

        Args:
            entries: whether `entry` is going to be called.
        """
        settings, net = self.settings, self.net
        optimizer = settings.optimizer
        kernels = training_kernels(
            net, optimizer.name, optimizer.clip, settings.loss, settings.distortions
        )
        if entries:
            x = np.zeros((1, *net.spec.input), np.float32)
            kernels.append(
                ("health", lambda: examine(net, x, np.zeros(1, np.int64), settings.loss))
            )
        for kernel in warm_up(kernels):
            if self._data.done():
                self._data.result()  # raises what is wrong with the data
            yield kernel

    def events(self, cancel: CancelToken | None = None) -> Iterator[Event]:
        """Train, as soon as the data are there; see `Trainer.run`."""
        return iter(self.ready(cancel))

    def ready(self, cancel: CancelToken | None = None) -> Run:
        """The run to be taken step by step, as soon as the data are there."""
        train, test = self._data.result()
        self._after = self._rng.bit_generator.state
        if self.settings.weights is None:
            self.net.preprocessing = train.preprocessing
        return self.trainer.ready(train, test, self.settings.epochs, cancel, self.settings.until)

    def entry(self, event: Event) -> dict[str, Any]:
        """An event as the log of the run tells it.

        The start has the time and the seed too, an epoch the health of the network, which is found
        on training images.
        """
        entry = to_json(event)
        match event:
            case RunStart():
                entry["time"] = datetime.now().astimezone().isoformat(timespec="seconds")
                entry["seed"] = self.settings.seed
            case EpochDone():
                entry["health"] = asdict(self.health())
        return entry

    def health(self) -> Health:
        """That of the network as it is, found on training images."""
        train = self._data.result().train
        chosen = spread(len(train), LOOKED_AT)
        x, labels = self.net.preprocessing(train.images[chosen]), train.labels[chosen]
        return examine(self.net, x, labels, self.settings.loss)


def network_of(settings: Settings, rng: np.random.Generator, data: Dataset) -> Network:
    """A new network, or that of the weights to begin with.

    Raises:
        RequestError: the data do not fit it, or the weights are of another network than the one
            asked for.
        CheckpointError: they are none.
        TrainingError: some of them are no finite numbers.
    """
    if settings.weights is None:
        spec = summarize(settings.net or DEFAULT)
        check_fits(spec, data)  # before a gigabyte is filled with weights
        return Network(spec, rng, data.class_names, initialiser=settings.initialiser)
    net = Network.load(settings.weights)
    check_numbers(net)
    if settings.net is not None and net.spec != summarize(settings.net):
        raise RequestError(
            f"weights {settings.weights} are of {net.spec}; the network asked for is"
            f" {summarize(settings.net)}"
        )
    check_fits(net.spec, data)
    return net


def resolved(settings: Settings, trainer: Trainer) -> Settings:
    """The settings with what None stands for in them."""
    optimizer = replace(settings.optimizer, lr=trainer.lr, momentum=trainer.momentum)
    net = DEFAULT if settings.weights is None else str(trainer.net.spec)
    return replace(settings, net=settings.net or net, optimizer=optimizer)
