"""Images disturbed on purpose, and the images that a network reads wrong."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from tuiconv.data.dataset import Dataset, Images
from tuiconv.lessons.network.models import fitted
from tuiconv.lessons.network.view import Cell
from tuiconv.nn.evaluation import log_probabilities
from tuiconv.nn.network import Network

PART: Final = 4
"""The black square's side is the image's shorter side divided by this."""
CHUNK: Final = 64
"""Images that are read together in search of a wrong one."""
NOISE_SEED: Final = 7
MOST_MACS: Final = 2_000_000_000
"""Multiply-adds spent on one search, so that a key is answered soon."""


def disturbed(
    pixels: Images, noise: float, shift: Cell, occlude: Cell | None
) -> tuple[Images, tuple[str, ...]]:
    """An image moved, with a black square on it and with noise, and what was done, in sentences.

    Args:
        pixels: (channels, height, width).
        noise: standard deviation of what is added to every pixel, as a share of white; the same
            noise for every image, so that only its strength changes.
        shift: pixels down and to the right; black comes in.
        occlude: (row, column) of the square's middle.
    """
    found, told = pixels, []
    if shift != (0, 0):
        found = moved(found, shift)
        told.append(f"It is shifted by {shift[0]} rows down and {shift[1]} columns right.")
    if occlude is not None:
        found = found.copy()
        (top, left), (bottom, right) = square(occlude, pixels.shape[1:])
        found[:, top:bottom, left:right] = 0
        told.append(f"Rows {top}–{bottom - 1} and columns {left}–{right - 1} are made black.")
    if noise:
        normal = np.random.default_rng(NOISE_SEED).standard_normal(pixels.shape)
        found = np.clip(np.rint(found + 255 * noise * normal), 0, 255).astype(np.uint8)
        told.append(f"Noise with a standard deviation of {noise:g} of white is added.")
    return found, tuple(told)


def moved(pixels: Images, shift: Cell) -> Images:
    """The image as it is after a shift."""
    height, width = pixels.shape[1:]
    down, right = shift
    found = np.zeros_like(pixels)
    found[:, max(down, 0) : height + down, max(right, 0) : width + right] = pixels[
        :, max(-down, 0) : height - down, max(-right, 0) : width - right
    ]
    return found


def square(middle: Cell, size: tuple[int, ...]) -> tuple[Cell, Cell]:
    """The corners of the black square, the second just outside; in one dimension a stretch."""
    side = max(1, min(size) // PART) if min(size) > 1 else max(1, max(size) // PART)
    (top, left), (height, width) = ((max(0, at - side // 2) for at in middle), size)
    return (top, left), (min(top + side, height), min(left + side, width))


@dataclass(eq=False)
class Wrong:
    """Which images of a data set a network reads wrong, found out as far as it is asked for."""

    net: Network
    dataset: Dataset
    labels: npt.NDArray[np.int64]
    """As the network counts classes; −1 for those that it does not have."""
    _found: dict[int, list[int]] = field(default_factory=dict)
    """By chunk."""

    def of_chunk(self, chunk: int) -> list[int]:
        """The wrong ones of a chunk; those whose class the network does not have are none."""
        if chunk not in self._found:
            begin, end = chunk * CHUNK, (chunk + 1) * CHUNK
            images = np.stack(
                [fitted(image, self.net.spec)[0] for image in self.dataset.images[begin:end]]
            )
            log_p = log_probabilities(self.net, self.net.preprocessing(images))
            classes = len(self.net.class_names)
            guess = log_p.reshape(len(images), classes, -1).mean(axis=2).argmax(axis=1)
            labels = self.labels[begin:end]
            wrong = np.flatnonzero((guess != labels) & (labels >= 0)) + begin
            self._found[chunk] = wrong.tolist()
        return self._found[chunk]

    def next(self, after: int, step: int) -> int | None:
        """The wrong image nearest to one, before it (step −1) or behind it, round the end.

        Returns:
            The image itself if it is the only one; None if none is found: another call then reads
            on from where this one ended.
        """
        chunks = -(-len(self.dataset) // CHUNK)
        budget = max(1, MOST_MACS // (self.net.spec.totals.macs * CHUNK + 1))
        for turn in range(chunks + 1):
            chunk = (after // CHUNK + turn * step) % chunks
            if chunk not in self._found:
                if budget == 0:
                    return None
                budget -= 1
            found = self.of_chunk(chunk)
            if turn == 0:
                found = [k for k in found if (k - after) * step > 0]
            if found:
                return found[0] if step > 0 else found[-1]
        return None
