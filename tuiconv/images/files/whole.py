"""Files that are cut off where Pillow would not notice."""

from collections.abc import Callable, Mapping
from typing import BinaryIO, Final


def check_gif(file: BinaryIO) -> None:
    """Refuse a GIF that ends before it says so: Pillow takes it for one of fewer frames.

    Raises:
        ValueError: it has no end.
    """
    file.seek(10)
    skip_palette(file, file.read(3)[0])
    while (kind := file.read(1)) != b";":
        if not kind:
            raise ValueError("the file is cut off")
        if kind == b"!":
            file.seek(1, 1)
        elif kind == b",":
            skip_palette(file, file.read(9)[8])
            file.seek(1, 1)
        else:
            continue
        while (length := file.read(1)) not in (b"", b"\0"):
            file.seek(length[0], 1)


def skip_palette(file: BinaryIO, flags: int) -> None:
    """Step over the palette that some flags announce."""
    if flags & 0x80:
        file.seek(3 << (flags & 7) + 1, 1)


def check_png(file: BinaryIO) -> None:
    """Refuse a PNG whose last chunk is missing: Pillow asks for no more once it has all pixels.

    Raises:
        ValueError: it is.
    """
    file.seek(8)
    kind = b""
    while kind != b"IEND":
        head = file.read(8)  # length and kind; behind the content stand four bytes more, a checksum
        kind = head[4:]
        file.seek(int.from_bytes(head[:4], "big"), 1)
        if len(file.read(4)) < 4:
            raise ValueError("the file is cut off")


CHECKS: Final[Mapping[str, Callable[[BinaryIO], None]]] = {"GIF": check_gif, "PNG": check_png}
"""By the format's name."""
