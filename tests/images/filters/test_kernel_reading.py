import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuiconv.errors import RequestError
from tuiconv.images.apply import apply_filter
from tuiconv.images.filters.filter import NamedFilter
from tuiconv.images.filters.kernel_reading import custom_filter, parse_kernel, read_kernel_file

SHARPEN = [[0, -1, 0], [-1, 5, -1], [0, -1, 0]]


def answer(text):
    """What a text is read as, or the line that it is refused with."""
    try:
        return custom_filter(parse_kernel(text))
    except RequestError as error:
        return str(error)


def refusal(text):
    """The one line with which a text is refused."""
    with pytest.raises(RequestError) as caught:
        parse_kernel(text)
    assert str(caught.value).isprintable()
    return str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "0 -1 0; -1 5 -1; 0 -1 0",
        "0 -1 0\n-1 5 -1\n0 -1 0\n",
        "0,-1,0;-1,5,-1;0,-1,0;",
        " 0 ,-1, 0 ;\r\n -1\t5 −1\r\n\r\n 0.0 -1e0 +0 # the last row",
        "# sharpen\n0 -1 0; -1 10/2 -1 # the middle\n0 -1 0",
    ],
)
def test_rows_are_parted_by_semicolons_or_lines_and_numbers_by_spaces_or_commas(text):
    assert parse_kernel(text).tolist() == SHARPEN


def test_fractions_are_as_exact_as_divisions():
    assert parse_kernel("1/9 -1/3 .5/4").tolist() == [[1 / 9, -1 / 3, 0.125]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the kernel is empty; expected rows of numbers"),
        (" ;\n; # nothing\n", "the kernel is empty; expected rows of numbers"),
        ("1 2 3; 4 5; 6 7 8", "row 2 has 2 numbers, row 1 has 3; expected as many in every row"),
        ("1 2 3; 4", "row 2 has 1 number, row 1 has 3; expected as many in every row"),
        ("1 2; 3 4", "2 rows of 2 numbers; expected 1 or 3 rows"),
        ("1 2 3 4", "1 row of 4 numbers; expected 3 or 5 numbers a row"),
        ("1 2 x", 'row 1, number 3: expected a finite number, such as 2, -0.5 or 1/9; found "x"'),
        (
            "1; 2; nan",
            'row 3, number 1: expected a finite number, such as 2, -0.5 or 1/9; found "n',
        ),
        ("1; 2; -inf", "row 3, number 1: expected a finite number"),
        ("1 2 1e999", 'found "1e999"'),
        ("1 2 1/0", 'found "1/0"'),
        (
            "1,,3",
            "row 1, number 2: expected a finite number, such as 2, -0.5 or 1/9; found nothing",
        ),
        ("1 2 1_0", 'found "1_0"'),
        ("1 2 ٣", 'found "٣"'),
        (
            "0x1 2 3",
            'row 1, number 1: expected a finite number, such as 2, -0.5 or 1/9; found "0x1',
        ),
        ("1 2 1e10", 'row 1, number 3: expected a number from -1e+09 to 1e+09; found "1e10"'),
        ("1 " * 257, "1 row of 257 numbers; expected at most 255 numbers a row"),
        ("1;" * 256, "256 rows of 1 number; expected at most 255 rows"),
    ],
)
def test_what_is_no_kernel_is_refused_with_its_place_and_what_is_allowed(text, message):
    assert message in refusal(text)


def test_a_kernel_of_ones_own_is_divided_then_the_bias_is_added():
    # a row of 1, 2, 3: (1 + 2 + 3) / 2 + 10 in the middle
    named = custom_filter(parse_kernel("1 1 1"), divide=2, bias=10)
    assert apply_filter(np.array([[1.0, 2, 3]]), named, "zero")[0, 1] == 13
    assert named.kernel.tolist() == [[0.5, 0.5, 0.5]]
    assert (named.name, named.formula) == ("kernel", "Σ kernel · value / 2 + 10")
    assert custom_filter([[1]], bias=-1).formula == "Σ kernel · value − 1"


def test_nine_ones_divided_by_nine_are_the_box_blur():
    picture = np.random.default_rng(0).integers(0, 256, (9, 8, 3), dtype=np.uint8)
    own = custom_filter(parse_kernel("1 1 1;1 1 1;1 1 1"), divide=9)
    assert np.array_equal(apply_filter(picture, own), apply_filter(picture, "box-blur"))


@pytest.mark.parametrize("divide", [0, -0.0, np.nan, np.inf])
def test_nothing_is_divided_by_what_is_no_number(divide):
    with pytest.raises(
        RequestError, match=r"divide by -?(0|nan|inf); expected a finite number other"
    ):
        custom_filter(SHARPEN, divide=divide)


@pytest.mark.parametrize("bias", [np.nan, np.inf, -2e9])
def test_a_bias_that_cannot_be_added_is_refused(bias):
    with pytest.raises(RequestError, match=f"bias {bias:g}; expected".replace("+", r"\+")):
        custom_filter(SHARPEN, bias=bias)


@pytest.mark.parametrize("divide", [1e-9, 5e-324])
def test_weights_that_grow_too_large_by_division_are_refused(divide):
    with pytest.raises(RequestError, match="expected weights from"):
        custom_filter(SHARPEN, divide=divide)


def test_a_file_holds_a_kernel_as_text(tmp_path):
    path = tmp_path / "kernel.txt"
    path.write_bytes("\ufeff# sharpen\r\n0 -1 0\r\n-1 5 -1 # here\r\n0 -1 0\r\n".encode())
    assert read_kernel_file(path).tolist() == SHARPEN


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the kernel is empty"),
        (b"1 2 3\n4 5", "row 2 has 2 numbers, row 1 has 3"),
        (
            b"1 2 \x00",
            r'row 1, number 3: expected a finite number, such as 2, -0.5 or 1/9; found "\x00"',
        ),
        (b"\x89PNG\r\n\x1a\n", "not UTF-8 at byte 0; expected a text"),
        (b"1 " * 500_001, "more than 1,000,000 bytes; no kernel is as long"),
    ],
)
def test_a_file_without_a_kernel_is_named_in_the_error(tmp_path, content, message):
    path = tmp_path / "kernel.txt"
    path.write_bytes(content)
    with pytest.raises(RequestError) as caught:
        read_kernel_file(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert message in str(caught.value)


def test_a_file_that_cannot_be_read_is_named_in_the_error(tmp_path):
    for path in (tmp_path, tmp_path / "missing.txt"):
        with pytest.raises(RequestError, match=r"directory|No such file") as caught:
            read_kernel_file(path)
        assert str(caught.value).startswith(f"{path}: ")


@settings(deadline=None, max_examples=200)
@given(st.text())
def test_any_text_is_read_or_refused_in_one_line(text):
    found = answer(text)
    assert isinstance(found, NamedFilter) or found.isprintable()


def test_whatever_is_read_can_be_applied():
    pieces = [" ", ";", ",", "\n", "#", "1", "-2", "0.5", "1/3", "nan", "e9", "−", "x"]
    rng = random.Random(8)
    for _ in range(10_000):
        text = "".join(rng.choices(pieces, k=rng.randint(0, 9)))
        found = answer(text)
        assert isinstance(found, NamedFilter) or found.isprintable()


@settings(deadline=None)
@given(st.lists(st.lists(st.floats(-1e9, 1e9), min_size=3, max_size=3), min_size=3, max_size=3))
def test_a_kernel_written_with_all_its_digits_is_read_as_it_was(rows):
    text = ";".join(" ".join(map(repr, row)) for row in rows)
    assert parse_kernel(text).tolist() == rows
