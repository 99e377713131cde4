"""How much memory training on real data takes, in a process of its own."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

MOST = 400_000
"""Kilobytes."""

FOLDERS = [
    Path(os.environ.get("TUICONV_DATA_DIR") or "."),
    Path(__file__).parents[3] / "shared" / "data",
]
"""Where MNIST is looked for."""

TRAIN = """
import sys
from tuiconv.cli import run
assert run(sys.argv[1:]) == 0
print(open("/proc/self/status").read())
"""


@pytest.mark.mnist
@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux's /proc")
def test_mnist_is_learned_in_less_than_400_megabytes():
    home = next((folder for folder in FOLDERS if (folder / "mnist").is_dir()), None)
    if home is None:
        pytest.skip(f"no folder mnist/ in {', '.join(map(str, FOLDERS))}")
    arguments = ("--data", "mnist", "--data-dir", home, "--epochs", "1", "-o", "run")
    done = subprocess.run(
        [sys.executable, "-c", TRAIN, "train", *arguments], capture_output=True, text=True
    )
    (peak,) = re.findall(r"VmHWM:\s*(\d+) kB", done.stdout)
    assert 100_000 < int(peak) < MOST
