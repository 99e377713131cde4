import numpy as np
import pytest

from tuiconv_kernels.windows import from_phases, lay_windows, to_lines, to_phases

GRID = np.arange(1.0, 17).reshape(1, 1, 4, 4)


def lay(shape, kernel, stride=(1, 1), padding=(0, 0), dilation=(1, 1), ceil_mode=False):
    return lay_windows("test", shape, kernel, stride, padding, dilation, ceil_mode)


def test_with_a_stride_of_two_the_four_phases_follow_one_another():
    windows = lay((4, 4), (2, 2), stride=(2, 2))
    phases = [[1, 3, 9, 11], [2, 4, 10, 12], [5, 7, 13, 15], [6, 8, 14, 16]]
    np.testing.assert_array_equal(to_phases(GRID, windows)[0, 0], np.ravel(phases))
    assert windows.offsets.tolist() == [0, 4, 8, 12]


def test_without_stride_or_padding_nothing_is_copied():
    assert np.shares_memory(to_phases(GRID, lay((4, 4), (3, 3))), GRID)


@pytest.mark.parametrize(
    "geometry",
    [
        ((2, 3), (1, 1), (0, 0), (1, 1)),
        ((3, 2), (2, 3), (1, 2), (2, 1)),
        ((2, 2), (3, 3), (1, 1), (3, 2), True),
    ],
)
def test_every_tap_meets_the_pixel_of_the_formula(geometry, rng):
    kernel, stride, padding, dilation = geometry[:4]
    x = rng.standard_normal((1, 1, 7, 8))
    windows = lay((7, 8), *geometry)
    line = to_phases(x, windows, fill=-1.0)[0, 0]
    padded = np.pad(x[0, 0], 9, constant_values=-1.0)
    for t, (u, v) in enumerate(np.ndindex(kernel)):
        for i, j in np.ndindex(windows.out):
            p = i * windows.grid[1] + j
            assert p < windows.length
            row = 9 + i * stride[0] - padding[0] + u * dilation[0]
            column = 9 + j * stride[1] - padding[1] + v * dilation[1]
            assert line[windows.offsets[t] + p] == padded[row, column]


@pytest.mark.parametrize(("stride", "padding"), [((1, 1), (0, 0)), ((2, 3), (1, 2))])
def test_from_phases_undoes_to_phases(stride, padding, rng):
    x = rng.standard_normal((2, 3, 7, 8))
    windows = lay(x.shape, (3, 3), stride, padding)
    np.testing.assert_array_equal(from_phases(to_phases(x, windows), x.shape, windows), x)


def test_an_output_lies_on_its_grid_with_zeros_between_the_rows():
    windows = lay((3, 4), (2, 3))
    line = to_lines(np.array([[1.0, 2], [3, 4]]).reshape(1, 1, 2, 2), windows)
    np.testing.assert_array_equal(line[0, 0], [1, 2, 0, 0, 3, 4, 0, 0])
