"""Training: mini-batches in, a better network out."""

import math
from collections.abc import Iterator, Sequence
from threading import Event as CancelToken

import numpy as np
import numpy.typing as npt

from tuiconv.data.dataset import Dataset, Images
from tuiconv.errors import RequestError
from tuiconv.nn.augmentation import Augment, Augmentation, Numbers
from tuiconv.nn.events import Event
from tuiconv.nn.fitting import check_fits, check_numbers
from tuiconv.nn.layers import Array, Labels
from tuiconv.nn.losses import loss_named
from tuiconv.nn.network import Network, classes_of
from tuiconv.nn.optimizers import checked_rate, make_optimizer
from tuiconv.nn.progress import Progress, State
from tuiconv.nn.running import Run
from tuiconv.nn.schedules import Schedule, constant
from tuiconv.nn.scoring import Score, score, total
from tuiconv.nn.states import is_like
from tuiconv.nn.team import Team
from tuiconv.nn.together import Learning
from tuiconv.nn.until import Until
from tuiconv_kernels.cores import usable_cores

WORTH_SHARING = 1_000_000
"""Multiply-adds forward: less is done by one thread before another has woken up."""

KEPT = 4
"""Sizes of batches whose steps are kept."""

FITTED = 10_000
"""Training images that a whitening is fitted to, at most."""

EVALUATED = 256
"""Images that are tested between two looks at the cancel token."""


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
        seed: the order of the images in every epoch, and what dropout leaves out.
        threads: None for as many as the process may use. The result is the same for any number.
        weight_decay: adds weight_decay · w to the gradient of every parameter w.
        schedule: gives the factor of the learning rate for every batch of a run; None for 1.
        clip: gradients that are longer than this together, √Σg², are shortened to it; None for any.
        loss: what becomes smaller: "cross_entropy", or "squared" or "svm", which leave out a final
            SOFTMAX; see `tuiconv.nn.losses`.
        augment: changes the training images of every batch of a run, such as `Distortions`.

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
        loss: str = "cross_entropy",
        augment: Augment | None = None,
    ) -> None:
        for name, value in (("batch size", batch_size), ("threads", threads)):
            if value is not None and not (value >= 1 and value % 1 == 0):
                raise RequestError(f"{name} {value}; expected a whole number of at least 1")
        if clip is not None and not (math.isfinite(clip) and clip > 0):
            raise RequestError(f"clip {clip}; expected a number above 0")
        self.net = net
        self.optimizer = optimizer
        self.batch_size = int(batch_size)
        self.clip = clip
        self.loss = loss
        self.judge = loss_named(loss)
        self.schedule = schedule or constant
        self._optimizer = make_optimizer(optimizer, net.parameters, lr, momentum, weight_decay)
        self._lr = self._optimizer.lr
        self._rng = np.random.default_rng(seed)
        self._progress: Progress | None = None
        self._restored = False
        self._team = Team(int(threads or usable_cores()))
        self.threads = self._team.size
        self._steps: dict[int, Learning] = {}
        self._augmentation: Augmentation | None = None
        if augment is not None:
            self._augmentation = Augmentation(augment, int(self._rng.integers(2**63)), self._team)
        # nets without dropout keep the numbers that their seeds have always given
        self.dropout_seed = int(self._rng.integers(2**63)) if net.is_random else None
        """What layers that toss coins toss by, with the number of the step; None without them."""

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

    def use(
        self, optimizer: str, lr: float | None, momentum: float | None, weight_decay: float
    ) -> None:
        """Go on with another optimiser, which remembers nothing yet, or other settings of the same.

        Raises:
            RequestError: as for a new trainer; then nothing is changed.
        """
        other = make_optimizer(optimizer, self.net.parameters, lr, momentum, weight_decay)
        if optimizer == self.optimizer:
            self._optimizer.settings[:] = other.settings
        else:
            self.optimizer, self._optimizer = optimizer, other
            self._steps.clear()  # they are bound to the one before
        self._lr = other.lr

    def step(self, x: Array, labels: Labels) -> float:
        """One update from one mini-batch.

        Args:
            x: (n, channels, height, width), normalised.
            labels: (n,) class numbers.

        Returns:
            The mean loss of the batch before the update.

        Raises:
            RequestError: an empty batch, images of another shape than the network's INPUT, not a
                label for every image, or a label that is no class.
        """
        labels = np.asarray(labels)
        classes = classes_of(self.net.spec)
        if classes is None:
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
            learning = Learning(
                self._team, members, self.net, self._optimizer, images, self.clip, self.judge,
                self.dropout_seed or 0,
            )  # fmt: skip
            self._steps[images] = learning
        return learning

    def run(
        self,
        train: Dataset,
        test: Dataset,
        epochs: int,
        cancel: CancelToken | None = None,
        until: str | None = None,
    ) -> Iterator[Event]:
        """Train for some epochs, testing after each, and report every step as it is done.

        Training goes on as the events are taken from the iterator. After `restore` it goes on from
        there, else it begins with the first epoch.

        Arguments and errors are those of `ready`; besides, after the `RunEnd`, there is a
        TrainingError if the loss is no number.
        """
        return iter(self.ready(train, test, epochs, cancel, until))

    def ready(
        self,
        train: Dataset,
        test: Dataset,
        epochs: int,
        cancel: CancelToken | None = None,
        until: str | None = None,
    ) -> Run:
        """A run that is about to begin, for who wants to take it step by step.

        Args:
            train: shuffled anew for every epoch.
            test: read after every epoch.
            epochs: at least 1; those before a `restore` count.
            cancel: when set, the run ends after the batch in hand, with its `RunEnd`.
            until: a condition such as "test_accuracy >= 0.99"; the first epoch after which it holds
                is the last.

        Raises:
            RequestError: epochs below 1, a condition that is none, an empty data set, or images or
                classes that do not fit.
            TrainingError: a parameter or statistic is no number.
        """
        if epochs < 1:
            raise RequestError(f"epochs {epochs}; expected at least 1")
        for part in (train, test):
            check_fits(self.net.spec, part)
        check_numbers(self.net)
        self.check_batches(self.batch_size, len(train))
        if self._restored and self._progress is not None:
            self._progress.check_fits(len(train), self.batch_size)
        condition = None if until is None else Until.parse(until)
        if self.net.is_to_be_fitted:
            self.net.fit(self.prepared(train.images[:: math.ceil(len(train) / FITTED)]))
        return Run(self, train, test, epochs, cancel or CancelToken(), condition)

    def learn(self, images: npt.NDArray[np.uint8], labels: Labels, lr: float) -> Score:
        """One update from images and labels of a data set that fits, with this learning rate.

        Returns:
            How well the network did on them before the update.
        """
        self._optimizer.lr = lr
        return self._learning(len(images)).run(self.prepared(images), labels)

    def check_batches(self, size: int, images: int) -> None:
        """Raise RequestError if a layer cannot learn from so many images in batches of a size."""
        for count in {min(size, images), images % size} - {0}:
            self.net.check_batch(count)

    @property
    def steps(self) -> int:
        """Updates by the optimiser so far."""
        return self._optimizer.steps

    def begin(self) -> Progress:
        """The progress of a new run, or that which was restored."""
        if self._restored and self._progress is not None:
            self._rng.bit_generator.state = self._progress.order
        else:
            self._progress = Progress(self.order)
        self._restored = False
        return self._progress

    @property
    def order(self) -> State:
        """The state of the random numbers that give the next epoch its order of images."""
        return self._rng.bit_generator.state

    def shuffled(self, images: int) -> Numbers:
        """The numbers of all images in a new random order."""
        return self._rng.permutation(images)

    def batches(self, order: Numbers) -> list[Numbers]:
        """The numbers of images, in order, a batch at a time."""
        size = self.batch_size
        return [order[start : start + size] for start in range(0, len(order), size)]

    def pictures(
        self, images: Images, batches: Sequence[Numbers], epoch: int, first: int
    ) -> Iterator[Images]:
        """The images of some batches of an epoch, from the batch of number `first` on, changed."""
        if self._augmentation is None:
            return (images[chosen] for chosen in batches)
        return self._augmentation(images, batches, epoch, first)

    def prepared(self, images: npt.NDArray[np.uint8]) -> Array:
        """Images of a data set as the network takes them."""
        return self.net.checked(self.net.preprocessing(images))

    def state(self) -> State:
        """All that a run needs to go on, but the network's parameters and the trainer's settings.

        To be taken when no step is under way: between two events of `run`, or after it.

        Returns:
            Arrays and plain values by name; the optimiser's arrays are named `optimizer.…`.
        """
        progress = self._progress or Progress(self.order)
        memory = self._optimizer.memory.items()
        return {
            "optimizer": self.optimizer,
            "batch_size": self.batch_size,
            "lr": self.lr,
            "steps": self._optimizer.steps,
            "augment_seed": None if self._augmentation is None else self._augmentation.seed,
            "dropout_seed": self.dropout_seed,
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
        augmentation = self._augmentation
        seeds = {"augment_seed": augmentation is not None, "dropout_seed": self.net.is_random}
        for name, needed in seeds.items():
            seed = state.get(name)
            if (isinstance(seed, int) and seed >= 0) != needed:
                expected = "a number" if needed else "None"
                raise RequestError(f"the state's {name} is {seed}; expected {expected}")
        progress = Progress.restored(state, self._rng.bit_generator)
        self.lr = lr
        for name, array in memory.items():
            array[...] = state[f"optimizer.{name}"]
        self._optimizer.steps = steps
        if self.dropout_seed != state["dropout_seed"]:
            self._steps.clear()  # they know the seed
            self.dropout_seed = state["dropout_seed"]
        if augmentation is not None:
            augmentation.seed = int(state["augment_seed"])
        self._progress, self._restored = progress, True

    def evaluate(self, dataset: Dataset, cancel: CancelToken | None = None) -> Score | None:
        """The score on a data set; None when cancelled before the end.

        Raises:
            RequestError: an empty data set, or images or classes that do not fit the network.
        """
        check_fits(self.net.spec, dataset)
        scores: list[Score] = []
        while cancel is None or not cancel.is_set():
            more = self.scores(dataset, len(scores))
            if not more:
                return total(scores)
            scores += more
        return None

    def scores(self, dataset: Dataset, read: int) -> list[Score]:
        """The scores on the next few parts of a data set that fits, one part for each thread.

        Args:
            dataset: is read in parts of `EVALUATED` images.
            read: how many of the parts are done; if all are, there are no scores.
        """
        starts = range(0, len(dataset), EVALUATED)[read : read + self._team.size]
        scores: dict[int, Score] = {}

        def judge(member: int) -> None:
            part = slice(starts[member], starts[member] + EVALUATED)
            output = self.net.outputs(self.prepared(dataset.images[part]), self.judge)
            scores[member] = score(output, dataset.labels[part], self.judge)

        if starts:
            self._team.run(judge, members=len(starts))
        return [scores[member] for member in range(len(starts))]
