import numpy as np
import pytest

from tuiconv_kernels.ranges import real


@pytest.mark.parametrize("value", [2, 2.0, np.float32(2), np.int8(2), np.array(2.0)])
def test_any_real_number_becomes_a_float(value):
    number = real("f", "x", value)
    assert type(number) is float
    assert number == 2


def test_the_ends_of_a_range_belong_to_it():
    assert real("f", "x", 0, least=0, most=1) == 0
    assert real("f", "x", 1, least=0, most=1) == 1


@pytest.mark.parametrize(
    "value", [np.nan, np.inf, -np.inf, None, "1", 1j, [1, 2], np.ones(2), 10**400]
)
def test_what_is_no_finite_number_is_quoted(value):
    with pytest.raises(ValueError, match=r"f: x is .+; a finite number is needed"):
        real("f", "x", value)


def test_the_message_names_the_range():
    with pytest.raises(ValueError, match=r"f: x is 0\.5; a finite number of at least 1 is needed"):
        real("f", "x", 0.5, least=1)
    with pytest.raises(ValueError, match="f: x is -1; a number from 0 to 1 is needed"):
        real("f", "x", -1, least=0, most=1)
