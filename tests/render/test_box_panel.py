from tuiconv.arithmetic.extents import Extent
from tuiconv.lessons.scene import Boxes, Columns, Scene, Text
from tuiconv.render.box_panel import count_lines, draw_box_panel, most_width
from tuiconv.render.depth import ColorDepth, Display
from tuiconv.render.lines import block_width
from tuiconv.render.scene import draw_scene

PLAIN = Display(ColorDepth.NONE)
PANEL = Boxes("seen", ((Extent(1, 3), Extent(-1, 2)),), (4, 4), "input")


def texts(drawing):
    return ["".join(segment.text for segment in line).rstrip() for line in drawing.lines]


def test_what_was_clicked_is_the_pixel_below_it():
    drawing = draw_box_panel(PANEL, 12, 7, PLAIN)
    assert texts(drawing) == [
        "seen",
        "  ┌────────┐",
        "  │········│",
        "aa│aaaa····│",
        "aa│aaaa····│",
        "  │········│",
        "  └────────┘",
    ]
    assert drawing.at(3, 2) == ("input", (0, 0))
    assert drawing.at(10, 5) == ("input", (3, 3))
    assert drawing.at(5, 3) == ("input", (1, 1))
    for x, y in ((0, 3), (2, 3), (3, 1), (11, 2), (3, 6)):
        assert drawing.at(x, y) is None


def test_it_grows_with_its_room():
    for height in (5, 12, 22, 58):
        drawing = draw_box_panel(PANEL, 198, height, PLAIN)
        assert len(drawing.lines) == count_lines(PANEL, 198, height) <= height
        assert block_width(drawing.lines[1:]) <= most_width(PANEL, height)


def test_it_stands_beside_other_panels():
    scene = Scene("scene", (Columns(((PANEL,), (Text("text", ("words",)),))),))
    lines = texts(draw_scene(scene, 78, PLAIN, 22))
    assert any(line.split() == ["seen", "text"] for line in lines)
