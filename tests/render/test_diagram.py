from dataclasses import replace

import pytest

from tuiconv.lessons.dynamic.pyramid import Pyramid
from tuiconv.lessons.dynamic.pyramid_scenes import diagram
from tuiconv.lessons.scene import Diagram, UnitRow
from tuiconv.render.chart import STYLES
from tuiconv.render.depth import ColorDepth, Display
from tuiconv.render.diagram import draw_diagram, lines_needed, lines_used
from tuiconv.render.lines import line_width

ASCII = Display(ColorDepth.NONE, unicode=False)
PLAIN = Display(ColorDepth.NONE)
TRUECOLOR = Display()
DISPLAYS = [Display(depth, unicode) for depth in ColorDepth for unicode in (True, False)]

SMALL = Diagram(
    "net",
    (
        UnitRow("in", "4 +2", (0, 1, 2, 3), old=2),
        UnitRow("pool", "1 ±0", (0.5,), ((0, 1),), old=1),
    ),
    chosen=(1, None),
    legend=("old", "new", "left over"),
    key="units",
)
"""Two of four inputs are new, and no window sees them."""


def texts(drawing):
    return ["".join(segment.text for segment in line).rstrip() for line in drawing.lines]


def test_units_stand_above_what_they_see_and_what_nobody_sees_has_a_sign_of_its_own():
    assert texts(draw_diagram(SMALL, 28, 5, ASCII)) == [
        "net  o old  . left over",
        "> pool    o            1 ±0",
        "         / \\",
        "         / \\",
        "  in    o   o   .   .  4 +2",
    ]


def test_signs_are_circles_and_connections_braille_where_the_terminal_has_them():
    assert texts(draw_diagram(SMALL, 28, 4, PLAIN)) == [
        "net  ● old  ○ left over",
        "▶ pool    ●            1 ±0",
        "        ⡠⠔⠑⠤⡀",
        "  in    ●   ●   ○   ○  4 +2",
    ]


def test_new_units_have_another_colour_and_sign_and_so_have_their_connections():
    panel = diagram(Pyramid(14), "pool2", None)
    styles = STYLES[ColorDepth.TRUECOLOR]
    found = {}
    for line in draw_diagram(panel, 80, 30, TRUECOLOR).lines[1:]:
        for segment in line:
            for sign in segment.text:
                found.setdefault(sign, set()).add(segment.style)
    assert found["●"] == {styles[1]}
    assert found["◆"] == {styles[0]}
    plain = texts(draw_diagram(panel, 80, 30, PLAIN))
    assert [line.count("●") for line in plain if line.startswith("  input")] == [10]
    assert [line.count("◆") for line in plain if line.startswith("  input")] == [4]
    assert [line.count("◆") for line in plain if "pool2" in line] == [1]


def test_of_a_single_unit_only_what_belongs_to_it_is_drawn_in_full():
    panel = diagram(Pyramid(14), "conv2", 2)
    plain = texts(draw_diagram(panel, 80, 30, PLAIN))
    assert [line.count("[◆]") for line in plain if "conv2" in line] == [1]
    (inputs,) = [line for line in plain if line.startswith("  input")]
    assert "".join(inputs.split()[1:-2]) == "····●●●●●●◆◆··"


def test_a_diagram_with_more_room_has_its_units_farther_apart():
    panel = diagram(Pyramid(10), "pool2", None)
    small, wide, high = (
        draw_diagram(panel, *size, PLAIN) for size in ((50, 10), (120, 10), (120, 40))
    )
    assert line_width(small.lines[-1]) <= 50 < line_width(wide.lines[-1]) <= 120
    assert len(small.lines) == len(wide.lines) == 10 < len(high.lines) <= 40
    assert (
        len(high.lines) == lines_used(panel, 120, 40, PLAIN) == lines_needed(panel, 120, PLAIN).most
    )


@pytest.mark.parametrize("width", [20, 79, 200])
@pytest.mark.parametrize("display", DISPLAYS)
def test_no_line_is_wider_than_asked_for_and_as_many_are_drawn_as_was_said(width, display):
    for length in (7, 30):
        for layer, unit in (("pool2", None), ("input", length - 1)):
            panel = diagram(Pyramid(length), layer, unit)
            for height in (5, 30):
                drawing = draw_diagram(panel, width, height, display)
                assert max(map(line_width, drawing.lines)) <= width
                assert len(drawing.lines) == lines_used(panel, width, height, display)


def test_where_not_all_inputs_fit_those_around_the_chosen_unit_are_shown():
    for unit in (0, 15, 29):
        panel = diagram(Pyramid(30), "input", unit)
        *_, last = texts(draw_diagram(panel, 40, 20, ASCII))
        assert last.count("[") == 1


def test_a_cell_of_a_row_stands_for_the_nearest_unit():
    drawing = draw_diagram(SMALL, 28, 4, ASCII)
    lines = texts(drawing)
    y = next(place for place, line in enumerate(lines) if line.startswith("  in"))
    for unit, x in enumerate(at for at, sign in enumerate(lines[y][:22]) if sign in "o."):
        assert drawing.at(x, y) == ("units", (0, unit))
    assert drawing.at(lines[1].rindex("o"), 1) == ("units", (1, 0))
    assert drawing.at(0, 0) is None
    assert draw_diagram(replace(SMALL, key=""), 28, 4, ASCII).at(8, y) is None


def test_the_chosen_row_is_what_is_scrolled_to():
    drawing = draw_diagram(replace(SMALL, chosen=(0, None)), 28, 4, ASCII)
    assert list(drawing.chosen) == [range(3, 4)]
