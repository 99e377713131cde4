import numpy as np
import pytest

from tuiconv.images.filters.lecture import LECTURE_FILTERS

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
    assert [named.name for named in LECTURE_FILTERS] == list(LECTURE)


@pytest.mark.parametrize("named", LECTURE_FILTERS, ids=LECTURE)
def test_a_kernel_is_exactly_the_one_in_the_lecture(named):
    integers, divisor = LECTURE[named.name]
    assert np.array_equal(named.kernel, np.array(integers) / divisor)


@pytest.mark.parametrize("named", LECTURE_FILTERS, ids=LECTURE)
def test_edge_filters_sum_to_zero_and_all_others_to_one(named):
    assert named.zero_sum == named.name.startswith("edge")
    assert named.kernel.sum() == pytest.approx(0 if named.zero_sum else 1)
