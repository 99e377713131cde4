"""Memory that training takes; run as a program, it trains with one library and tells its peak."""

import sys
import tracemalloc
from functools import partial
from pathlib import Path
from subprocess import run

from tuiconv.bench.cases import BYTES, MEGABYTES, NOBODY, PYTORCH, Case, Side
from tuiconv.bench.networks import our_training, their_training

STEPS = 50

LIBRARIES = {"ours": our_training, "pytorch": their_training}


def peak(preset: str, images: int) -> Case:
    """The peak of a process that trains, beside that of one that does so with PyTorch."""
    return Case(
        f"memory/{preset}/{images}",
        MEGABYTES,
        PYTORCH,
        partial(our_peak, preset, images),
        partial(peak_of, "pytorch", preset, images),
    )


def per_step(preset: str, images: int) -> Case:
    """What a step of ours allocates."""
    return Case(
        f"memory/{preset}/{images}/step", BYTES, NOBODY, partial(allocated, preset, images), None
    )


def our_peak(preset: str, images: int, threads: int) -> Side:
    """Our peak once everything is compiled: the compiler takes more memory than training does."""
    our_training(preset, images, threads).call()
    return peak_of("ours", preset, images, threads)


def peak_of(library: str, preset: str, images: int, threads: int) -> Side:
    """The most memory that a process of its own held while training with one of the libraries."""
    command = [sys.executable, "-m", __name__, library, preset, str(images), str(threads)]
    done = run(command, capture_output=True, text=True, check=True)
    megabytes = int(done.stdout) / 1e6
    return Side(lambda: megabytes)


def allocated(preset: str, images: int, threads: int) -> Side:
    """The most that Python and NumPy allocate at once in a step, beyond what they hold before."""
    step = our_training(preset, images, threads).call
    step()
    tracemalloc.start()
    try:
        step()  # what it leaves behind is held by now
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        step()
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return Side(lambda: most - before)


def peak_memory() -> int:
    """The most memory that this process has held, in bytes."""
    status = Path("/proc/self/status")
    # getrusage would count what the parent held when it started this process
    for line in status.read_text().splitlines() if status.exists() else ():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    from resource import RUSAGE_SELF, getrusage

    most = getrusage(RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def main(library: str, preset: str, images: str, threads: str) -> None:
    """Train, and write the peak to stdout."""
    step = LIBRARIES[library](preset, int(images), int(threads)).call
    for _ in range(STEPS):
        step()
    sys.stdout.write(str(peak_memory()))


if __name__ == "__main__":
    main(*sys.argv[1:])
