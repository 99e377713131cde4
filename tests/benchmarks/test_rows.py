"""The rows of `tuiconv bench` under pytest-benchmark, each side by itself.

Outside the normal test run. With `pip install -e ".[bench,test]"`:

    OPENBLAS_NUM_THREADS=1 pytest -n 0 tests/benchmarks

The variable keeps the matrix product that kernels are compared with on one core.
"""

import os

import pytest

from tuiconv.bench.rows import CASES
from tuiconv_kernels.cores import usable_cores

pytest.importorskip("pytest_benchmark")

TIMED = [case for case in CASES if case.unit.of_call is not None]


@pytest.mark.parametrize("side", ["ours", "theirs"])
@pytest.mark.parametrize("case", TIMED, ids=[case.name for case in TIMED])
def test_row(benchmark, case, side):
    if side == "theirs" and not case.peer.is_installed:
        pytest.skip(f"{case.peer.name} is not installed")
    if case.peer.name == "matmul" and os.environ.get("OPENBLAS_NUM_THREADS") != "1":
        pytest.skip("set OPENBLAS_NUM_THREADS=1: the roof is that of one core")
    built = getattr(case, side)(usable_cores())
    built.call()  # compiles
    # pytest-benchmark compares times: sides that do different amounts of work stand apart
    benchmark.group = f"{case.name}, work {built.work:g}"
    benchmark(built.call)
    seconds = benchmark.stats.stats.median
    benchmark.extra_info[case.unit.name] = case.unit.of_call(seconds, built.work)
