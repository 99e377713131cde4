import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tuiconv.cli import run
from tuiconv.images.apply import apply_filter
from tuiconv.images.files.reading import read_picture
from tuiconv.images.filters.catalog import FILTERS

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "tuiconv" / "assets" / "sample.png"
LARGE = ROOT / "samples" / "sample.png"
DIGITS = ROOT / "samples" / "digits.png"


def test_the_samples_have_the_sizes_they_were_drawn_for():
    small, large = read_picture(SMALL), read_picture(LARGE)
    assert (small.mode, small.height, small.width) == ("RGB", 64, 96)
    assert (large.mode, large.height, large.width) == ("RGB", 320, 480)
    assert SMALL.stat().st_size + LARGE.stat().st_size < 200_000


def test_drawing_the_samples_again_gives_the_same_small_picture(tmp_path):
    script = ROOT / "samples" / "make_sample.py"
    subprocess.run([sys.executable, script, "--into", tmp_path], check=True, timeout=60)
    again = read_picture(tmp_path / "small.png")
    assert np.array_equal(again.pixels, read_picture(SMALL).pixels)
    assert read_picture(tmp_path / "sample.png").pixels.shape == read_picture(LARGE).pixels.shape


@pytest.mark.parametrize("name", [name for name in FILTERS if name != "identity"])
def test_every_filter_changes_the_small_picture_visibly(name):
    pixels = read_picture(SMALL).pixels
    difference = np.abs(apply_filter(pixels, name).astype(int) - pixels)
    assert (difference.max(axis=2) > 16).mean() > 0.1


def test_the_digits_of_the_samples_are_what_their_script_draws(tmp_path):
    script = tmp_path / "make_digits.py"
    script.write_bytes((ROOT / "samples" / "make_digits.py").read_bytes())
    subprocess.run([sys.executable, script], check=True, timeout=60)
    again = read_picture(tmp_path / "digits.png")
    assert np.array_equal(again.pixels, read_picture(DIGITS).pixels)


def test_the_shipped_network_reads_the_digits_of_the_samples(capsys):
    assert run(["predict", "lenet5", str(DIGITS)]) == 0
    assert ": 31415926\n" in capsys.readouterr().out
