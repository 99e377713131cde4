"""How large a picture may be before somebody has to say that it is meant."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image, ImageFile

from tuiconv.images.pictures import PictureError

MOST_PIXELS = 89_478_485
"""Pixels of all the frames of a file; for one picture it is what Pillow warns of, too."""


class _PillowsLimit:
    """Pillow's own limit on pixels, which is one number for all threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._without = 0
        self._usual: int | None = None

    @contextmanager
    def off(self) -> Iterator[None]:
        """The limit is off until the last thread that wants it off is done."""
        with self._lock:
            if self._without == 0:
                self._usual, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
            self._without += 1
        try:
            yield
        finally:
            with self._lock:
                self._without -= 1
                if self._without == 0:
                    Image.MAX_IMAGE_PIXELS = self._usual


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
        raise PictureError(f"{size} are more than {MOST_PIXELS:,}; --large allows it")
