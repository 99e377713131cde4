import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuiconv.images.filters import FILTERS, NamedFilter, find_filter, integer_kernel, kernel_text

GAUSSIAN = [[1, 4, 6, 4, 1], [4, 16, 24, 16, 4], [6, 24, 36, 24, 6], [4, 16, 24, 16, 4]]
LECTURE = {
    "identity": ([[0, 0, 0], [0, 1, 0], [0, 0, 0]], 1),
    "edge-diagonal": ([[1, 0, -1], [0, 0, 0], [-1, 0, 1]], 1),
    "edge-4": ([[0, -1, 0], [-1, 4, -1], [0, -1, 0]], 1),
    "edge-8": ([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]], 1),
    "sharpen": ([[0, -1, 0], [-1, 5, -1], [0, -1, 0]], 1),
    "box-blur": ([[1, 1, 1], [1, 1, 1], [1, 1, 1]], 9),
    "gaussian-3x3": ([[1, 2, 1], [2, 4, 2], [1, 2, 1]], 16),
    "gaussian-5x5": ([*GAUSSIAN, [1, 4, 6, 4, 1]], 256),
    "unsharp-5x5": (
        [
            [1, 4, 6, 4, 1],
            [4, 16, 24, 16, 4],
            [6, 24, -476, 24, 6],
            [4, 16, 24, 16, 4],
            [1, 4, 6, 4, 1],
        ],
        -256,
    ),
}


def test_the_nine_filters_come_in_lecture_order():
    assert list(FILTERS) == list(LECTURE)
    assert all(name == named.name for name, named in FILTERS.items())


@pytest.mark.parametrize("name", LECTURE)
def test_a_kernel_is_exactly_the_one_in_the_lecture(name):
    integers, divisor = LECTURE[name]
    assert np.array_equal(FILTERS[name].kernel, np.array(integers) / divisor)


@pytest.mark.parametrize("name", LECTURE)
def test_edge_filters_sum_to_zero_and_all_others_to_one(name):
    named = FILTERS[name]
    assert named.zero_sum == name.startswith("edge")
    assert named.kernel.sum() == pytest.approx(0 if named.zero_sum else 1)


def test_a_kernel_cannot_be_written_to():
    with pytest.raises(ValueError, match="read-only"):
        FILTERS["identity"].kernel[1, 1] = 2


def test_a_filter_of_ones_own_is_copied_and_checked():
    weights = np.array([[1.0, 2.0, 3.0]])
    named = NamedFilter("mine", weights, "Mine.")
    weights[0, 0] = 9
    assert named.kernel.tolist() == [[1, 2, 3]]


@pytest.mark.parametrize("kernel", [np.ones(3), np.ones((2, 3)), np.ones((3, 4)), [[np.nan]]])
def test_a_kernel_without_a_centre_or_with_nan_is_refused(kernel):
    with pytest.raises(ValueError, match="'mine'"):
        NamedFilter("mine", kernel, "Mine.")


@pytest.mark.parametrize(
    ("asked", "meant"), [("sharp", "sharpen"), ("Sharpen", "sharpen"), ("edge_8", "edge-8")]
)
def test_a_misspelt_name_gets_the_nearest_name_and_all_names(asked, meant):
    with pytest.raises(ValueError, match=f"did you mean {meant}\\?") as caught:
        find_filter(asked)
    assert repr(asked) in str(caught.value)
    assert all(name in str(caught.value) for name in FILTERS)
    assert "\n" not in str(caught.value)


def test_a_name_like_no_other_gets_no_suggestion():
    with pytest.raises(ValueError, match="no filter called 'xyzzy'") as caught:
        find_filter("xyzzy")
    assert "did you mean" not in str(caught.value)


def test_a_kernel_is_shown_as_integers_over_their_common_divisor():
    assert kernel_text(FILTERS["gaussian-3x3"].kernel) == (
        "       1 2 1\n"  # the factor stands beside the middle row
        "1/16 × 2 4 2\n"
        "       1 2 1"
    )
    assert kernel_text(FILTERS["edge-8"].kernel) == "-1 -1 -1\n-1  8 -1\n-1 -1 -1"
    assert "1/9 × 1 1 1" in kernel_text(FILTERS["box-blur"].kernel)


def test_weights_without_a_common_divisor_are_shown_as_decimals():
    kernel = np.array([[np.pi, 0.5, 1.0]])
    assert integer_kernel(kernel) is None
    assert kernel_text(kernel) == "≈ 3.14159     0.5       1"


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
