import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuiconv.errors import RequestError
from tuiconv.images.apply import apply_filter
from tuiconv.images.filters.catalog import FILTERS
from tuiconv.images.filters.own_kernel import OwnKernel, own_kernel
from tuiconv.images.filters.recipes import parse_filters, read_kernel

numbers = st.floats(-1e6, 1e6).map(lambda value: round(value, 6) + 0.0)


def refusal(text):
    with pytest.raises(RequestError) as caught:
        parse_filters(text)
    return str(caught.value)


def test_a_kernel_in_brackets_is_divided_and_something_is_added():
    image = np.array([[0, 0, 0], [0, 8, 0], [0, 0, 0]], np.float64)
    out = apply_filter(image, "[0 1 0; 1 4 1; 0 1 2]/8 + 3", edge="zero")
    # 8 · 4 / 8 + 3 in the middle, 8 · 1 / 8 + 3 beside it, and 8 · 2 / 8 + 3 where it sees the 8
    assert out.tolist() == [[5, 4, 3], [4, 7, 4], [3, 4, 3]]


def test_a_kernel_stands_in_a_row_of_filters_like_any_other():
    row = parse_filters("gaussian(2) | [1 -2 1] | [1 2 1]/4−16|sobel")
    assert [each.name for each in row] == ["gaussian(2)", "kernel", "kernel", "sobel"]
    assert row[1].kernel.tolist() == [[1, -2, 1]]
    assert row[2].kernel.tolist() == [[0.25, 0.5, 0.25]]
    assert [each.bias for each in row[1:3]] == [0, -16]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[1 2; 3", 'character 8: expected "]" behind the last row of the kernel; found the end'),
        ("[", 'character 2: expected "]"'),
        ("[]", "the kernel is empty"),
        ("[1 2 1; 1 2]", "row 2 has 2 numbers, row 1 has 3"),
        ("[1 2]", "expected 1 or 3 numbers a row"),
        ("[1 x 1]", 'row 1, number 2: expected a finite number, such as 2, -0.5 or 1/9; found "x"'),
        ("[1 2 1]/", "character 9: expected a number to divide by; found the end"),
        ("[1 2 1]/0", "divide by 0"),
        ("[1 2 1]+", "character 9: expected a number to add"),
        ("[1 2 1] 4", 'character 9: expected "|" or the end; found "4"'),
        ("|".join(["[1e9 1e9 1e9]"] * 20), "the sums could grow to"),
    ],
)
def test_what_is_no_kernel_is_refused_with_its_place(text, words):
    assert words in refusal(text)


@given(st.lists(numbers, min_size=3, max_size=3), numbers.filter(bool), numbers)
def test_a_kernel_is_written_as_it_is_read(weights, divide, bias):
    kernel = OwnKernel(np.array([weights]), divide, bias)
    again = read_kernel(kernel.text)
    assert again.weights.tolist() == [weights]
    assert (again.divide, again.bias) == (divide, bias)


def test_a_named_kernel_is_edited_in_whole_numbers_with_their_divisor():
    kernel = own_kernel(FILTERS["gaussian-3x3"])
    assert kernel.text == "[1 2 1; 2 4 2; 1 2 1]/16"
    assert kernel.with_weight((0, 2), 5).text == "[1 2 5; 2 4 2; 1 2 1]/16"


@pytest.mark.parametrize("name", [name for name, each in FILTERS.items() if max(each.size) <= 9])
def test_as_one_s_own_a_named_kernel_computes_the_same(name):
    filters = parse_filters(name)
    if len(filters[0].matrices) > 1:
        with pytest.raises(RequestError, match=f"such as {name}-x"):
            own_kernel(filters[0])
        return
    (own,) = parse_filters(own_kernel(filters[0]).text)
    assert np.array_equal(own.kernel, filters[0].kernel)


def test_a_kernel_grows_by_zeros_up_to_nine_a_side_and_shrinks_to_one():
    kernel = read_kernel("[5]")
    sizes = []
    for _ in range(5):
        kernel = kernel.larger()
        sizes.append(kernel.weights.shape)
    assert sizes == [(3, 3), (5, 5), (7, 7), (9, 9), (9, 9)]
    assert kernel.weights.sum() == kernel.weights[4, 4] == 5
    for _ in range(5):
        kernel = kernel.smaller()
    assert kernel.text == "[5]"


def test_a_large_kernel_is_not_edited_number_by_number():
    with pytest.raises(RequestError, match="25×25 numbers; up to 9×9"):
        own_kernel(FILTERS["gabor"])
