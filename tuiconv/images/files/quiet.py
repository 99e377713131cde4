"""What Pillow and its libraries would say of damaged files on stderr; their errors are told."""

import ctypes
import logging
import warnings
from contextlib import suppress
from pathlib import Path

import PIL


def keep_quiet() -> None:
    """Stop the remarks, for as long as the program runs: none of the ways is for one thread only.

    libtiff is silenced where it is a file beside Pillow, as in the wheels for Linux and macOS.
    """
    logging.getLogger("PIL").addHandler(logging.NullHandler())
    warnings.filterwarnings("ignore", module=r"PIL\.")
    beside = Path(PIL.__file__).parent
    for library in (*beside.parent.glob("pillow.libs/libtiff*"), *beside.glob(".dylibs/libtiff*")):
        with suppress(OSError, AttributeError):
            ctypes.CDLL(str(library)).TIFFSetErrorHandler(None)
