import numpy as np
import pytest
from scipy import ndimage

from tuiconv.bench import pictures


@pytest.fixture(autouse=True)
def small_picture(monkeypatch):
    monkeypatch.setattr(pictures, "SIZE", (21, 34))
    pictures.picture.cache_clear()
    yield
    pictures.picture.cache_clear()


def sides(name):
    (case,) = (case for case in pictures.cases() if case.name == name)
    if not case.peer.is_installed:
        pytest.skip(f"{case.peer.name} is not installed")
    return [np.asarray(side(1).call()).astype(int) for side in (case.ours, case.theirs)]


def test_the_picture_is_4k_and_in_colour(monkeypatch):
    monkeypatch.undo()
    assert pictures.SIZE == (2160, 3840)
    assert pictures.picture().shape == (2160, 3840, 3)
    assert pictures.picture().dtype == np.uint8


@pytest.mark.parametrize("name", ["filter/3x3", "filter/5x5", "filter/15x15", "filter/gaussian5"])
def test_opencv_computes_the_same_picture(name):
    ours, theirs = sides(name)
    assert np.abs(ours - theirs).max() <= 1  # rounded at other places


def test_scipy_computes_the_same_sums():
    ours, theirs = sides("filter/3x3/scipy")
    sums = ndimage.correlate(pictures.picture().astype(float), pictures.SHARPEN[:, :, None])
    fits = ((sums >= 0) & (sums <= 255))[1:-1, 1:-1]  # SciPy does not clamp
    assert fits.mean() > 0.1
    np.testing.assert_array_equal(ours[1:-1, 1:-1][fits], theirs[1:-1, 1:-1][fits])


def test_pillow_computes_the_same_picture_but_for_the_border():
    ours, theirs = sides("filter/3x3/pillow")
    np.testing.assert_array_equal(ours[1:-1, 1:-1], theirs[1:-1, 1:-1])


@pytest.mark.parametrize(("kernel", "rank"), [(pictures.FULL_5, 2), (pictures.GAUSSIAN_5, 1)])
def test_only_the_gaussian_is_a_column_times_a_row(kernel, rank):
    assert np.linalg.matrix_rank(kernel) == rank
    assert np.linalg.matrix_rank(pictures.FULL_15) == 15
