"""Whether one pass over a line of digits saves the time that its multiply-adds say.

pytest -n 0 -s tests/benchmarks/test_one_pass.py
"""

from statistics import median

import pytest

from tuiconv.lessons.dynamic.cost import costs, measure, places
from tuiconv.nn.shipped import load_model

TURNS = 9


@pytest.mark.parametrize("columns", [64, 144, 256, 512])
def test_one_pass_is_as_many_times_faster_as_it_has_fewer_products_within_a_factor_of_two(columns):
    net = load_model("lenet5")
    layers = costs(net, columns)
    fewer = sum(each.windows for each in layers) / sum(each.one_pass for each in layers)
    faster = median(measure(net, columns).factor for _ in range(TURNS))
    print(
        f"\n32×{columns}, {places(columns)} windows: one pass has {fewer:.2f} times fewer"
        f" multiply-adds and is {faster:.2f} times faster"
    )
    assert fewer / 2 <= faster <= 2 * fewer
