"""The program as a whole, from file to file, beside what reading and writing cost Pillow alone.

Run as a program, this does the latter and tells how long it took, without its own start.
"""

import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from statistics import median
from subprocess import run
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np
from PIL import Image

from tuiconv.bench.cases import PILLOW, Case, Side, Unit

SIZE = (3840, 2160)
"""Width and height."""
ROUNDS = 3
WHOLE = Unit("ms", more_is_better=False)
"""A call measures and tells them itself: a run takes seconds."""


def cases() -> list[Case]:
    """A 4K photo sharpened, PNG to PNG; to start Python and load Numba is part of it."""
    return [
        Case(
            "program/sharpen",
            WHOLE,
            PILLOW,
            lambda threads: Side(lambda: figures()[0]),
            lambda threads: Side(lambda: figures()[1]),
        )
    ]


@cache
def figures() -> tuple[float, float]:
    """Milliseconds of the whole program, and of Pillow's reading and writing: medians, in turns."""
    with TemporaryDirectory() as folder:
        photo, out = Path(folder, "photo.png"), Path(folder, "out.png")
        photo_like(*SIZE).save(photo)
        command = ["-m", "tuiconv", "apply-filter", str(photo), "sharpen", "-o", str(out)]
        python(command)  # compiles
        rounds = []
        for _ in range(ROUNDS):
            start = perf_counter()
            python(command)
            whole = perf_counter() - start
            rounds.append((1e3 * whole, float(python(["-m", __name__, str(photo), str(out)]))))
    ours, theirs = zip(*rounds, strict=True)
    return median(ours), median(theirs)


def python(arguments: Sequence[str]) -> str:
    """What a Python process of its own prints."""
    done = run([sys.executable, *arguments], capture_output=True, text=True, check=True)
    return done.stdout


def photo_like(width: int, height: int) -> Image.Image:
    """Soft shapes in colour with the noise of a camera, so that PNG has as much to do as usual."""
    rng = np.random.default_rng(0)
    shapes = Image.fromarray(rng.integers(0, 256, (height // 8, width // 8, 3), np.uint8))
    soft = np.asarray(shapes.resize((width, height), Image.Resampling.BICUBIC))
    noise = rng.standard_normal(soft.shape, np.float32) * 3
    return Image.fromarray((soft + noise).round().clip(0, 255).astype(np.uint8))


def main(source: str, target: str) -> None:
    """Read a picture, write it, and tell the milliseconds on stdout."""
    start = perf_counter()
    with Image.open(source) as image:
        image.load()
        image.save(target)
    sys.stdout.write(str(1e3 * (perf_counter() - start)))


if __name__ == "__main__":
    main(*sys.argv[1:])
