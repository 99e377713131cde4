import numpy as np
import pytest

from tuiconv.lessons.scene import Frame, Pixels
from tuiconv.render.cells import DARK_RGB, LIGHT_RGB
from tuiconv.render.depth import ColorDepth, Display
from tuiconv.render.framed import count_lines, draw_framed
from tuiconv.render.lines import line_width

PLAIN = Display(ColorDepth.NONE)
COLOURS = np.random.default_rng(0).integers(60, 200, (5, 7, 3), dtype=np.uint8)


def framed(*frames, pixels=COLOURS):
    return Pixels("p", pixels, True, tuple(Frame(*frame) for frame in frames), "after")


def pixels_of(drawing):
    """The colours of a drawing's half-blocks, a row for each pixel; None where there is nothing."""
    rows = []
    for line in drawing.lines[1:]:
        upper, lower = [], []
        for part in line:
            style = part.style
            ink = style.color.triplet if style and style.color else None
            ground = style.bgcolor.triplet if style and style.bgcolor else None
            upper.append({"▀": ink, "▄": None, " ": None}[part.text])
            lower.append({"▀": ground, "▄": ink, " ": None}[part.text])
        rows += [upper, lower]
    return rows


def test_a_picture_has_its_own_colours_and_around_the_frame_a_ring():
    rows = pixels_of(draw_framed(framed(((2, 3), (2, 3))), 9, 5, Display()))
    # one pixel each, and a margin of one for rings at the edge
    assert tuple(rows[3][4]) == tuple(COLOURS[2, 3])
    ring = {tuple(rows[y][x]) for y in (2, 3, 4) for x in (3, 4, 5) if (y, x) != (3, 4)}
    assert ring == {LIGHT_RGB, DARK_RGB}
    assert tuple(rows[1][1]) == tuple(COLOURS[0, 0])
    assert tuple(rows[5][7]) == tuple(COLOURS[4, 6])


def test_a_frame_beyond_the_picture_is_whole():
    rows = pixels_of(draw_framed(framed(((-1, -1), (1, 1))), 12, 10, Display()))
    # the ring begins where the padding ends, a pixel further out
    assert [each is None for each in rows[0][:6]] == [False, False, False, False, False, True]
    assert rows[1][1] is None


@pytest.mark.parametrize("width", [9, 16, 23, 60])
def test_it_is_as_large_as_there_is_room_and_says_how_large(width):
    drawing = draw_framed(framed(((2, 3), (2, 3))), width, 40, Display())
    times = min((width - 2) // 7, 8)
    title = "".join(part.text for part in drawing.lines[0]).rstrip()
    assert title == ("p" if times == 1 else f"p  ×{times}")
    assert {line_width(line) for line in drawing.lines[1:]} == {7 * times + 2}
    assert len(drawing.lines) == count_lines(framed(((2, 3), (2, 3))), width, 10_000, Display())


def test_where_there_is_less_room_than_pixels_they_are_averaged():
    flat = np.full((40, 40, 3), (90, 100, 110), np.uint8)
    rows = pixels_of(draw_framed(framed(((8, 8), (8, 8)), pixels=flat), 22, 12, Display()))
    assert (90, 100, 110) in {tuple(each) for row in rows for each in row if each is not None}
    assert len(rows[0]) <= 22


def test_every_pixel_can_be_pointed_at():
    drawing = draw_framed(framed(((2, 3), (2, 3))), 16, 20, Display())
    # two cells of each line, and one row of half-blocks, for a pixel; the margin is one pixel
    assert drawing.at(1, 1 + 1) == ("after", (0, 0))
    assert drawing.at(4, 1 + 1) == ("after", (0, 1))
    assert drawing.at(0, 3) is None


def test_with_256_colours_the_nearest_are_taken_and_without_any_the_greys_are_signs():
    eight_bit = draw_framed(framed(((2, 3), (2, 3))), 9, 5, Display(ColorDepth.EIGHT_BIT))
    cells = (part for line in eight_bit.lines[1:] for part in line if part.text != " ")
    colours = {part.style.color.number for part in cells}
    assert colours <= set(range(16, 256))
    plain = draw_framed(framed(((2, 3), (2, 3))), 40, 12, PLAIN)
    text = "".join(part.text for line in plain.lines for part in line)
    assert {"┌", "┐", "└", "┘"} <= set(text)
    assert "▀" not in text
