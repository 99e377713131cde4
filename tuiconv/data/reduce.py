"""Less of a data set: some of its images, smaller ones, or its training part alone."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from tuiconv.data.dataset import Dataset, Images, Splits
from tuiconv.errors import RequestError

TOGETHER = 1000
"""Images that are averaged at once, so that their pixels as float64 take a few megabytes."""


def reduced(
    splits: Splits,
    rng: np.random.Generator,
    *,
    train: int | None = None,
    test: int | None = None,
    size: int | None = None,
    held_out: int | None = None,
    positions: int | None = None,
) -> Splits:
    """Less of a data set; None leaves a part or the size as it is.

    Args:
        splits: the whole data set.
        rng: draws the images.
        train: so many training images are drawn, of those that are not held out.
        test: so many test images are drawn.
        size: height and width of the images; see `shrink`.
        held_out: so many training images become the test part, which is not looked at.
        positions: few training digits, each in so many places; see `tuiconv.data.positions`.

    Raises:
        RequestError: a number below 1, or above what there is, or positions without the other
            numbers they need.
    """
    if held_out is not None:
        splits = hold_out_last(splits, held_out)
    if positions is not None:
        from tuiconv.data.positions import in_positions

        if train is None or test is None or size is None:
            raise RequestError(
                f"positions is {positions}, train {train}, test {test} and size {size};"
                " expected a number for each"
            )
        return in_positions(splits.train, rng, positions, train, test, size)
    if train is not None:
        splits = splits._replace(train=draw(splits.train, train, rng, "train"))
    if test is not None:
        splits = splits._replace(test=draw(splits.test, test, rng, "test"))
    if size is not None:
        splits = Splits(*(shrink(part, size) for part in splits))
    return splits


def hold_out_last(splits: Splits, count: int) -> Splits:
    """Test on the last training images of every class, in equal numbers as far as possible.

    So settings are chosen: what has been tried on the test part is no longer a test of it.

    Raises:
        RequestError: count is below 1, or no training image is left.
    """
    train = splits.train
    check_count("held_out", count, f"{train.name} but one", len(train) - 1)
    last = in_turns(train.labels, np.arange(len(train))[::-1], count)
    rest = np.setdiff1d(np.arange(len(train)), last)
    return Splits(chosen(train, rest), replace(chosen(train, last), name=f"{train.name}, held out"))


def draw(dataset: Dataset, count: int, rng: np.random.Generator, setting: str) -> Dataset:
    """Random images of a data set, of every class as many as of the others as far as possible.

    Args:
        dataset: keeps its order.
        count: how many.
        rng: where chance comes from.
        setting: what an error calls the count.

    Raises:
        RequestError: count is below 1 or above what there is.
    """
    check_count(setting, count, dataset.name, len(dataset))
    return chosen(dataset, in_turns(dataset.labels, rng.permutation(len(dataset)), count))


def check_count(setting: str, count: int, what: str, most: int) -> None:
    """Raise RequestError, with what is allowed, unless count is 1 to `most`."""
    if not 1 <= count <= most:
        raise RequestError(f"{setting} is {count}; expected 1 to {most}: all {what}")


def in_turns(
    labels: npt.NDArray[np.int64], order: npt.NDArray[np.intp], count: int
) -> npt.NDArray[np.intp]:
    """The first places of an order if the classes took turns, sorted.

    A class that has no image left is passed over.
    """
    turns = np.empty(len(order), np.int64)
    for label in np.unique(labels):
        own = labels[order] == label
        turns[own] = np.arange(np.count_nonzero(own))
    return np.sort(order[np.argsort(turns, kind="stable")[:count]])


def chosen(dataset: Dataset, places: npt.NDArray[np.intp]) -> Dataset:
    """The images of a data set at some places."""
    return replace(dataset, images=dataset.images[places], labels=dataset.labels[places])


def shrink(dataset: Dataset, size: int) -> Dataset:
    """The whole images, padding included, in size × size pixels by `area_average`.

    Raises:
        RequestError: size is below 1, or above their height or width.
    """
    height, width = dataset.images.shape[2:]
    if not 1 <= size <= min(height, width):
        raise RequestError(
            f"size is {size}; expected 1 to {min(height, width)}, as {dataset.name} have"
            f" {height}×{width} pixels"
        )
    return replace(dataset, images=area_average(dataset.images, (size, size)))


def area_average(images: Images, size: tuple[int, int]) -> Images:
    """Images in fewer pixels: each is the mean of the area it covers, parts of pixels included.

    Args:
        images: (n, channels, height, width).
        size: height and width of the result.

    Returns:
        (n, channels, *size), the means rounded to whole numbers.
    """
    rows, columns = (covered(old, new) for old, new in zip(images.shape[2:], size, strict=True))
    result = np.empty((*images.shape[:2], *size), np.uint8)
    for start in range(0, len(images), TOGETHER):
        some = slice(start, start + TOGETHER)
        result[some] = np.rint(rows @ images[some] @ columns.T)
    return result


def covered(pixels: int, size: int, length: float | None = None) -> npt.NDArray[np.float64]:
    """Which share of each of `size` equal pieces of a line each of its pixels makes.

    The pixels, each of length 1, lie in the middle of the line.

    Args:
        pixels: how many.
        size: how many pieces.
        length: of the line; None for one that the pixels fill.

    Returns:
        (size, pixels): what a piece and a pixel have in common, over the length of a piece.
    """
    length = pixels if length is None else length
    piece = length / size
    begin = np.arange(size)[:, None] * piece
    pixel = (length - pixels) / 2 + np.arange(pixels)
    common = np.minimum(begin + piece, pixel + 1) - np.maximum(begin, pixel)
    shares: npt.NDArray[np.float64] = np.maximum(common, 0) / piece
    return shares
