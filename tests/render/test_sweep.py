from dataclasses import replace

import numpy as np
import pytest

from tuiconv.lessons.scene import Sweep
from tuiconv.render.cells import DARK_RGB, LIGHT_RGB
from tuiconv.render.depth import ColorDepth, Display
from tuiconv.render.lines import line_width
from tuiconv.render.palettes import SEQUENTIAL
from tuiconv.render.sweep import draw_sweep, lines_needed, lines_used, most_cells

ASCII = Display(ColorDepth.NONE, unicode=False)
TRUECOLOR = Display()
DISPLAYS = [Display(depth, unicode) for depth in ColorDepth for unicode in (True, False)]


def sweep(places=3, chosen=(1, 1), read=((1.0, "b"),), side=8, step=4):
    """A network that sees 8×8 pixels, at every fourth column: white where place p has class p."""
    columns = side + step * (places - 1)
    pixels = np.zeros((side, columns), np.uint8)
    pixels[2:6, 2::step] = 255
    shares = np.zeros((3, places))
    shares[np.arange(places) % 3, np.arange(places)] = 1
    return Sweep("line", pixels, ("a", "b", "none"), shares, step, chosen, read, key="places")


def texts(drawing):
    return ["".join(segment.text for segment in line).rstrip() for line in drawing.lines]


def test_scores_stand_below_the_middle_of_what_was_seen():
    # place 1 sees the columns 4 to 11 of the picture; the middle four of these are 6 to 9
    assert texts(draw_sweep(sweep(), 40, 20, ASCII)) == [
        "line  0  .:-=*#%@ 1",
        "        +--------+",
        "        |        |",
        "       @|  @   @ | @",
        "       @|  @   @ | @",
        "        |        |",
        "        +--------+",
        "             v1",
        "   a   @@@@",
        "   b       @@@@",
        "none           @@@@",
        "read         b",
    ]


def test_where_there_is_less_room_the_picture_and_with_it_the_scores_are_shrunk():
    assert texts(draw_sweep(sweep(), 20, 20, ASCII)) == [
        "line  at 1/2",
        "0  .:-=*#%@ 1",
        "      +----+",
        "      | : :|:",
        "      | : :|:",
        "      +----+",
        "         v1",
        "   a  @@",
        "   b    @@",
        "none      @@",
        "read     b",
    ]


def test_without_half_blocks_the_empty_edges_are_left_out_before_anything_is_scrolled():
    panel = replace(sweep(), pixels=np.pad(sweep().pixels, ((12, 12), (12, 12))))
    whole = texts(draw_sweep(panel, 40, 16, ASCII))
    assert len(whole) == 16
    ring, blank = "      +----------------+", "      |                |"
    assert whole[1:3] == [ring, blank]
    assert whole[9:11] == [blank, ring]
    assert texts(draw_sweep(panel, 40, 15, ASCII)) == [whole[0], *whole[3:9], *whole[11:]]
    assert lines_used(panel, 40, 15, ASCII) == 12

    panel.pixels[0] = 255
    assert len(texts(draw_sweep(panel, 40, 15, ASCII))) == 13


def test_the_ring_lies_around_what_the_chosen_place_sees():
    for place in range(3):
        drawing = draw_sweep(sweep(chosen=(0, place)), 60, 20, TRUECOLOR)
        ring = ringed(drawing.lines[1])
        assert (min(ring), max(ring)) == (4 + 4 * place, 4 + 4 * place + 9)


def ringed(line):
    """The cells of a line with a pixel of a ring."""
    colours = [part.style for part in line for _ in part.text]
    ring = {LIGHT_RGB, DARK_RGB}
    return [
        x
        for x, style in enumerate(colours)
        if style and style.color and tuple(style.color.triplet) in ring
    ]


def test_two_labels_share_a_line_where_there_are_too_few():
    drawing = draw_sweep(sweep(), 60, 10, TRUECOLOR)
    *_, upper, lower, read = texts(drawing)
    assert upper.startswith(" a b ")
    assert lower.startswith("none ")
    assert read.startswith("read ")
    (high, low) = SEQUENTIAL.truecolor[-1], SEQUENTIAL.truecolor[0]
    line = drawing.lines[-3]
    cells = [part.style for part in line for _ in part.text]
    # place 0 has class a, above; place 1 has class b, below it
    assert [tuple(each.triplet) for each in (cells[7].color, cells[7].bgcolor)] == [high, low]
    assert [tuple(each.triplet) for each in (cells[11].color, cells[11].bgcolor)] == [low, high]


def test_of_a_picture_too_wide_for_any_scale_the_part_around_the_chosen_place_is_shown():
    panel = sweep(places=99, chosen=(0, 60), read=((60.0, "x"), (5.0, "y")))
    drawing = draw_sweep(panel, 30, 20, ASCII)
    title, *_, read = texts(drawing)
    assert title.startswith("line  at 1/4, places 4")
    assert "of 0 to 98" in " ".join(texts(drawing)[:3])
    assert "x" in read
    assert "y" not in read
    pointer = next(line for line in texts(drawing) if "v60" in line or "60v" in line)
    assert abs(pointer.index("v") - read.index("x")) <= 1


@pytest.mark.parametrize("width", [20, 33, 79, 200])
@pytest.mark.parametrize("display", DISPLAYS)
def test_no_line_is_wider_than_asked_for_and_as_many_are_drawn_as_was_said(width, display):
    for places in (1, 29, 300):
        for place in {0, places // 2}:
            panel = sweep(places=places, chosen=(2, place), read=((float(place), "8"),))
            for height in (5, 15, 40):
                drawing = draw_sweep(panel, width, height, display)
                assert max(map(line_width, drawing.lines)) <= width
                assert len(drawing.lines) == lines_used(panel, width, height, display)
    assert lines_needed(panel, width, display).least <= lines_needed(panel, width, display).most


def test_at_its_largest_it_is_as_wide_as_it_says():
    panel = sweep(places=9, read=())
    assert draw_sweep(panel, 200, 40, ASCII).lines[2:]
    assert max(len(line) for line in texts(draw_sweep(panel, most_cells(panel), 40, ASCII))) <= (
        most_cells(panel)
    )
    assert "at 1/" not in texts(draw_sweep(panel, most_cells(panel), 40, ASCII))[0]
    assert "at 1/2" in texts(draw_sweep(panel, most_cells(panel) - 1, 40, ASCII))[0]


def test_a_cell_stands_for_its_score_and_one_of_the_picture_for_the_place_above_it():
    drawing = draw_sweep(sweep(), 40, 20, ASCII)
    for place in range(3):
        for label in range(3):
            assert drawing.at(4 + 1 + 2 + 4 * place, 8 + label) == ("places", (label, place))
        assert drawing.at(4 + 1 + 2 + 4 * place, 4) == ("places", (place,))
    assert drawing.at(5, 4) == ("places", (0,))
    assert drawing.at(2, 9) is None
    assert draw_sweep(replace(sweep(), key=""), 40, 20, ASCII).at(9, 9) is None


def test_the_row_of_the_chosen_label_is_what_is_scrolled_to():
    drawing = draw_sweep(sweep(chosen=(2, 1)), 40, 20, ASCII)
    assert list(drawing.chosen) == [range(10, 11)]
