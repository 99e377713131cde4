import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuiconv.images.filters.catalog import FILTERS
from tuiconv.images.filters.kernel_text import (
    integer_kernel,
    kernel_text,
    separated,
    separated_text,
)


def test_a_kernel_is_shown_as_integers_over_their_common_divisor():
    assert kernel_text(FILTERS["gaussian-3x3"].matrices[""]) == (
        "       1 2 1\n"  # the factor stands beside the middle row
        "1/16 × 2 4 2\n"
        "       1 2 1"
    )
    assert kernel_text(FILTERS["edge-8"].matrices[""]) == "-1 -1 -1\n-1  8 -1\n-1 -1 -1"
    assert "1/9 × 1 1 1" in kernel_text(FILTERS["box-blur"].matrices[""])


def test_weights_without_a_common_divisor_are_rounded_at_one_decimal_place():
    kernel = np.array([[np.pi, 0.5, 0.0]])
    assert integer_kernel(kernel) is None
    assert kernel_text(kernel) == "≈ 3.14159 0.50000       0"
    assert kernel_text(kernel, 3) == "≈ 3.14 0.50    0"
    assert kernel_text(kernel * 1000, 3) == "≈ 3142  500    0"
    assert kernel_text(-kernel / 1000, 2) == "≈ -0.0031 -0.0005       0"


def test_nothing_but_zeros_is_a_kernel_too():
    assert kernel_text(np.zeros((1, 3))) == "0 0 0"
    assert separated(np.zeros((1, 3))) is None


@settings(deadline=None)
@given(
    st.integers(1, 1000),
    st.lists(st.lists(st.integers(-999, 999), min_size=3, max_size=3), min_size=3, max_size=3),
)
def test_any_fractions_are_recovered_exactly(divisor, rows):
    kernel = np.array(rows) / divisor
    exact = integer_kernel(kernel)
    assert exact is not None
    assert np.array_equal(np.array(exact[0]) / exact[1], kernel)


@pytest.mark.parametrize(
    ("name", "factors"),
    [
        ("identity", "[0 1 0]ᵀ · [0 1 0]"),
        ("edge-diagonal", "[1 0 -1]ᵀ · [1 0 -1]"),
        ("box-blur", "1/9 · [1 1 1]ᵀ · [1 1 1]"),
        ("gaussian-5x5", "1/256 · [1 4 6 4 1]ᵀ · [1 4 6 4 1]"),
        ("sobel-x", "[1 2 1]ᵀ · [-1 0 1]"),
        ("sobel-y", "[-1 0 1]ᵀ · [1 2 1]"),
        ("motion-blur", "1/9 · [1]ᵀ · [1 1 1 1 1 1 1 1 1]"),
        ("edge-4", ""),
        ("sharpen", ""),
        ("log", ""),
    ],
)
def test_a_kernel_that_is_a_column_times_a_row_is_taken_apart(name, factors):
    assert separated_text(FILTERS[name].matrices[""]) == factors


def test_the_factors_of_a_bell_curve_are_bell_curves():
    column, row = separated(FILTERS["gaussian"].matrices[""])
    bell = np.exp(-(np.arange(-3, 4) ** 2) / 2)
    np.testing.assert_allclose(column[:, 0], bell / bell.sum())
    np.testing.assert_allclose(row[0], bell / bell.sum())
    assert separated_text(FILTERS["gaussian"].matrices[""]).startswith("≈ [0.0044 0.0540 ")


@settings(deadline=None)
@given(
    st.lists(st.integers(-9, 9), min_size=3, max_size=3).filter(any),
    st.lists(st.integers(-9, 9), min_size=5, max_size=5).filter(any),
    st.integers(1, 99),
)
def test_the_factors_multiplied_are_the_kernel_again(column, row, divisor):
    kernel = np.outer(column, row) / divisor
    found = separated(kernel)
    assert found is not None
    np.testing.assert_allclose(found[0] @ found[1], kernel, atol=1e-12)
    *factor, down, across = separated_text(kernel).split(" · ")
    above, _, below = (factor or ["1"])[0].partition("/")
    written = np.outer(*(np.array(part.strip("[]ᵀ").split(), float) for part in (down, across)))
    np.testing.assert_allclose(written * int(above) / int(below or 1), kernel, atol=1e-12)


@settings(deadline=None)
@given(st.lists(st.lists(st.integers(-9, 9), min_size=3, max_size=3), min_size=3, max_size=3))
def test_a_kernel_is_separable_exactly_if_its_rank_is_one(rows):
    kernel = np.array(rows, float)
    assert (separated(kernel) is not None) == (np.linalg.matrix_rank(kernel) == 1)
