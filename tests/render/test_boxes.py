import pytest

from tuiconv.arithmetic.extents import Extent
from tuiconv.render.boxes import draw_boxes
from tuiconv.render.depth import ColorDepth, Display
from tuiconv.render.lines import block_width

PLAIN = Display(ColorDepth.NONE)
ASCII = Display(ColorDepth.NONE, unicode=False)


def box(top, bottom, left, right):
    return Extent(top, bottom), Extent(left, right)


def text(lines):
    return ["".join(segment.text for segment in line) for line in lines]


def test_a_box_is_filled_with_its_letter_inside_the_frame_of_the_image():
    # one line and two cells a pixel: 4 lines and 8 cells, and the frame
    assert text(draw_boxes([box(1, 3, 0, 2)], (4, 4), 10, 6, PLAIN)) == [
        "┌────────┐",
        "│········│",
        "│aaaa····│",
        "│aaaa····│",
        "│········│",
        "└────────┘",
    ]


def test_boxes_lie_inside_each_other():
    boxes = [box(0, 3, 0, 3), box(1, 2, 1, 2)]
    assert text(draw_boxes(boxes, (3, 3), 8, 5, ASCII)) == [
        "+------+",
        "|aaaaaa|",
        "|aabbaa|",
        "|aaaaaa|",
        "+------+",
    ]


def test_what_lies_in_the_padding_is_outside_the_frame():
    assert text(draw_boxes([box(-1, 1, 2, 4)], (3, 3), 10, 6, ASCII)) == [
        "     aaaaa",
        "+------+aa",
        "|....aa|aa",
        "|......|  ",
        "|......|  ",
        "+------+  ",
    ]


def test_a_small_image_is_drawn_larger_up_to_four_lines_a_pixel():
    assert len(draw_boxes([], (2, 2), 80, 40, PLAIN)) == 2 * 4 + 2
    assert len(draw_boxes([], (2, 2), 80, 9, PLAIN)) == 2 * 3 + 2


@pytest.mark.parametrize("image", [(1, 1), (1, 5000), (5000, 1), (224, 224), (33, 70), (7, 500)])
@pytest.mark.parametrize(("width", "height"), [(20, 16), (80, 22), (200, 60)])
def test_a_drawing_fits_the_screen(image, width, height):
    lines = draw_boxes([box(-3.5, 4, -3, 9.25), box(0, 1, 0, 1)], image, width, height, PLAIN)
    assert len(lines) <= height + 1
    assert block_width(lines) <= width + 1
    assert "b" in "".join(text(lines))


def test_a_box_between_two_cells_is_drawn_on_the_nearest():
    lines = text(draw_boxes([box(500, 501, 500, 501)], (1000, 1000), 22, 12, PLAIN))
    assert "".join(lines).count("a") == 1


def test_the_frame_has_straight_sides():
    lines = text(draw_boxes([box(-20, 30, -30, 8)], (50, 50), 60, 30, PLAIN))
    left = {line.index(sign) for line in lines for sign in "┌│└" if sign in line}
    right = {line.rindex(sign) for line in lines for sign in "┐│┘" if sign in line}
    assert (len(left), len(right)) == (1, 1)


def test_with_colours_every_box_has_one_of_its_own_and_without_none_has():
    boxes = [box(0, 9, 0, 9), box(2, 7, 2, 7), box(4, 5, 4, 5)]
    for depth, count in (
        (ColorDepth.TRUECOLOR, 3),
        (ColorDepth.EIGHT_BIT, 3),
        (ColorDepth.STANDARD, 0),
    ):
        lines = draw_boxes(boxes, (9, 9), 40, 20, Display(depth))
        styles = {segment.style for line in lines for segment in line} - {None}
        assert len(styles) == count


def test_there_are_letters_for_many_boxes():
    boxes = [box(0, 100 - number, 0, 100) for number in range(70)]
    lines = text(draw_boxes(boxes, (100, 100), 202, 102, PLAIN))
    assert {line[1] for line in lines} >= set("abyzABYZ0189")
