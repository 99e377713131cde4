import pytest

from tuiconv.lessons.ways import after, inside, inward, outward, rung


def test_behind_the_last_value_comes_the_first_and_before_the_first_the_last():
    assert [after("abc", each) for each in "abc"] == ["b", "c", "a"]
    assert [after("abc", each, -1) for each in "abc"] == ["c", "a", "b"]


@pytest.mark.parametrize("step", [1, -1])
def test_from_what_is_no_value_one_goes_to_the_first(step):
    assert after("abc", "x", step) == "a"


def test_a_ladder_is_climbed_from_between_its_rungs_and_ends_where_it_ends():
    ladder = (0.0, 0.1, 1.0)
    assert [rung(ladder, each, 1) for each in (-1, 0, 0.05, 0.1, 0.5, 1, 2)] == [
        0, 0.1, 0.1, 1, 1, 1, 2,
    ]  # fmt: skip
    assert [rung(ladder, each, -1) for each in (-1, 0, 0.05, 1, 2)] == [-1, 0, 0, 0.1, 1]


def test_a_number_that_is_a_rung_but_for_rounding_is_that_rung():
    assert rung((0.1, 0.3, 1.0), 0.1 + 0.2, 1) == 1


def test_in_and_out_go_one_level_and_stay_at_the_ends():
    assert [inward(each) for each in ("overview", "map", "number")] == ["map", "number", "number"]
    assert [outward(each) for each in ("number", "map", "overview")] == [
        "map", "overview", "overview",
    ]  # fmt: skip


def test_a_cell_outside_of_a_map_is_brought_to_the_nearest_in_it():
    assert inside((-1, 7), (4, 5)) == (0, 4)
    assert inside((2, 3), (4, 5)) == (2, 3)
