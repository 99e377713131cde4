"""Data sets by name, and where they are looked for."""

import os
from difflib import get_close_matches
from pathlib import Path

import numpy as np
from platformdirs import user_data_path

from tuiconv.data.dataset import DataError, Dataset, Splits
from tuiconv.data.mnist import read_mnist
from tuiconv.errors import RequestError

TITLES = {"strokes": "stroke digits", "mnist": "mnist digits"}
NAMES = tuple(TITLES)

STROKES_TRAIN, STROKES_TEST = 30_000, 5_000
"""How many stroke digits are drawn to train and to test on."""


def load_dataset(
    name: str, data_dir: str | Path | None = None, seed: int | np.random.Generator = 0
) -> Splits:
    """A data set's training and test parts.

    Args:
        name: `strokes` (drawn on the spot, no files needed) or `mnist`.
        data_dir: looked in first for a folder called `name`.
        seed: which stroke digits are drawn.

    Raises:
        RequestError: no such data set.
        DataError: its files are missing or damaged.
    """
    if name == "strokes":
        from tuiconv.data.strokes import (
            draw_digits,  # with Numba, which other data sets need not wait for
        )

        rng = np.random.default_rng(seed)
        return Splits(
            train=Dataset("stroke training digits", *draw_digits(STROKES_TRAIN, rng)),
            test=Dataset("stroke test digits", *draw_digits(STROKES_TEST, rng)),
        )
    check_name(name)
    return read_mnist(find_folder(name, data_dir))


def blank(name: str) -> Dataset:
    """One empty image, laid out as those of a data set that need not be there yet.

    Raises:
        RequestError: no such data set.
    """
    check_name(name)
    return Dataset(TITLES[name], np.zeros((1, 1, 32, 32), np.uint8), np.zeros(1, np.int64))


def check_name(name: str) -> None:
    """Raise RequestError, with the nearest name, unless a data set is called so."""
    if name not in NAMES:
        close = get_close_matches(name.lower(), NAMES, 1)
        hint = f"; did you mean {close[0]}?" if close else ""
        raise RequestError(f'no data set is called "{name}"; there are {", ".join(NAMES)}{hint}')


def data_dirs(data_dir: str | Path | None = None) -> list[Path]:
    """Where data sets are looked for: `data_dir`, $TUICONV_DATA_DIR, the user data directory."""
    given = [data_dir, os.environ.get("TUICONV_DATA_DIR")]
    return [*(Path(folder) for folder in given if folder), user_data_path("tuiconv")]


def find_folder(name: str, data_dir: str | Path | None = None) -> Path:
    """The first folder called `name` in the data directories.

    Raises:
        DataError: there is none.
        RequestError: `data_dir` is not a folder.
    """
    if data_dir is not None and not Path(data_dir).is_dir():
        raise RequestError(f"{data_dir}: not a folder; expected the folder that holds {name}/")
    for folder in data_dirs(data_dir):
        if (folder / name).is_dir():
            return folder / name
    looked = ", ".join(map(str, data_dirs(data_dir)))
    raise DataError(
        f"no folder {name}/ in {looked}; put its files there, or name the folder that holds"
        f" {name}/ with --data-dir or $TUICONV_DATA_DIR"
    )
