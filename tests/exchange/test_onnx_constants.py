import numpy as np
import pytest
from onnx import numpy_helper

from tuiconv.exchange.onnx_constants import FOLDED, NUMBERS_KEPT, fold

TABLE = [[1, 2, 3], [4, 5, 6]]
LEAST = -(2**63)

CASES = [
    ("Add", {}, [[1, 2], 3], [4, 5]),
    ("Cast", {"to": 7}, [[1, 2]], [1, 2]),
    ("Concat", {"axis": 0}, [[1, 2], [3]], [1, 2, 3]),
    ("Constant", {"value_ints": [1, 2]}, [], [1, 2]),
    ("ConstantOfShape", {}, [[2]], [0, 0]),
    ("Div", {}, [[7, 6, -7], 2], [3, 3, -3]),
    ("Div", {}, [[1.0, 3.0], 2.0], [0.5, 1.5]),
    ("Gather", {"axis": 0}, [[5, 6, 7], 1], 6),
    ("Identity", {}, [[1]], [1]),
    ("Mul", {}, [[1, 2], [3, 4]], [3, 8]),
    ("ReduceProd", {"keepdims": 0}, [[2, 3, 4]], 24),
    ("Reshape", {}, [TABLE, [-1, 2]], [[1, 2], [3, 4], [5, 6]]),
    ("Shape", {}, [TABLE], [2, 3]),
    ("Slice", {}, [[1, 2, 3, 4], [1], [3]], [2, 3]),
    ("Slice", {}, [TABLE, [0], [9], [1], [2]], [[1, 3], [4, 6]]),
    ("Slice", {}, [TABLE, [-1], [LEAST], [0], [-1]], [[4, 5, 6], [1, 2, 3]]),
    ("Squeeze", {"axes": [0]}, [[[1, 2]]], [1, 2]),
    ("Squeeze", {}, [[[1, 2]], [0]], [1, 2]),
    ("Sub", {}, [[5, 6], 2], [3, 4]),
    ("Transpose", {"perm": [1, 0]}, [TABLE], [[1, 4], [2, 5], [3, 6]]),
    ("Unsqueeze", {"axes": [0]}, [[1, 2]], [[1, 2]]),
    ("Unsqueeze", {}, [3, [0]], [3]),
]


@pytest.mark.parametrize(("operation", "attributes", "inputs", "expected"), CASES)
def test_arithmetic_on_constants_is_that_of_onnx(operation, attributes, inputs, expected):
    found = fold(operation, attributes, *map(np.array, inputs))
    np.testing.assert_array_equal(found, np.array(expected))


def test_every_operation_that_is_worked_out_was_just_tested():
    assert {operation for operation, *_ in CASES} == FOLDED.keys()


def test_a_constant_of_a_shape_is_filled_with_its_value():
    value = numpy_helper.from_array(np.array([7]), "value")
    np.testing.assert_array_equal(fold("ConstantOfShape", {"value": value}, np.array([2])), [7, 7])


@pytest.mark.parametrize(
    ("operation", "attributes", "inputs"),
    [
        ("Conv", {}, [[1]]),
        ("Reshape", {}, [[1, 2, 3], [2, 2]]),
        ("Gather", {}, [[1, 2], 9]),
        ("Concat", {}, [[1], [2]]),
        ("Add", {}, [[1, 2], [1, 2, 3]]),
        ("ConstantOfShape", {}, [[2**40]]),
        ("ConstantOfShape", {}, [[-3]]),
        ("ConstantOfShape", {"value": 1.5}, [[3]]),
        ("Constant", {"value_string": "text"}, []),
        ("Constant", {}, []),
    ],
)
def test_what_cannot_be_worked_out_is_left(operation, attributes, inputs):
    assert fold(operation, attributes, *map(np.array, inputs)) is None


def test_no_more_numbers_are_kept_than_sizes_and_padding_need():
    row = np.arange(NUMBERS_KEPT)
    assert fold("Add", {}, row, row) is not None
    assert fold("Concat", {"axis": 0}, row, row) is None
