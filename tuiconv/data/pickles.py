"""The batches of CIFAR-10's Python version: pickles, read without running what they name."""

import io
import pickle
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from tuiconv.data.dataset import DataError


class PlainType:
    """Stands in for a NumPy dtype: keeps its name and does nothing."""

    def __init__(self, name: bytes = b"", *_: Any) -> None:  # noqa: ANN401 (whatever is pickled)
        self.name = name

    def __setstate__(self, state: object) -> None:
        """A byte has no byte order or fields to set."""


class PlainArray:
    """Stands in for a NumPy array: keeps what is stored of it, unlooked at."""

    state: object = None

    def __setstate__(self, state: object) -> None:
        self.state = state

    @staticmethod
    def empty(*_: object) -> "PlainArray":
        """What NumPy's `_reconstruct` does for its own arrays."""
        return PlainArray()


ALLOWED: Final[dict[tuple[str, str], Any]] = {
    ("numpy.core.multiarray", "_reconstruct"): PlainArray.empty,
    ("numpy._core.multiarray", "_reconstruct"): PlainArray.empty,
    ("numpy", "ndarray"): PlainArray,
    ("numpy", "dtype"): PlainType,
}
"""All that the batches name, and what takes its place here."""


class BatchUnpickler(pickle.Unpickler):
    """Builds numbers, texts, lists and dicts, and stand-ins for arrays; refuses all else.

    A pickle is a program that may call anything it can import, which is why nothing is imported.
    """

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401 (as its base class)
        """The stand-in for a name in a pickle."""
        try:
            return ALLOWED[module, name]
        except KeyError:
            raise pickle.UnpicklingError(f"it names {module}.{name}") from None


def read_batch(content: bytes, name: str) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """The pixels (n, 3, 32, 32) and labels (n,) in one pickled batch.

    Args:
        content: a pickled dict with `data`, an array (n, 3072) of bytes, and `labels`, a list.
        name: what to call the file in errors.

    Raises:
        DataError: it is damaged, names anything but a NumPy array, or holds something else.
    """
    try:
        batch = BatchUnpickler(io.BytesIO(content), encoding="bytes").load()
        _, (count, pixels), dtype, in_columns, values = batch[b"data"].state
        labels = np.array(batch[b"labels"], np.int64)
        if dtype.name not in (b"u1", b"|u1") or in_columns or pixels != 3 * 32 * 32:
            raise ValueError("data is no array of n×3072 bytes")
        images = np.frombuffer(values, np.uint8).reshape(count, 3, 32, 32)
        if labels.shape != (count,):
            raise ValueError(f"{count} images, labels of shape {labels.shape}")
    # A damaged pickle may stop anywhere, in any of the machine's instructions.
    except Exception as error:
        reason = " ".join(str(error).split())
        raise DataError(f"{name}: not a batch of CIFAR-10's Python version: {reason}") from error
    return images, labels
