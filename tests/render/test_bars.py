import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuiconv.render.bars import bar_list
from tuiconv.render.depth import ColorDepth, Display
from tuiconv.render.lines import line_width

PLAIN = Display(ColorDepth.NONE, unicode=True)
ASCII = Display(ColorDepth.NONE, unicode=False)
DISPLAYS = [Display(depth, unicode) for depth in ColorDepth for unicode in (True, False)]


def texts(lines):
    return ["".join(segment.text for segment in line) for line in lines]


def test_bars_worked_by_hand():
    # 16 cells = pointer, space, label, space, 6 for the bar, space, 5 for the number
    # 1/2 -> 3 cells; 7/24 of 6 cells = 14 eighths = 1 cell and 6 eighths; 1 -> 6 cells
    lines = bar_list("abc", [0.5, 7 / 24, 1.0], 16, PLAIN, chosen=1)
    assert texts(lines) == [
        "  a ███    0.500",
        "▶ b █▊     0.292",
        "  c ██████ 1.000",
    ]


def test_in_ascii_a_bar_has_whole_cells():
    assert texts(bar_list("ab", [0.5, 1 / 6], 16, ASCII, chosen=0)) == [
        "> a ###    0.500",
        "  b #      0.167",
    ]


def test_the_chosen_bar_is_pointed_out_and_coloured():
    plain, chosen = bar_list("ab", [0.5, 0.5], 20, Display(ColorDepth.TRUECOLOR), chosen=1)
    assert chosen[0].text.startswith("▶")
    assert chosen[0].style.bold
    assert plain[0].style is None
    assert plain[1].style.color != chosen[1].style.color


@pytest.mark.parametrize(
    ("value", "bar"), [(float("nan"), ""), (-3.0, ""), (0.0, ""), (99.0, "████")]
)
def test_a_bar_stays_within_its_space(value, bar):
    (text,) = texts(bar_list(["a"], [value], 4 + 4 + 1 + len(f"{value:.3f}"), PLAIN))
    assert text[4:8] == bar.ljust(4)


def test_a_full_bar_may_stand_for_another_value():
    assert texts(bar_list(["a"], [4.0], 16, PLAIN, full=8.0)) == ["  a ███    4.000"]


def test_long_and_wide_labels_are_cropped_to_a_third():
    lines = bar_list(["aeroplane", "数字数字"], [0.1, 0.2], 18, PLAIN)
    assert texts(lines)[0].startswith("  aeropl ")
    assert texts(lines)[1].startswith("  数字数 ")


def test_what_a_value_was_before_stands_in_front_of_it():
    (line,) = bar_list(["a"], [0.25], 24, PLAIN, earlier=[1])
    text = "".join(segment.text for segment in line)
    assert text.endswith(("1.000 → 0.250", "1.000 -> 0.250"))


def test_each_value_needs_a_label_and_a_bar_a_length():
    with pytest.raises(ValueError, match="1 labels for 2 values"):
        bar_list(["a"], [1, 2], 20, PLAIN)
    with pytest.raises(ValueError, match="not 0"):
        bar_list(["a"], [1], 20, PLAIN, full=0)


@settings(max_examples=30)
@given(
    st.lists(
        st.tuples(st.text(st.characters(categories=["L", "N"])), st.floats(-2, 2)), max_size=5
    ),
    st.integers(0, 60),
    st.sampled_from(DISPLAYS),
)
def test_every_line_has_exactly_the_width(items, width, display):
    lines = bar_list([label for label, _ in items], [value for _, value in items], width, display)
    assert len(lines) == len(items)
    assert all(line_width(line) == width for line in lines)
