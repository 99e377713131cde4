"""`tuiconv doctor`: what this machine and terminal offer, and what to do about what they lack."""

import os
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from tuiconv import __version__
from tuiconv.cli.options import Json
from tuiconv.render.findings import Finding, characters, data_sets, terminal

LIBRARIES = ("numpy", "numba", "pillow", "rich", "textual", "safetensors", "pooch")


def doctor(as_json: Json = False) -> None:
    """Look at the terminal, the compiled-kernel cache, threads and data, and say what to mend.

    \b
    Examples:
      tuiconv doctor
      tuiconv doctor --json
    """
    import json

    findings = [*surroundings(), *machine(), cache(), *data_sets()]
    if as_json:
        print(json.dumps([asdict(finding) for finding in findings], indent=2))
        return
    for finding in findings:
        mark = "!!" if finding.advice else "ok"
        print(f"{mark}  {finding.name:<12} {finding.found}")
        if finding.advice:
            print(f"{'':16} -> {finding.advice}")


def surroundings() -> Iterator[Finding]:
    """What stdout is, and can show."""
    from tuiconv.render.depth import detect_stream

    display, encoding = detect_stream("auto", sys.stdout), sys.stdout.encoding or "unknown"
    if sys.stdout.isatty():
        yield from terminal(display, *shutil.get_terminal_size(), encoding)
    else:
        yield Finding("terminal", "stdout is not a terminal; the explorer needs one")
        yield characters(display, encoding)


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
