"""What is compared with what: a case for every row of the table."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec

from tuiconv.bench.clock import seconds_per_call

NOT_INSTALLED = "not installed"
FAILED = "failed"


@dataclass(frozen=True)
class Unit:
    """What a figure counts."""

    name: str
    more_is_better: bool
    of_call: Callable[[float, float], float] | None = None
    """The figure from the seconds and the work of a call; None if a call returns it itself."""


IMAGES_PER_SECOND = Unit("images/s", True, lambda seconds, images: images / seconds)
GFLOPS = Unit("GFLOP/s", True, lambda seconds, operations: operations / seconds / 1e9)
MILLISECONDS = Unit("ms", False, lambda seconds, times: 1e3 * seconds / times)
MICROSECONDS = Unit("µs", False, lambda seconds, times: 1e6 * seconds / times)
MEGABYTES = Unit("MB", False)
BYTES = Unit("bytes", False)


@dataclass(frozen=True)
class Peer:
    """What a case is compared with."""

    name: str
    module: str = ""
    """What must be there to import; empty if nothing is needed."""
    package: str = ""
    """What pip installs it as."""

    @property
    def is_installed(self) -> bool:
        """Whether it can be imported, as far as can be told without doing so."""
        return not self.module or find_spec(self.module) is not None


PYTORCH = Peer("PyTorch", "torch", "torch")
TORCH_COMPILE = Peer("torch.compile", "torch", "torch")
OPENCV = Peer("OpenCV", "cv2", "opencv-python-headless")
SCIPY = Peer("SciPy", "scipy", "scipy")
PILLOW = Peer("Pillow")
MATMUL = Peer("matmul")
ONE_THREAD = Peer("1 thread")
NOBODY = Peer("")


@dataclass(frozen=True)
class Side:
    """One of the two that are compared."""

    call: Callable[[], object]
    work: float = 1.0
    """How much one call does: images, operations, repetitions."""


@dataclass(frozen=True)
class Case:
    """How a row is measured; building a side for some threads is what takes memory and imports."""

    name: str
    unit: Unit
    peer: Peer
    ours: Callable[[int], Side]
    theirs: Callable[[int], Side] | None


@dataclass(frozen=True)
class Row:
    """What was measured."""

    name: str
    ours: float
    peer: str
    theirs: float | None
    ratio: float | None
    """How many times as good ours is: above 1 is faster, or smaller, whatever the unit."""
    unit: str
    note: str = ""
    """Why there is no figure of the peer: `NOT_INSTALLED` or `FAILED`."""


def measure(case: Case, threads: int) -> Row:
    """Measure both sides of a case in one go, or ours alone if the peer cannot be had."""
    ours = case.ours(threads)
    theirs, note = peers_side(case, threads)
    sides = [ours] if theirs is None else [ours, theirs]
    return row(case, *figures(case.unit, sides), note=note)


def peers_side(case: Case, threads: int) -> tuple[Side | None, str]:
    """The peer's side, or why there is none."""
    if case.theirs is None:
        return None, ""
    if not case.peer.is_installed:
        return None, NOT_INSTALLED
    try:
        side = case.theirs(threads)
        side.call()
    except Exception:  # whatever a peer of some version lacks, our own figure does not need it
        return None, FAILED
    return side, ""


def figures(unit: Unit, sides: list[Side]) -> list[float]:
    """A figure for each side."""
    if unit.of_call is None:
        return [float(side.call()) for side in sides]  # type: ignore[arg-type]
    seconds = seconds_per_call([side.call for side in sides])
    return [unit.of_call(time, side.work) for time, side in zip(seconds, sides, strict=True)]


def row(case: Case, ours: float, theirs: float | None = None, *, note: str = "") -> Row:
    """The row of a case for these figures."""
    ratio = None
    if theirs is not None:
        ratio = ours / theirs if case.unit.more_is_better else theirs / ours
    return Row(case.name, ours, case.peer.name, theirs, ratio, case.unit.name, note)
