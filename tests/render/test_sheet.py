import numpy as np
import pytest

from tuiconv.render.depth import ColorDepth, Display
from tuiconv.render.lines import line_width
from tuiconv.render.sheet import COLUMNS, ROWS, draw_row, draw_sheet, per_row

PLAIN = Display(ColorDepth.NONE, unicode=True)
PICTURES = [(f"class {n}", np.full((32, 32, 1), 25 * n, np.uint8)) for n in range(5)]


def text(lines):
    return ["".join(segment.text for segment in line) for line in lines]


@pytest.mark.parametrize(("width", "rows"), [(1, 5), (16, 5), (33, 5), (34, 3), (80, 2), (100, 1)])
def test_as_many_pictures_stand_in_a_row_as_there_is_room_for(width, rows):
    lines = draw_sheet(PICTURES, width, PLAIN)
    assert len(lines) == rows * (1 + ROWS) + rows - 1
    assert max(map(line_width, lines)) <= max(width, COLUMNS)


def test_every_picture_has_its_caption_above_its_left_edge():
    captions, first, *_ = text(draw_sheet(PICTURES, 90, PLAIN))
    for n in range(5):
        assert captions[18 * n :].startswith(f"class {n}")
    assert first[:16] == " " * 16
    assert first[72:88].strip()


def test_a_long_caption_is_cropped_and_pictures_may_be_in_colour():
    pixels = np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8)
    captions, *_ = text(draw_sheet([("c" * 40, pixels), ("next", pixels)], 80, PLAIN))
    assert captions == "c" * 16 + "  next" + " " * 12


def test_no_pictures_are_no_lines():
    assert draw_sheet([], 80, PLAIN) == []


@pytest.mark.parametrize(("width", "count"), [(1, 1), (33, 1), (34, 2), (80, 4)])
def test_a_row_of_as_many_pictures_as_there_is_room_for_is_as_wide(width, count):
    assert per_row(width) == count
    lines = draw_row([pixels for _, pixels in PICTURES[:count]], PLAIN)
    assert len(lines) == ROWS
    assert {line_width(line) for line in lines} == {COLUMNS * count + 2 * (count - 1)}
