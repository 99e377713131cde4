from dataclasses import replace

import pytest

from tuiconv.errors import RequestError
from tuiconv.lessons.convolution.choices import (
    SIZES,
    beside,
    check,
    is_possible,
    limits,
    neighbour,
    settings_of,
    settings_row,
    size_of,
    with_operation,
    with_size,
)
from tuiconv.lessons.convolution.view import EXAMPLES, OPERATIONS, ConvolutionView

FIRST = ConvolutionView()


def test_a_kernel_is_as_large_as_the_grid_at_most():
    assert limits(replace(FIRST, setting="kernel"), "kernel", 0) == (1, 5)
    assert limits(FIRST, "kernel", 1) == (1, 7)
    assert limits(replace(FIRST, padding=(1, 0)), "kernel", 0) == (2, 7)  # 7 = 5 + 2·1


def test_what_cannot_be_reached_is_told_by_its_formula():
    view = replace(FIRST, kernel=(5, 5), setting="kernel")
    formula = r"height: floor\(\(5 \+ 2·0 − 6\) / 1\) \+ 1 = 0"
    with pytest.raises(RequestError, match=formula):
        neighbour(view, 1)
    assert neighbour(replace(view, axis="columns"), 1).kernel == (5, 6)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"kernel": (8, 8)}, "kernel 8×8; expected at most 7 rows and columns"),
        ({"stride": (4, 1)}, "+ 1 = 1, and so it is with a stride of 3"),
        ({"stride": (0, 1)}, "stride 0×1; expected 1 or more"),
        ({"padding": (3, 0)}, "expected a padding of at most 3 − 1 = 2"),
        ({"behind": (0, 3)}, "columns: a window of 3 would lie in the padding alone"),
        ({"kernel": (1, 3), "dilation": (2, 1)}, "a kernel of 1 has no gaps"),
        ({"dilation": (3, 1)}, "(5 + 2·0 − (3·(3 − 1) + 1)) / 1"),
        ({"operation": "average", "dilation": (2, 2)}, "average pooling has none"),
        ({"operation": "lp", "padding": (1, 1)}, "lp pooling has none"),
        ({"operation": "max", "padding": (2, 2)}, "at most half the window"),
        ({"operation": "transposed", "stride": (70, 1)}, "at most 64 can be shown"),
        ({"operation": "lp", "power": 0.5}, "power 0.5; expected 1 to 1024"),
        ({"operation": "log-prob", "beta": 0.0}, "beta 0; expected"),
        ({"power": float("nan")}, "power nan"),
    ],
)
def test_sizes_that_do_not_go_together_are_refused_in_one_line(fields, words):
    with pytest.raises(RequestError) as refused:
        check(replace(FIRST, **fields))
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_within_its_limits_every_setting_gives_an_output_and_beyond_them_none(operation):
    for setting in settings_of(operation):
        if setting not in SIZES:
            continue
        view = replace(FIRST, operation=operation)
        least, most = limits(view, setting, 0)
        _, other = size_of(view, setting)
        for value in range(least, min(most, 9) + 1):
            assert is_possible(with_size(view, setting, (value, other))), (setting, value)
        for value in (least - 1, most + 1):
            assert not is_possible(with_size(view, setting, (value, other))), (setting, value)


def test_what_is_as_the_example_has_it_is_left_open():
    view = neighbour(replace(FIRST, setting="stride"), 1)
    assert view.stride == (2, 2)
    assert neighbour(view, -1) == replace(FIRST, setting="stride")


def test_padding_behind_follows_that_before_unless_it_is_chosen():
    view = neighbour(replace(FIRST, setting="padding"), 1)
    assert size_of(view, "behind") == (1, 1)
    uneven = neighbour(replace(view, setting="behind", axis="columns"), -1)
    assert size_of(uneven, "behind") == (1, 0)
    assert neighbour(replace(uneven, setting="behind"), 1).behind is None


@pytest.mark.parametrize("example", EXAMPLES)
def test_round_all_operations_one_comes_back_to_the_first(example):
    view = ConvolutionView(example, setting="operation", stride=(2, 2), dilation=(2, 2))
    seen = []
    for _ in OPERATIONS:
        view = neighbour(view, 1)
        check(view)
        seen.append(view.operation)
    assert sorted(seen) == sorted(OPERATIONS)
    assert view.stride is None  # a pool has another of its own


def test_the_kernel_may_be_turned_without_a_change_of_sizes():
    view = replace(FIRST, stride=(2, 2))
    assert with_operation(view, "flipped") == replace(view, operation="flipped")


def test_a_row_tells_the_settings_with_the_chosen_one_in_brackets():
    assert settings_row(beside(FIRST, 1)) == (
        "correlation, [kernel 3×3], stride 1×1, padding 0×0, behind 0×0, dilation 1×1"
    )
    assert settings_row(replace(FIRST, operation="lp", setting="power")) == (
        "L_p pool, kernel 2×2, stride 2×2, [p 2]"
    )
    assert max(len(settings_row(replace(FIRST, operation=each))) for each in OPERATIONS) <= 78
