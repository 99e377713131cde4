"""Training: mini-batches in, a better network out, and a report of every step."""

import math
from collections.abc import Iterator
from itertools import islice
from threading import Event as CancelToken
from time import perf_counter

import numpy as np
import numpy.typing as npt

from tuiconv.data.dataset import Dataset
from tuiconv.errors import RequestError, UserError
from tuiconv.nn.events import BatchDone, EpochDone, Event, RunEnd, RunStart
from tuiconv.nn.layers import Array, Labels
from tuiconv.nn.network import Network
from tuiconv.nn.optimizers import checked_rate, make_optimizer
from tuiconv.nn.progress import Progress, State
from tuiconv.nn.schedules import Schedule, constant
from tuiconv.nn.scoring import Score, score, total
from tuiconv.nn.team import Team
from tuiconv.nn.together import Learning
from tuiconv_kernels.cores import usable_cores

WORTH_SHARING = 1_000_000
"""Multiply-adds forward: less is done by one thread before another has woken up."""

KEPT = 4
"""Sizes of batches whose steps are kept."""

EVALUATED = 256
"""Images that are tested between two looks at the cancel token."""


class TrainingError(UserError):
    """Training cannot go on: one line that says why and what to change."""


class Trainer:
    """Teaches a network by gradient descent on mini-batches.

    Args:
        net: trained in place.
        optimizer: "sgd" (with momentum, so also called "momentum"), "nesterov", "adagrad",
            "rmsprop", "adam" or "natural".
        lr: learning rate; may be changed between batches (`trainer.lr = …`). None for 0.02 with
            SGD and Nesterov, 0.01 with AdaGrad, 0.001 with the others.
        momentum: 0 (none) up to but not including 1; None for 0.9 where there is momentum.
        batch_size: images per update.
        seed: the order of the images in every epoch.
        threads: None for as many as the process may use. The result is the same for any number.
        weight_decay: adds weight_decay · w to the gradient of every parameter w.
        schedule: gives the factor of the learning rate for every batch of a run; None for 1.
        clip: gradients that are longer than this together, √Σg², are shortened to it; None for any.

    Several threads may use one trainer; its batches are then learned one after the other.

    Raises:
        RequestError: a ValueError for a setting outside its range.
    """

    def __init__(
        self,
        net: Network,
        optimizer: str = "sgd",
        lr: float | None = None,
        momentum: float | None = None,
        batch_size: int = 64,
        seed: int | np.random.Generator = 0,
        threads: int | None = None,
        *,
        weight_decay: float = 0.0,
        schedule: Schedule | None = None,
        clip: float | None = None,
    ) -> None:
        if batch_size < 1 or batch_size != int(batch_size):
            raise RequestError(f"batch size {batch_size}; expected a whole number of at least 1")
        if threads is not None and (threads < 1 or threads != int(threads)):
            raise RequestError(f"threads {threads}; expected a whole number of at least 1")
        if clip is not None and not (math.isfinite(clip) and clip > 0):
            raise RequestError(f"clip {clip}; expected a number above 0")
        self.net = net
        self.optimizer = optimizer
        self.batch_size = batch_size
        self.clip = clip
        self._schedule = schedule or constant
        self._optimizer = make_optimizer(optimizer, net.parameters, lr, momentum, weight_decay)
        self._lr = self._optimizer.lr
        self._rng = np.random.default_rng(seed)
        self._progress: Progress | None = None
        self._restored = False
        self._team = Team(threads or usable_cores())
        self.threads = self._team.size
        self._steps: dict[int, Learning] = {}

    @property
    def lr(self) -> float:
        """The learning rate of the next batch; in a run, the schedule's factor comes to it."""
        return self._lr

    @lr.setter
    def lr(self, value: float) -> None:
        self._lr = float(checked_rate(value))

    @property
    def momentum(self) -> float | None:
        """How much of the last update is carried into the next; None if the optimiser has none."""
        return self._optimizer.momentum

    @property
    def weight_decay(self) -> float:
        """How strongly parameters are drawn to 0."""
        return self._optimizer.weight_decay

    def step(self, x: Array, labels: Labels) -> float:
        """One update from one mini-batch.

        Args:
            x: (n, channels, height, width), normalised.
            labels: (n,) class numbers.

        Returns:
            The mean cross-entropy of the batch before the update.

        Raises:
            RequestError: an empty batch, images of another shape than the network's INPUT, not a
                label for every image, or a label that is no class.
        """
        labels = np.asarray(labels)
        classes, *places = self.net.spec.output
        if places:
            raise RequestError(f"{self.net.spec} gives maps; expected an FC layer for the classes")
        if len(x) == 0 or labels.shape != (len(x),) or labels.dtype.kind not in "iu":
            raise RequestError(
                f"{len(x)} images and labels {labels.dtype} of shape {labels.shape}; expected one"
                " whole number for every image, and at least one image"
            )
        wrong = labels[(labels < 0) | (labels >= classes)]
        if len(wrong):
            raise RequestError(f"label {wrong[0]}; expected 0 to {classes - 1}")
        expected = (len(x), *self.net.spec.input)
        if np.shape(x) != expected:
            raise RequestError(f"images of shape {np.shape(x)}; expected {expected}")
        self._optimizer.lr = self.lr
        return self._learning(len(x)).run(self.net.checked(x), labels).loss

    def _learning(self, images: int) -> Learning:
        """A step for so many images, kept for the next batch of that size."""
        learning = self._steps.get(images)
        if learning is None:
            if len(self._steps) == KEPT:
                del self._steps[next(iter(self._steps))]
            work = images * self.net.spec.totals.macs
            members = self._team.size if work > WORTH_SHARING else 1
            learning = Learning(self._team, members, self.net, self._optimizer, images, self.clip)
            self._steps[images] = learning
        return learning

    def run(
        self, train: Dataset, test: Dataset, epochs: int, cancel: CancelToken | None = None
    ) -> Iterator[Event]:
        """Train for some epochs, testing after each, and report every step as it is done.

        Training goes on as the events are taken from the iterator. After `restore` it goes on from
        there, else it begins with the first epoch.

        Args:
            train: shuffled anew for every epoch.
            test: read after every epoch.
            epochs: at least 1; those before a `restore` count.
            cancel: when set, the run ends after the batch in hand, with its `RunEnd`.

        Raises:
            RequestError: epochs below 1, an empty data set, or images or classes that do not fit.
            TrainingError: the loss is no longer a number.
        """
        if epochs < 1:
            raise RequestError(f"epochs {epochs}; expected at least 1")
        for part in (train, test):
            check_fits(self.net, part)
        if self._restored and self._progress is not None:
            self._progress.check_fits(len(train), self.batch_size)
        return self._run(train, test, epochs, cancel or CancelToken())

    def _run(
        self, train: Dataset, test: Dataset, epochs: int, cancel: CancelToken
    ) -> Iterator[Event]:
        batches = math.ceil(len(train) / self.batch_size)
        yield RunStart(
            spec=str(self.net.spec),
            parameters=self.net.spec.totals.parameters,
            train=train.name,
            train_images=len(train),
            test=test.name,
            test_images=len(test),
            epochs=epochs,
            batches=batches,
            batch_size=self.batch_size,
            optimizer=self.optimizer,
            lr=self.lr,
            momentum=self.momentum,
            weight_decay=self.weight_decay,
            clip=self.clip,
            threads=self.threads,
        )
        began = perf_counter()
        learning, images = 0.0, 0
        progress = self._begin()
        while progress.completed < epochs:
            epoch, done = progress.completed + 1, len(progress.scores)
            rest = islice(self._batches(len(train)), done, None)
            for batch, chosen in enumerate(rest, start=done + 1):
                started = perf_counter()
                passes = epoch - 1 + (batch - 1) / batches
                lr = self._optimizer.lr = self.lr * self._schedule(passes, epochs)
                x = self._prepared(train.images[chosen])
                learned = self._learning(len(chosen)).run(x, train.labels[chosen])
                learning += perf_counter() - started
                images += len(chosen)
                self._check_loss(learned.loss, f"in epoch {epoch}, batch {batch}")
                progress.scores.append(learned)
                yield BatchDone(
                    epoch=epoch,
                    batch=batch,
                    batches=batches,
                    loss=learned.loss,
                    accuracy=learned.accuracy,
                    lr=lr,
                    images_per_second=images / learning,
                )
                if cancel.is_set():
                    break
            tested = self.evaluate(test, cancel)
            if tested is None:
                break
            self._check_loss(tested.loss, f"on the test images after epoch {epoch}")
            epoch_score = total(progress.scores)
            progress.complete(tested.accuracy, self._rng.bit_generator.state)
            yield EpochDone(
                epoch=epoch,
                epochs=epochs,
                train_loss=epoch_score.loss,
                train_accuracy=epoch_score.accuracy,
                test_loss=tested.loss,
                test_accuracy=tested.accuracy,
                seconds=perf_counter() - began,
            )
        yield RunEnd(
            epochs=progress.completed,
            test_accuracy=progress.test_accuracy,
            seconds=perf_counter() - began,
            images_per_second=images / learning if images else 0.0,
            cancelled=progress.completed < epochs,
        )

    def _prepared(self, images: npt.NDArray[np.uint8]) -> Array:
        return self.net.checked(self.net.preprocessing(images))

    def _check_loss(self, loss: float, where: str) -> None:
        if not math.isfinite(loss):
            raise TrainingError(
                f"the loss is {loss} {where}: training diverged; try a learning rate below"
                f" {self.lr:g}"
            )

    def _batches(self, images: int) -> Iterator[npt.NDArray[np.int64]]:
        """The numbers of all images in a new random order, a batch at a time."""
        order = self._rng.permutation(images)
        for start in range(0, images, self.batch_size):
            yield order[start : start + self.batch_size]

    def _begin(self) -> Progress:
        """The progress of a new run, or that which was restored."""
        if self._restored and self._progress is not None:
            self._rng.bit_generator.state = self._progress.order
        else:
            self._progress = Progress(self._rng.bit_generator.state)
        self._restored = False
        return self._progress

    def state(self) -> State:
        """All that a run needs to go on, but the network's parameters and the trainer's settings.

        To be taken when no step is under way: between two events of `run`, or after it.

        Returns:
            Arrays and plain values by name; the optimiser's arrays are named `optimizer.…`.
        """
        progress = self._progress or Progress(self._rng.bit_generator.state)
        memory = self._optimizer.memory.items()
        return {
            "optimizer": self.optimizer,
            "batch_size": self.batch_size,
            "lr": self.lr,
            "steps": self._optimizer.steps,
            **progress.state(),
            **{f"optimizer.{name}": array.copy() for name, array in memory},
        }

    def restore(self, state: State) -> None:
        """Let the next run go on where another trainer's was when it gave its state.

        If the network's parameters are what they were then, and the data and the settings are the
        same, it gives the same numbers as a run that was never interrupted, bit for bit.

        Raises:
            RequestError: the state is damaged, or of another optimiser, batch size or network; then
                nothing is changed.
        """
        for name, own in (("optimizer", self.optimizer), ("batch_size", self.batch_size)):
            if state.get(name) != own:
                raise RequestError(f"the state's {name} is {state.get(name)}; expected {own}")
        memory = self._optimizer.memory
        for name, array in memory.items():
            kept = state.get(f"optimizer.{name}")
            if not is_like(kept, array):
                raise RequestError(
                    f"the state has no optimizer.{name} of {array.dtype} for"
                    f" {len(array)} parameters"
                )
        steps, lr = state.get("steps"), state.get("lr")
        if not (isinstance(steps, int) and steps >= 0 and isinstance(lr, float)):
            raise RequestError(f"the state's steps are {steps}, its lr is {lr}; expected numbers")
        progress = Progress.restored(state, self._rng.bit_generator)
        self.lr = lr
        for name, array in memory.items():
            array[...] = state[f"optimizer.{name}"]
        self._optimizer.steps = steps
        self._progress, self._restored = progress, True

    def evaluate(self, dataset: Dataset, cancel: CancelToken | None = None) -> Score | None:
        """The score on a data set; None when cancelled before the end.

        Raises:
            RequestError: an empty data set, or images or classes that do not fit the network.
        """
        check_fits(self.net, dataset)

        starts = range(0, len(dataset), EVALUATED)
        scores: list[Score | None] = [None] * len(starts)
        waiting = iter(enumerate(starts))

        def read(member: int) -> None:
            for k, start in waiting:
                if cancel is not None and cancel.is_set():
                    return
                chunk = slice(start, start + EVALUATED)
                output = self.net.outputs(self._prepared(dataset.images[chunk]))
                scores[k] = score(self.net, output, dataset.labels[chunk])

        self._team.run(read, members=len(starts))
        whole = [part for part in scores if part is not None]
        return total(whole) if len(whole) == len(scores) else None


def is_like(value: object, array: Array) -> bool:
    """Whether a value is an array of the same shape and dtype."""
    found = isinstance(value, np.ndarray) and (value.shape, value.dtype)
    return found == (array.shape, array.dtype)


def check_fits(net: Network, dataset: Dataset) -> None:
    """Raise RequestError unless the network takes the images and has an output per class."""
    if len(dataset) == 0:
        raise RequestError(f"{dataset.name} is empty; expected at least one image")
    if dataset.images.shape[1:] != net.spec.input:
        found, expected = (
            "×".join(map(str, s)) for s in (dataset.images.shape[1:], net.spec.input)
        )
        raise RequestError(f"{dataset.name} are {found} images; the network's INPUT is {expected}")
    if net.spec.output != (dataset.classes,):
        found = "×".join(map(str, net.spec.output))
        raise RequestError(
            f"{dataset.name} have {dataset.classes} classes; the network has {found} outputs"
        )
