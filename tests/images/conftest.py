import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from tuiconv.images.pictures import MODES


@pytest.fixture
def some_pixels():
    """Pixels of a mode, the same every time."""

    def make(mode, height=5, width=7):
        dtype, names = MODES[mode]
        shape = (height, width) if len(names) == 1 else (height, width, len(names))
        return np.random.default_rng(7).integers(0, np.iinfo(dtype).max, shape, dtype=dtype)

    return make


@pytest.fixture
def png():
    """A PNG written by hand, for what Pillow cannot write: bytes of its rows, filter first."""

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    def make(width, height, depth, colour, rows, extra=(), after=(), interlaced=0):
        header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced)
        pixels = (b"IDAT", zlib.compress(rows))
        chunks = (b"IHDR", header), *extra, pixels, *after, (b"IEND", b"")
        return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(kind, data) for kind, data in chunks)

    return make


@pytest.fixture
def saved():
    """The bytes of an image that Pillow saves."""

    def save(image, name, **options):
        buffer = io.BytesIO()
        image.save(buffer, name, **options)
        return buffer.getvalue()

    return save


@pytest.fixture
def opened():
    """An image that Pillow has loaded from bytes."""

    def load(content):
        image = Image.open(io.BytesIO(content))
        image.load()
        return image

    return load
