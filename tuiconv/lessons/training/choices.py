"""The settings that keys change: what they are called, and what comes before and after a value."""

from typing import Final

from tuiconv.arithmetic import summarize
from tuiconv.arithmetic.zoo import lenets
from tuiconv.data.catalog import CATALOG
from tuiconv.data.load import is_path, where
from tuiconv.errors import RequestError, unknown
from tuiconv.lessons.ways import after, rung
from tuiconv.nn.network import classes_of
from tuiconv.nn.optimizers import OPTIMIZERS
from tuiconv.runs.settings import LARGEST

NAMES: Final[dict[str, str]] = {
    "net": "net",
    "data": "data",
    "seed": "seed",
    "optimizer": "optimiser",
    "lr": "lr",
    "momentum": "momentum",
    "batch_size": "batch",
    "weight_decay": "decay",
}
"""The settings, and what they are called on the screen."""

NETS: Final = (*lenets.PRESETS, "cifar-convnet", "all-conv")
"""Presets that a learner does not wait long for."""

BEGINNING: Final = ("net", "data", "seed")
"""Those that a run begins with: another value begins anew."""

LADDERS: Final[dict[str, tuple[float, ...]]] = {
    "lr": tuple(k / 10_000 for k in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000)),
    "momentum": (0.0, 0.5, 0.8, 0.9, 0.95, 0.99),
    "batch_size": tuple(2**power for power in range(11)),
    "weight_decay": (0.0, 0.00001, 0.0001, 0.001, 0.01, 0.1),
}
"""The values that the keys step through."""


def neighbour(setting: str, value: str | float | None, step: int, data: str) -> str | float:
    """The next value of a setting, or (step −1) the one before; at either end the value itself.

    Args:
        setting: one of `NAMES`.
        value: what it has now.
        step: 1 or −1.
        data: the data set, to which a network must fit.

    Raises:
        RequestError: the optimiser has no such setting, or there is no other data set.
    """
    if value is None:
        raise RequestError(f"this optimiser has no {NAMES[setting]}; sgd and nesterov have one")
    if setting == "seed":
        return min(max(0, int(value) + step), LARGEST)
    if isinstance(value, str):
        names = {"net": nets_for, "data": data_sets, "optimizer": optimizers}[setting](data)
        return after(names, value, step)
    return rung(LADDERS[setting], value, step)


def beside(setting: str, step: int) -> str:
    """The setting next to one, round the row."""
    names = [*NAMES]
    if setting not in names:
        raise unknown("setting", setting, names)
    return after(names, setting, step)


def data_sets(now: str) -> list[str]:
    """Those whose files are here, and the one there is now.

    Raises:
        RequestError: there is no other.
    """
    here = [name for name in CATALOG if name in ("strokes", now) or where(name) is not None]
    if here in ([now], []):
        raise RequestError(
            "no other data set is here; `tuiconv data get mnist` brings one, and `tuiconv data"
            " list` names all"
        )
    return here


def optimizers(data: str) -> list[str]:
    """Their names, one each, for any data."""
    return [name for name in OPTIMIZERS if name != "momentum"]  # which is sgd


def nets_for(data: str) -> list[str]:
    """The presets that can learn a data set, if need be from smaller images."""
    return [name for name in NETS if suits(name, data)]


def suits(net: str, data: str) -> bool:
    """Whether a network can learn a data set, if need be from smaller images."""
    if data not in CATALOG:
        return True  # only its files tell
    entry, spec = CATALOG[data], summarize(net)
    channels, height, width = spec.input
    fits = channels == entry.shape[0] and (height, width) == entry.shape[1:]
    smaller = channels == entry.shape[0] and height == width < min(entry.shape[1:])
    return (fits or smaller) and classes_of(spec) == len(entry.class_names)


def image_size(net: str, data: str) -> int | None:
    """The size that a data set's images are reduced to for a network; None if they are not."""
    if data not in CATALOG or is_path(data):
        return None
    height, width = CATALOG[data].shape[1:]
    side = summarize(net).input[1]
    return side if side < min(height, width) else None
