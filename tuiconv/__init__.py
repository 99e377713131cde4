"""tuiconv: take a convolutional network apart in the terminal."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tuiconv.arithmetic import summarize
    from tuiconv.data.load import load_dataset
    from tuiconv.images.apply import apply_filter
    from tuiconv.nn.network import Network
    from tuiconv.nn.training import Trainer

__version__ = "0.1.0"

__all__ = ["Network", "Trainer", "apply_filter", "load_dataset", "summarize"]

_HOMES = {
    "Network": "nn.network",
    "Trainer": "nn.training",
    "apply_filter": "images.apply",
    "load_dataset": "data.load",
    "summarize": "arithmetic",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the name stands for
    # Imported on first use, so that `tuiconv --help` need not wait for NumPy and Numba.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)
