"""Standard streams that may be closed, or unable to encode what is printed."""

import codecs
import os
import sys
from io import TextIOWrapper

ASCII = {
    "×": "x",
    "…": "...",
    "·": "*",
    "−": "-",
    "→": "->",
    "≈": "~",
    "–": "-",
    "√": "sqrt",
    "²": "^2",
    "⁴": "^4",
    "°": " degrees",
    "ᵀ": "^T",
    "ᵢ": "_i",
    "≤": "<=",
    "⌈": "ceil(",
    "⌉": ")",
    "Σ": "sum ",
    "Λ": "tent",
    "∇": "nabla",
    "α": "alpha",
    "θ": "theta",
    "λ": "lambda",
    "π": "pi",
    "σ": "sigma",
}
"""What stands for a sign where the terminal's encoding lacks it; "?" for any other."""


def prepare_streams() -> None:
    """Let every stream be there, and printing never fail for an encoding."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # closed by the shell: `tuiconv >&-`
            setattr(sys, name, open(os.devnull, mode))  # noqa: PTH123, SIM115 - for good
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="tuiconv")
    if isinstance(sys.stderr, TextIOWrapper):
        sys.stderr.reconfigure(errors="tuiconv-escape")


def settle_streams() -> None:
    """Write what is still to be written, and leave nothing for Python to complain about at exit."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:  # a full disk, or a pipe that nobody reads any more
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def replace_unencodable(error: UnicodeError) -> tuple[str | bytes, int]:
    """An error handler for encoding: names of files come out as the bytes they are."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    sign = error.object[error.start]
    if "\udc80" <= sign <= "\udcff":
        return bytes([ord(sign) - 0xDC00]), error.start + 1
    return ASCII.get(sign, "?"), error.start + 1


def escape_unencodable(error: UnicodeError) -> tuple[str | bytes, int]:
    """The same for messages: a sign for which nothing stands is told by its number."""
    if isinstance(error, UnicodeEncodeError) and error.object[error.start] in ASCII:
        return ASCII[error.object[error.start]], error.start + 1
    return codecs.backslashreplace_errors(error)


codecs.register_error("tuiconv", replace_unencodable)
codecs.register_error("tuiconv-escape", escape_unencodable)
