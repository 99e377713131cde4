"""`tuiconv doctor`: what this machine and terminal offer, and what to do about what they lack."""

import locale
import os
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from tuiconv import __version__
from tuiconv.cli.options import Json

LIBRARIES = ("numpy", "numba", "pillow", "rich", "textual", "safetensors", "pooch")


@dataclass(frozen=True)
class Finding:
    """One thing looked at."""

    name: str
    found: str
    advice: str = ""
    """What to do about it; empty when all is well."""


def doctor(as_json: Json = False) -> None:
    """Look at the terminal, the compiled-kernel cache, threads and data, and say what to mend.

    \b
    Example:
      tuiconv doctor
    """
    import json

    findings = [*terminal(), *machine(), cache(), *data_sets()]
    if as_json:
        print(json.dumps([asdict(finding) for finding in findings], indent=2))
        return
    for finding in findings:
        mark = "!!" if finding.advice else "ok"
        print(f"{mark}  {finding.name:<12} {finding.found}")
        if finding.advice:
            print(f"{'':16} -> {finding.advice}")


def terminal() -> Iterator[Finding]:
    """Size, colours and characters of the terminal on stdout."""
    from tuiconv.render.depth import ColorDepth, detect_stream

    display = detect_stream("auto", sys.stdout)
    term = os.environ.get("TERM", "not set")
    if not sys.stdout.isatty():
        yield Finding("terminal", "stdout is not a terminal; the explorer needs one")
    else:
        columns, lines = shutil.get_terminal_size()
        small = columns < 80 or lines < 24
        yield Finding(
            "size", f"{columns}×{lines}", "make the window at least 80×24" if small else ""
        )
        advice = {
            ColorDepth.TRUECOLOR: "",
            ColorDepth.EIGHT_BIT: "for smooth maps, export COLORTERM=truecolor if it can do that",
            ColorDepth.STANDARD: "maps are drawn with glyphs; try TERM=xterm-256color",
            ColorDepth.NONE: ""
            if os.environ.get("NO_COLOR")
            else "set TERM to your terminal's type",
        }[display.depth]
        yield Finding("colours", f"{display.depth.value} (TERM {term})", advice)
    encoding = sys.stdout.encoding or "unknown"
    advice = "" if display.unicode else "use a UTF-8 locale, such as LANG=C.UTF-8"
    yield Finding("characters", f"{encoding}, locale {locale.getlocale()[0] or 'C'}", advice)


def machine() -> Iterator[Finding]:
    """Versions and processors."""
    from importlib.metadata import version

    from tuiconv_kernels.cores import usable_cores

    python = platform.python_version()
    yield Finding("tuiconv", f"{__version__} on Python {python}, {platform.platform()}")
    yield Finding("libraries", ", ".join(f"{name} {version(name)}" for name in LIBRARIES))
    cores = usable_cores()
    yield Finding("threads", f"{cores} of {os.cpu_count()} processors may be used")


def cache() -> Finding:
    """Where compiled kernels are kept between runs."""
    import tuiconv_kernels

    folder = Path(os.environ.get("NUMBA_CACHE_DIR") or Path(tuiconv_kernels.__file__).parent)
    kept = len(list(folder.rglob("*.nbc")))
    if os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0"):
        return Finding("kernels", "not compiled", "unset NUMBA_DISABLE_JIT: plain Python is slow")
    there = next(parent for parent in (folder, *folder.absolute().parents) if parent.exists())
    if not os.access(there, os.W_OK):
        return Finding(
            "kernels",
            f"{folder} cannot be written to; Numba falls back on the user's cache folder",
            "if every start compiles anew, set NUMBA_CACHE_DIR to a folder of yours",
        )
    return Finding("kernels", f"{kept} compiled kernels are kept below {folder}")


def data_sets() -> Iterator[Finding]:
    """The data sets that can be trained on."""
    from tuiconv.data.load import data_dirs, where
    from tuiconv.data.sources import SOURCES

    yield Finding("strokes", "drawn on the spot")
    looked = ", ".join(map(str, data_dirs()))
    for name in SOURCES:
        folder = where(name)
        if folder is not None:
            yield Finding(name, f"in {folder}")
        else:
            yield Finding(
                name,
                f"not found in {looked}",
                f"`tuiconv data get {name}` fetches it, or set TUICONV_DATA_DIR",
            )
