"""A drawing with its pen, in every depth of colour."""

import numpy as np
import pytest

from tuiconv.lessons.scene import Canvas, Columns, Scene, Text
from tuiconv.render.canvas import CHOSEN, INK, PAPER, PEN_DOWN, PEN_UP, draw_canvas
from tuiconv.render.depth import ColorDepth, Display
from tuiconv.render.lines import block_width
from tuiconv.render.scene import draw_scene
from tuiconv.render.svg import svg

INKED = np.zeros((4, 4), np.uint8)
INKED[0] = 255
PLAIN = Display(ColorDepth.NONE)


def colours(panel, **where):
    """The RGB of every pixel: of each cell the upper and the lower."""
    _, *lines = draw_canvas(panel, **{"width": 4, "height": 3, **where}, display=Display()).lines
    rows = []
    for line in lines:
        styles = [part.style for part in line for _ in part.text]
        rows.append([tuple(style.color.triplet) for style in styles])
        rows.append([tuple(style.bgcolor.triplet) for style in styles])
    return rows


def texts(drawing):
    return ["".join(part.text for part in line).rstrip() for line in drawing.lines]


def test_ink_is_white_on_dark_paper_and_the_pen_is_a_pixel_of_its_own():
    rows = colours(Canvas("c", INKED, pen=(2, 1)))
    assert rows[0] == [INK] * 4
    assert rows[1] == [PAPER] * 4
    assert rows[2] == [PAPER, PEN_UP, PAPER, PAPER]
    assert colours(Canvas("c", INKED, pen=(2, 1), is_down=True))[2][1] == PEN_DOWN


def test_the_chosen_stroke_has_a_colour_of_its_own():
    chosen = np.zeros((4, 4), np.uint8)
    chosen[0, 2:] = 255
    rows = colours(Canvas("c", INKED, chosen))
    assert rows[0] == [INK, INK, CHOSEN, CHOSEN]


def test_where_there_is_room_a_pixel_is_a_square_of_several():
    rows = colours(Canvas("c", INKED), width=9, height=5)
    assert (len(rows), len(rows[0])) == (8, 8)
    assert rows[1] == [INK] * 8
    assert rows[2] == [PAPER] * 8


def test_without_colours_signs_tell_paper_ink_the_chosen_stroke_and_the_pen():
    chosen = np.zeros((4, 4), np.uint8)
    chosen[:2, 3] = 255
    ink = np.maximum(np.repeat(INKED[:1], 4, axis=0) * [[1], [1], [0], [0]], chosen)
    drawing = draw_canvas(Canvas("c", ink, chosen, (3, 0)), 4, 3, PLAIN)
    assert texts(drawing) == ["c", "███O", "+···"]
    down = draw_canvas(Canvas("c", ink, chosen, (3, 0), True), 4, 3, PLAIN)
    assert texts(down)[2] == "x···"
    plain = draw_canvas(Canvas("c", ink), 4, 3, Display(ColorDepth.NONE, unicode=False))
    assert "".join(texts(plain)).isascii()


@pytest.mark.parametrize("depth", list(ColorDepth), ids=lambda depth: depth.value)
@pytest.mark.parametrize("width", [20, 40, 80, 200])
def test_nothing_is_wider_than_the_page(depth, width):
    ink = np.zeros((28, 28), np.uint8)
    scene = Scene("", (Columns(((Canvas("canvas", ink, pen=(0, 0)),), (Text("", ("a",)),))),))
    drawing = draw_scene(scene, width, Display(depth), 24)
    assert block_width(drawing.lines) <= width


def test_a_cell_is_told_by_its_upper_pixel_and_a_point_of_it_exactly():
    ink = np.zeros((28, 28), np.uint8)
    drawing = draw_canvas(Canvas("canvas", ink, key="canvas"), 28, 15, Display())
    assert drawing.at(3, 1) == ("canvas", (0, 3))
    assert drawing.at(27, 14) == ("canvas", (26, 27))
    assert drawing.place_at(3.5, 1.5) == (0.5, 3)  # between two pixels, one above the other
    assert drawing.place_at(3.5, 1.75) == (1, 3)
    assert drawing.place_at(3.5, 0.5) is None  # the title
    large = draw_canvas(Canvas("canvas", ink, key="canvas"), 56, 29, Display())
    assert large.at(55, 28) == ("canvas", (27, 27))
    assert large.place_at(55.0, 28.5) == (27, 27)


def test_the_line_of_the_pen_and_those_of_the_chosen_stroke_can_be_scrolled_to():
    ink = np.zeros((28, 28), np.uint8)
    assert draw_canvas(Canvas("c", ink, pen=(5, 0)), 28, 15, Display()).chosen == [range(3, 4)]
    assert draw_canvas(Canvas("c", ink, pen=(5, 0)), 56, 29, Display()).chosen == [range(6, 7)]
    chosen = ink.copy()
    chosen[4:9, 3] = 255
    assert draw_canvas(Canvas("c", ink, chosen), 28, 15, Display()).chosen == [range(3, 6)]
    assert draw_canvas(Canvas("c", ink, ink), 28, 15, Display()).chosen == []


def test_on_slides_it_is_a_picture():
    ink = np.zeros((28, 28), np.uint8)
    assert "data:image/png" in svg(Scene("", (Canvas("canvas", ink, pen=(0, 0)),)), 80)
