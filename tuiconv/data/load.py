"""Data sets by name, and where they are looked for."""

import os
from pathlib import Path

import numpy as np
from platformdirs import user_data_path

from tuiconv.data.catalog import CATALOG
from tuiconv.data.dataset import DataError, Dataset, Splits
from tuiconv.data.mnist import has_files, read_lookalike, read_mnist
from tuiconv.errors import RequestError, nearest

NAMES = ("strokes", "mnist")
"""The data sets of digits, which the explorer offers."""

STROKES_TRAIN, STROKES_TEST = 30_000, 5_000
"""How many stroke digits are drawn to train and to test on."""


def load_dataset(
    name: str, data_dir: str | Path | None = None, seed: int | np.random.Generator = 0
) -> Splits:
    """A data set's training and test parts.

    Args:
        name: `strokes` (drawn on the spot, no files needed), `mnist`, `fashion-mnist`, `kmnist`,
            `cifar10`, the path of a folder of pictures with a sub-folder for each class, or that
            of an .npz file.
        data_dir: looked in first for a folder called `name`.
        seed: which stroke digits are drawn.

    Raises:
        RequestError: no such data set.
        DataError: its files are missing or damaged.
    """
    if is_path(name):
        return read_path(Path(name))
    check_name(name)
    if name == "strokes":
        # with Numba, which other data sets need not wait for
        from tuiconv.data.strokes import draw_digits

        rng, entry = np.random.default_rng(seed), CATALOG[name]
        return Splits(
            train=Dataset(entry.part("training"), *draw_digits(STROKES_TRAIN, rng)),
            test=Dataset(entry.part("test"), *draw_digits(STROKES_TEST, rng)),
        )
    folder = find_folder(name, data_dir)
    if name == "mnist":
        return read_mnist(folder)
    if name == "cifar10":
        from tuiconv.data.cifar import read_cifar10

        return read_cifar10(folder)
    return read_lookalike(folder, CATALOG[name])


def is_path(name: str) -> bool:
    """Whether a data set is named by its place: an .npz file or a folder of pictures."""
    return name not in CATALOG and (
        name.endswith(".npz") or os.sep in name or (name != "" and Path(name).is_dir())
    )


def read_path(path: Path) -> Splits:
    """The data set in an .npz file or a folder of pictures.

    Raises:
        RequestError: there is neither.
        DataError: it is damaged.
    """
    if path.suffix == ".npz" and path.is_file():
        from tuiconv.data.npz import read_npz

        return read_npz(path)
    if path.is_dir():
        from tuiconv.data.pictures import read_pictures

        return read_pictures(path)
    raise RequestError(f"{path}: expected a folder of pictures or an .npz file")


def blank(name: str) -> Dataset:
    """One empty image, laid out as those of a data set that need not be there yet.

    Raises:
        RequestError: no data set is called so.
    """
    check_name(name)
    entry = CATALOG[name]
    images, labels = np.zeros((1, *entry.shape), np.uint8), np.zeros(1, np.int64)
    return Dataset(entry.title, images, labels, entry.class_names)


def check_name(name: str) -> None:
    """Raise RequestError, with the nearest name, unless a data set is called so."""
    if name not in CATALOG:
        raise RequestError(
            f'no data set is called "{name}"; there are {", ".join(CATALOG)}, a folder of'
            f" pictures by its path, and an .npz file{nearest(name.lower(), CATALOG)}"
        )


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
        f"no folder {name}/ in {looked}; put its files there with `tuiconv data get {name}`, or"
        f" name the folder that holds {name}/ with --data-dir or $TUICONV_DATA_DIR"
    )


def where(name: str, data_dir: str | Path | None = None) -> Path | None:
    """The folder with the files of a data set, which are not read; None unless all are there.

    Raises:
        RequestError: `data_dir` is not a folder.
    """
    try:
        folder = find_folder(name, data_dir)
    except DataError:
        return None
    from tuiconv.data.cifar import has_cifar10

    return folder if (has_cifar10 if name == "cifar10" else has_files)(folder) else None


def destination(name: str, data_dir: str | Path | None = None) -> Path:
    """The folder to put a data set into: `data_dir`'s if given, else the one readers take.

    Where there is none yet, it is the one they look for first.
    """
    if data_dir is not None:
        return Path(data_dir) / name
    folders = [folder / name for folder in data_dirs()]
    return next((folder for folder in folders if folder.is_dir()), folders[0])
