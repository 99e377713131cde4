"""What a run of training is: its settings, in the tables and by the names of a run file."""

import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from tuiconv.arithmetic import summarize
from tuiconv.data.distortions import Distortions
from tuiconv.data.load import check_name, is_path
from tuiconv.errors import RequestError, unknown
from tuiconv.nn.initialisers import INITIALISERS
from tuiconv.nn.losses import LOSSES
from tuiconv.nn.optimizers import OPTIMIZERS
from tuiconv.nn.schedules import SCHEDULES
from tuiconv.nn.until import Until

LARGEST = 2**63 - 1
"""The largest whole number of a TOML file."""

LONGEST = 60
"""Characters of a wrong value that are quoted."""


def number(default: float | None, **limits: float) -> Any:  # noqa: ANN401 - a field takes the place of a value of any type
    """A setting that is a number, and its limits: `least`, `above`, `below` and `most`."""
    return field(default=default, metadata=limits)


def name(default: str, *among: str) -> Any:  # noqa: ANN401 - as above
    """A setting that is one of some names."""
    return field(default=default, metadata={"among": among})


@dataclass(frozen=True)
class Checked:
    """A table of settings that are within their limits.

    Raises:
        RequestError: one is not; the message begins with its name.
    """

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            among = each.metadata.get("among")
            if among is not None and value not in among:
                raise unknown(each.name, value, among)
            if among is None and isinstance(value, int | float):
                check_number(each.name, value, each.metadata)


LIMITS: dict[str, tuple[str, Callable[[float, float], bool]]] = {
    "least": ("of at least", operator.ge),
    "above": ("above", operator.gt),
    "below": ("less than", operator.lt),
    "most": ("at most", operator.le),
}
"""How a limit of a number is called in an error, and how it is kept."""


def check_number(name: str, value: float, limits: Mapping[str, float]) -> None:
    """Raise RequestError, with what is allowed, unless a number is within its limits."""
    whole = isinstance(value, int)
    possible = abs(value) <= LARGEST if whole else math.isfinite(value)
    if possible and all(LIMITS[limit][1](value, bound) for limit, bound in limits.items()):
        return
    texts = [f"{LIMITS[limit][0]} {bound:g}" for limit, bound in limits.items()]
    if whole and not possible:
        texts.append(f"at most {LARGEST:,}")
    kind = "a whole number" if whole else "a number"
    raise RequestError(f"{name} is {quoted(value)}; expected {kind} {' and '.join(texts)}")


def quoted(value: object) -> str:
    """A value as TOML, cut where it is long."""
    if type(value) is bool:
        return str(value).lower()
    if isinstance(value, int) and value.bit_length() > 64:
        return f"a whole number of {value.bit_length()} bits"
    if isinstance(value, dict):
        return "a table"
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


@dataclass(frozen=True)
class DataSettings(Checked):
    """The data set: `[data]`."""

    name: str = "strokes"
    """One of `tuiconv data list`, or the path of a folder of pictures or of an .npz file."""
    dir: str | None = None
    """The folder that holds the data set's folder."""
    train: int | None = number(None, least=1)
    """So many training images, drawn; None for all. This and the next four: see `reduced`."""
    test: int | None = number(None, least=1)
    """So many test images, drawn."""
    size: int | None = number(None, least=1)
    """Height and width that the images are reduced to."""
    held_out: int | None = number(None, least=1)
    """So many training images to test on; the test part is not looked at."""
    positions: int | None = number(None, least=1)
    """Few training digits in so many places each make both parts, as in the study of 1989."""
    none: float | None = number(None, above=0, most=0.9)
    """Share of the images that show no digit, an eleventh class; see `with_none`."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if not is_path(self.name):
            check_name(self.name)


@dataclass(frozen=True)
class OptimizerSettings(Checked):
    """How the network learns: `[optimizer]`."""

    name: str = name("sgd", *OPTIMIZERS)
    lr: float | None = number(None, above=0)
    """None for the optimiser's own."""
    momentum: float | None = number(None, least=0, below=1)
    """None for the optimiser's own."""
    weight_decay: float = number(0.0, least=0)
    clip: float | None = number(None, above=0)
    """How long gradients may be together; None for any length."""


@dataclass(frozen=True)
class ScheduleSettings(Checked):
    """How the learning rate changes: `[schedule]`."""

    name: str = name("constant", *SCHEDULES)


@dataclass(frozen=True)
class SeriesSettings(Checked):
    """The same run for several networks and seeds, and a table: `[series]`."""

    nets: tuple[str, ...] = ()
    """Presets or networks in the layer-pattern language; none for `net` alone."""
    seeds: int = number(1, least=1)
    """Each network learns with the seeds 0, 1, … seeds − 1."""

    def __post_init__(self) -> None:
        super().__post_init__()
        for net in self.nets:
            summarize(net)


@dataclass(frozen=True)
class Settings(Checked):
    """A run: what stands in a run file before the first table, and the tables."""

    net: str | None = None
    """A preset or a network in the layer-pattern language; None for that of `weights`, without
    these for `lenet5`."""
    weights: str | None = None
    """The checkpoint to begin with; None for random weights."""
    initialiser: str = name("lecun", *INITIALISERS)
    """How widely random weights vary."""
    loss: str = name("cross_entropy", *LOSSES)
    """What becomes smaller."""
    epochs: int = number(4, least=1)
    """Times every training image is seen, unless `until` holds before."""
    batch_size: int = number(64, least=1)
    seed: int = number(0, least=0)
    """Of the weights, the order of the images, their distortions and the stroke digits."""
    threads: int | None = number(None, least=1)
    """None for as many as the process may use; the result is the same for any number."""
    until: str | None = None
    """A condition such as `test_accuracy >= 0.99`."""
    output: str | None = None
    """The run's directory, or one checkpoint if it ends in .safetensors; None for neither."""
    data: DataSettings = DataSettings()
    distortions: Distortions | None = None
    """`[distortions]`, new for every epoch; None for the images as they are."""
    optimizer: OptimizerSettings = OptimizerSettings()
    schedule: ScheduleSettings = ScheduleSettings()
    series: SeriesSettings | None = None
    """`[series]`; None for a single run."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.net is not None:
            summarize(self.net)
        if self.until is not None:
            Until.parse(self.until)
        if self.output == "":
            raise RequestError('output is ""; expected a path')
