import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuiconv.lessons.figures import figure, share


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (-3e-12, "0"),
        (12.0, "12"),
        (-1722.0, "−1,722"),
        (524_280.0, "524,280"),
        (12.5, "12.5"),
        (-0.00841146, "−0.00841146"),
        (1234.56789, "1,234.57"),
        (7_654_321.25, "7,654,321.2"),
        (99.99999999, "100"),
        (1e20, "1e+20"),
        (-1e300, "−1e+300"),
    ],
)
def test_a_number_is_written_in_full_if_it_is_whole_and_else_with_six_digits(value, text):
    assert figure(value) == text


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (0, 7, "0%"),
        (7, 7, "100%"),
        (1, 3, "33%"),
        (1, 2, "50%"),
        (17, 1000, "1.7%"),
        (3, 1_000_000, "0.0003%"),
        (999_997, 1_000_000, "99.9997%"),
        (1, 300, "0.33%"),
    ],
)
def test_a_share_has_two_digits(part, whole, text):
    assert share(part, whole) == text


@given(st.data())
def test_only_none_and_all_are_0_and_100_per_cent(data):
    whole = data.draw(st.integers(2, 10**12))
    part = data.draw(st.integers(1, whole - 1))
    percent = float(share(part, whole).removesuffix("%"))
    assert 0 < percent < 100
    assert abs(percent - 100 * part / whole) < min(part, whole - part) / whole * 10
