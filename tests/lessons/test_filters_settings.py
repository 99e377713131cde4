from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuiconv.errors import RequestError
from tuiconv.images.filters.catalog import FILTERS
from tuiconv.images.filters.families import Parameter
from tuiconv.images.filters.recipes import parse_filters
from tuiconv.lessons.filters_settings import (
    changed,
    check,
    lengthened,
    next_setting,
    next_value,
    settings_row,
    shortened,
    with_last,
)
from tuiconv.lessons.filters_view import EDGES, STORED, FiltersView


def stepped(view, *steps):
    """The filters after some presses of + (1) and − (−1)."""
    for step in steps:
        view = changed(view, step)
    return view.filter


def test_the_settings_of_a_filter_are_its_numbers_the_edge_and_how_sums_are_stored():
    assert settings_row(FiltersView()) == "[edge reflect], stored auto"
    view = FiltersView("sharpen | gabor(45)")
    row = "[theta 45], wavelength 8, sigma 4, edge reflect, stored auto"
    assert settings_row(view) == row
    assert settings_row(next_setting(view, 1)) == row.replace(
        "[theta 45], wavelength 8", "theta 45, [wavelength 8]"
    )
    assert settings_row(next_setting(view, -1)).endswith("[stored auto]")


def test_plus_and_minus_go_round_the_edges_and_the_ranges():
    view = FiltersView(setting="edge")
    edges = [changed(view, step).edge for step in (1, -1)]
    place = EDGES.index("reflect")
    assert edges == [EDGES[place + 1], EDGES[place - 1]]
    seen, view = [], FiltersView(setting="stored")
    for _ in STORED:
        seen.append(view.stored)
        view = changed(view, 1)
    assert tuple(seen) == STORED
    assert view.stored == "auto"


def test_plus_makes_a_bell_curve_wider_and_minus_makes_it_narrower():
    view = FiltersView("sobel-x | gaussian(2)", setting="sigma")
    assert stepped(view, 1) == "sobel-x | gaussian(2.5)"
    assert stepped(view, -1, -1, -1) == "sobel-x | gaussian(0.9)"
    assert stepped(FiltersView("gaussian(16)"), 1) == "gaussian(16)"
    assert stepped(FiltersView("box-blur"), 1, 1) == "box-blur(7)"
    assert stepped(FiltersView("motion-blur", setting="angle"), 1, 1) == "motion-blur(9, 30)"


@given(
    st.sampled_from([0, 1, 2]),
    st.lists(st.sampled_from([1, -1]), max_size=40),
)
def test_a_parameter_stays_among_the_numbers_that_it_may_have(kind, steps):
    parameter = Parameter("size", "n", 3, 1, 101, "", step=kind)
    value = 3.0
    for step in steps:
        value = next_value(parameter, value, step)
        assert parameter.allows(value)


def test_a_kernel_s_number_divisor_bias_and_size_are_changed_one_by_one():
    view = FiltersView("gaussian-3x3", edit=True, cell=(0, 0))
    assert settings_row(view) == "[weight 1], divide 16, add 0, size 3×3"
    assert stepped(view, 1, 1) == "[3 2 1; 2 4 2; 1 2 1]/16"
    assert stepped(replace(view, setting="divide"), -1) == "[1 2 1; 2 4 2; 1 2 1]/15"
    assert stepped(replace(view, setting="add"), 1) == "[1 2 1; 2 4 2; 1 2 1]/16+16"
    assert stepped(replace(view, setting="size"), -1) == "[4]/16"
    assert stepped(replace(view, filter="[2 1 2]", setting="divide"), -1) == "[2 1 2]/-1"


def test_a_weight_that_is_no_whole_number_changes_by_less_than_the_largest():
    view = FiltersView("identity | [0.5 0.25 0.25]", edit=True)
    assert stepped(view, 1) == "identity | [0.5 0.26 0.25]"
    assert stepped(view, -1, -1) == "identity | [0.5 0.23 0.25]"


@pytest.mark.parametrize("name", FILTERS)
def test_every_setting_of_every_filter_can_be_changed_both_ways(name):
    view = FiltersView(f"{name} | {name}")
    for _ in range(5):
        for step in (1, -1):
            after = changed(view, step)
            assert len(parse_filters(after.filter)) == 2
            assert after.filter.startswith(f"{name} | {name}")
        view = next_setting(view, 1)


def test_filters_are_added_behind_exchanged_and_taken_off():
    view = lengthened(FiltersView("gaussian(2)"))
    assert view.filter == "gaussian(2) | identity"
    view = with_last(view, "sobel-x")
    assert view.filter == "gaussian(2) | sobel-x"
    assert shortened(view).filter == "gaussian(2)"
    assert shortened(shortened(view)).filter == "gaussian(2)"


@pytest.mark.parametrize(
    ("view", "words"),
    [
        (FiltersView(setting="sgma"), "did you mean sigma?"),
        (FiltersView("sobel", edit=True), "such as sobel-x"),
        (FiltersView("gabor", edit=True), "up to 9×9"),
    ],
)
def test_what_cannot_be_changed_is_refused(view, words):
    with pytest.raises(RequestError, match=words):
        check(view)
