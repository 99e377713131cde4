"""How large a picture may be before somebody has to say that it is meant."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import prod
from typing import TYPE_CHECKING

from PIL import Image, ImageFile

from tuiconv.errors import RequestError
from tuiconv.images.pictures import PictureError

if TYPE_CHECKING:
    from tuiconv.images.stages import Stage

MOST_PIXELS = 89_478_485
"""Pixels of all the frames of a file; for one picture it is what Pillow warns of, too."""


class _PillowsLimit:
    """Pillow's own limit on pixels, which is one number for all threads."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._without = 0
        self._usual: int | None = None

    @contextmanager
    def off(self) -> Iterator[None]:
        """The limit is off until the last thread that wants it off is done."""
        with self._changed:
            if self._without == 0:
                self._usual, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
            self._without += 1
        try:
            yield
        finally:
            with self._changed:
                self._without -= 1
                if self._without == 0:
                    Image.MAX_IMAGE_PIXELS = self._usual
                    self._changed.notify_all()

    @contextmanager
    def on(self) -> Iterator[None]:
        """The limit holds: this waits for those that have it off, and they for this."""
        with self._changed:
            self._changed.wait_for(lambda: self._without == 0)
            yield


pillows_limit = _PillowsLimit()


def check_size(image: ImageFile.ImageFile, frames: int) -> None:
    """Refuse what is larger than `MOST_PIXELS` before anything of it is decoded.

    Raises:
        PictureError: saying how large it is and what allows it.
    """
    sizes = [image.size] * frames
    if image.format == "TIFF" and frames > 1:
        for page in range(frames):
            image.seek(page)
            sizes[page] = image.size
        image.seek(0)
    pixels = sum(width * height for width, height in sizes)
    if pixels > MOST_PIXELS:
        width, height = sizes[0]
        size = f"{width:,}×{height:,} pixels"
        if frames > 1:
            size += f" and {frames - 1:,} more, {pixels:,} pixels in all,"
        raise PictureError(f"{size} are more than {MOST_PIXELS:,}; apply-filter --large takes it")


def check_padded(frames: "Sequence[Sequence[Stage]]") -> None:
    """Refuse padding that makes all the frames together larger than `MOST_PIXELS`.

    Args:
        frames: of each of them, what its filters are laid on.

    Raises:
        RequestError: naming the filter, saying how large they would be and what allows it.
    """
    for stages in zip(*frames, strict=True):
        if sum(prod(stage.padded) for stage in stages) > MOST_PIXELS:
            below, (height, width) = stages[0].below, stages[0].padded
            every = f" of {len(stages):,} frames" if len(stages) > 1 else ""
            raise RequestError(
                f"{stages[0].applied.name}: {below.width:,}×{below.height:,} pixels{every}, padded"
                f" to {width:,}×{height:,}, are more than {MOST_PIXELS:,}; --large allows it"
            )
