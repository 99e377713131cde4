"""`tuiconv bench`: this machine's figures."""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from tuiconv.cli.options import INTERRUPTED, Color, Json, Width, console_for
from tuiconv.errors import RequestError

if TYPE_CHECKING:
    from rich.live import Live

    from tuiconv.bench.cases import Case, Row

BLAS_THREADS = (
    "OPENBLAS_NUM_THREADS",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)
"""What the libraries that NumPy may multiply matrices with ask for their number of threads."""


def bench(
    only: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The row of this name, or those that begin so."),
    ] = None,
    threads: Annotated[
        int | None, typer.Option(help="Threads to train and filter in; all by default.", min=1)
    ] = None,
    as_json: Json = False,
    color: Color = "auto",
    width: Width = None,
) -> int:
    """Measure this machine beside PyTorch, OpenCV, SciPy and Pillow, where they are installed.

    Both sides take turns; a figure is the median of five rounds. The ratio says how many times as
    good ours is: above 1 is faster, or smaller. Single kernels are compared with the roof: what
    one core reaches in NumPy's float32 matrix product. All rows take two minutes, or three with
    PyTorch; the first time everything is compiled, too. Ctrl-C stops and keeps what was measured.

    \b
    Examples:
      tuiconv bench --only train/lenet5/64
      tuiconv bench --only infer --json
    """
    if os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0"):
        raise RequestError("NUMBA_DISABLE_JIT is set: nothing is compiled; unset it to measure")
    with blas_on_one_core():
        from tuiconv.bench.rows import select
    from tuiconv.bench.cases import measure
    from tuiconv_kernels.cores import usable_cores

    cases = select(only)
    console, display = console_for(color, width)
    threads = threads or usable_cores()
    rows: list[Row] = []
    try:
        for number, case in enumerate(cases, start=1):
            with doing(f"{number} of {len(cases)}: {case.name}"):
                rows.append(measure(case, threads))
            if as_json:
                print(json.dumps(asdict(rows[-1])), flush=True)
    except KeyboardInterrupt:
        print(f"stopped early: {len(rows)} of {len(cases)} rows", file=sys.stderr)
    if rows and not as_json:
        from tuiconv.render.bench import bench_table

        console.print(bench_table(rows, console.width, display))
        for line in notes(cases[: len(rows)], rows, threads):
            print(line)
    return 0 if len(rows) == len(cases) else INTERRUPTED


@contextmanager
def blas_on_one_core() -> Iterator[None]:
    """Have NumPy multiply matrices on one core for good, if it is imported herein.

    Its library reads the environment when it is loaded. What is loaded later finds it unchanged.
    """
    before = {name: os.environ[name] for name in BLAS_THREADS if name in os.environ}
    os.environ.update(dict.fromkeys(BLAS_THREADS, "1"))
    try:
        yield
    finally:
        for name in BLAS_THREADS:
            del os.environ[name]
        os.environ.update(before)


def doing(what: str) -> "Live":
    """A line on stderr that is gone when the work is done; none where nobody watches."""
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    # without a thread that redraws it: nothing must run beside what is measured
    return Live(
        Text(what),
        console=Console(stderr=True),
        auto_refresh=False,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )


def notes(cases: "Sequence[Case]", rows: "Sequence[Row]", threads: int) -> Iterator[str]:
    """What a reader of the table should know."""
    from tuiconv.bench.cases import MATMUL, NOT_INSTALLED
    from tuiconv.cli.reports import counted

    yield f"{counted(threads, 'thread')}; ratio: how many times as fast, or as small, ours is"
    if any(case.peer == MATMUL for case in cases):
        yield f"{MATMUL.name}: NumPy's float32 matrix product on one core, the roof of kernels"
    paired = zip(cases, rows, strict=True)
    missing = dict.fromkeys(case.peer.package for case, row in paired if row.note == NOT_INSTALLED)
    if missing:
        yield f"to compare: pip install {' '.join(missing)}"
