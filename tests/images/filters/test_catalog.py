import re
import subprocess
import sys

import numpy as np
import pytest
from scipy import ndimage

from tuiconv.images.apply import apply_filter
from tuiconv.images.filters.catalog import FILTERS
from tuiconv.images.filters.family_kernels import FAMILIES
from tuiconv.images.filters.filter import NamedFilter
from tuiconv.images.filters.recipes import parse_filters

SCIPY_EDGES = {"zero": "constant", "replicate": "nearest", "reflect": "mirror", "wrap": "wrap"}


def test_the_nine_of_the_lectures_come_first_then_gradients_then_families():
    names = list(FILTERS)
    assert names[:9] == [
        "identity",
        "edge-diagonal",
        "edge-4",
        "edge-8",
        "sharpen",
        "box-blur",
        "gaussian-3x3",
        "gaussian-5x5",
        "unsharp-5x5",
    ]
    assert names[9:] == [
        "sobel-x",
        "sobel-y",
        "sobel",
        "prewitt-x",
        "prewitt-y",
        "prewitt",
        "scharr-x",
        "scharr-y",
        "scharr",
        "emboss",
        "gaussian",
        "log",
        "motion-blur",
        "gabor",
    ]


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_is_called_as_it_is_listed_but_for_a_familys_numbers(name):
    own = FILTERS[name].name
    assert own == name or (own.startswith(f"{name}(") and name in FAMILIES)
    assert re.fullmatch(r"[a-z][a-z0-9-]*", name)  # what a widget can be called, too


@pytest.mark.parametrize("name", FILTERS)
def test_the_name_of_every_filter_finds_it_again(name):
    (found,) = parse_filters(FILTERS[name].name)
    assert found.name == FILTERS[name].name
    for kernel, again in zip(FILTERS[name].matrices.values(), found.matrices.values(), strict=True):
        assert np.array_equal(kernel, again)


@pytest.mark.parametrize("name", FILTERS)
def test_every_filter_says_in_one_short_sentence_what_it_does_and_how_it_is_made(name):
    named = FILTERS[name]
    assert re.fullmatch(r"[A-Z][^\n]{10,78}\.", named.description)
    assert named.formula
    assert "\n" not in named.formula


@pytest.mark.parametrize("name", FILTERS)
def test_flat_areas_become_black_or_stay_as_they_are(name):
    after = FILTERS[name].valid(np.full((101, 101, 1), 10.0))
    signed = ("edge", "sobel", "prewitt", "scharr", "log", "gabor")
    assert np.allclose(after, 0 if name.startswith(signed) else 10, atol=1e-9)
    length_only = name in ("sobel", "prewitt", "scharr")
    assert FILTERS[name].zero_sum == (name.startswith(signed) and not length_only)


@pytest.mark.parametrize("edge", SCIPY_EDGES)
@pytest.mark.parametrize("name", FILTERS)
def test_the_sums_of_every_filter_are_those_of_scipys_correlate(name, edge):
    image = np.random.default_rng(9).uniform(-1, 1, (7, 9, 2))
    parts = [
        ndimage.correlate(image, kernel[:, :, np.newaxis], mode=SCIPY_EDGES[edge])
        for kernel in FILTERS[name].matrices.values()
    ]
    wanted = parts[0] if len(parts) == 1 else np.sqrt(parts[0] ** 2 + parts[1] ** 2)
    found = apply_filter(np.dstack((image, image[:, :, :1])), name, edge)
    np.testing.assert_allclose(found[:, :, :2], wanted, atol=1e-12)


def test_a_kernel_cannot_be_written_to():
    with pytest.raises(ValueError, match="read-only"):
        FILTERS["identity"].matrices[""][1, 1] = 2


def test_a_filter_of_ones_own_is_copied_and_checked():
    weights = np.array([[1.0, 2.0, 3.0]])
    named = NamedFilter("mine", weights, "Mine.")
    weights[0, 0] = 9
    assert named.kernel.tolist() == [[1, 2, 3]]


@pytest.mark.parametrize("kernel", [np.ones(3), np.ones((2, 3)), np.ones((3, 4)), [[np.nan]]])
def test_a_kernel_without_a_centre_or_with_nan_is_refused(kernel):
    with pytest.raises(ValueError, match="'mine'"):
        NamedFilter("mine", kernel, "Mine.")


def test_naming_a_filter_does_not_wait_for_numba():
    program = "import sys, tuiconv.images.filters.recipes; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], timeout=60).returncode == 0
