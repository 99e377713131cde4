import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tuiconv.bench import memory
from tuiconv.bench.cases import Side


def allocated_by(call, monkeypatch):
    """What a step that does this is said to allocate."""
    monkeypatch.setattr(memory, "our_training", lambda preset, images, threads: Side(call))
    return memory.allocated("lenet5", 64, 1).call()


def test_an_array_that_a_step_makes_and_drops_is_counted(monkeypatch):
    assert 80_000 <= allocated_by(lambda: np.ones(10_000).sum(), monkeypatch) < 90_000


def test_an_array_that_a_step_writes_into_again_is_not(monkeypatch):
    kept = np.ones(10_000)
    assert allocated_by(lambda: kept.fill(1), monkeypatch) < 1_000


@pytest.mark.slow
def test_a_step_of_training_allocates_less_than_its_smallest_feature_maps():
    # 64 images of 16 maps of 5 × 5 numbers of four bytes
    assert 0 < memory.per_step("lenet5", 64).ours(1).call() < 64 * 16 * 5 * 5 * 4


@pytest.mark.slow
def test_the_peak_is_that_of_a_process_that_trains():
    megabytes = memory.peak("mlp2", 3).ours(1).call()
    assert 10 < megabytes < 2_000


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="elsewhere getrusage is asked")
def test_the_peak_of_a_process_does_not_contain_that_of_its_parent():
    held = np.ones(20_000_000)
    code = "from tuiconv.bench.memory import peak_memory; print(peak_memory())"
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert 10e6 < int(child.stdout) < held.nbytes < memory.peak_memory()


def test_a_process_that_cannot_train_is_an_error():
    with pytest.raises(subprocess.CalledProcessError):
        memory.peak_of("ours", "mlp2", -1, 1)
