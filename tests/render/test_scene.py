import io

import numpy as np
import pytest

from tuiconv.lessons.scene import (
    Bars,
    Chart,
    Columns,
    Confusion,
    Frame,
    Map,
    Maps,
    Numbers,
    Pixels,
    Scene,
    Series,
    Signed,
    Table,
    Text,
)
from tuiconv.render.depth import ColorDepth, Display, make_console
from tuiconv.render.lines import line_width
from tuiconv.render.panels import LEAST_LINES
from tuiconv.render.panels import draw_panel as drawn_panel
from tuiconv.render.scene import MOST_LINES, draw_scene

PLAIN = Display(ColorDepth.NONE)
ASCII = Display(ColorDepth.NONE, unicode=False)

PANELS = (
    Chart("loss of each batch", (Series("", np.arange(3), np.array([2.3, 1.9, 1.2])),)),
    Bars("read as 2: wrong", tuple("0123"), np.array([0.1, 0.2, 0.6, 0.1]), 1),
    Maps("conv1  2 maps 9×9", np.linspace(-1, 1, 162).reshape(2, 9, 9)),
    Pixels("before: 40×30 RGB", np.arange(3600, dtype=np.uint16).reshape(30, 40, 3)),
    Pixels("after", np.zeros((30, 40), np.uint8)),
    Text("kernel", ("       1 2 1", "1/16 × 2 4 2", "       1 2 1")),
    Text("result", ("sums: -1,303 to 1,766", "8,153 below 0 became 0")),
)
SCENE = Scene("edge-8: Finds edges in all directions: each pixel minus the others.", PANELS)


def draw_panel(*args):
    return drawn_panel(*args).lines


def texts(lines):
    return ["".join(segment.text for segment in line) for line in lines]


@pytest.mark.parametrize("display", [Display(), PLAIN, ASCII], ids=["colours", "plain", "ascii"])
@pytest.mark.parametrize("width", range(20, 201, 15))
def test_a_scene_is_no_wider_than_asked_unless_a_text_is(width, display):
    widest = max(draw_scene(SCENE, width, display).lines, key=line_width)
    longest_text = len("8,153 below 0 became 0")
    assert line_width(widest) <= max(width, longest_text)


@pytest.mark.parametrize("width", [20, 40, 44, 45, 80])
def test_texts_are_never_cut_and_stand_below_each_other_where_they_must(width):
    lines = texts(draw_scene(SCENE, width, PLAIN).lines)
    (kernel,) = (line for line in lines if line.startswith("kernel"))
    side_by_side = width >= 14 + 2 + 22  # the kernel, the gap, and the longest text
    assert ("result" in kernel) == side_by_side
    words = " ".join(" ".join(lines).split())
    for text in PANELS[-1].lines:
        assert text in words or width == 20
    for text in PANELS[-2].lines:
        assert any(text in line for line in lines)


def test_between_texts_below_each_other_there_is_a_blank_line():
    lines = texts(draw_scene(Scene("", PANELS[-2:]), 30, PLAIN).lines)
    assert [line.rstrip() for line in lines[4:7]] == ["       1 2 1", "", "result"]


def test_a_text_goes_on_indented_between_words():
    lines = texts(draw_panel(Text("result", ("one two three four", "five")), 10, 5, PLAIN))
    assert lines == ["result    ", "one two", "  three", "  four", "five"]


def test_a_title_is_wrapped_at_spaces():
    lines = texts(draw_scene(Scene(SCENE.title, ()), 40, PLAIN).lines)
    assert lines == ["edge-8: Finds edges in all directions:", "each pixel minus the others."]


def test_before_and_after_stand_side_by_side_and_so_do_texts():
    lines = texts(draw_scene(SCENE, 80, PLAIN).lines)
    (pictures,) = (line for line in lines if "before" in line)
    assert pictures.index("after") == 41  # half of 80 less the gap of 2
    (headings,) = (line for line in lines if line.startswith("kernel"))
    assert "result" in headings


def test_other_panels_stand_alone_with_a_blank_line_before():
    lines = texts(draw_scene(SCENE, 80, PLAIN).lines)
    for title in ("loss of each batch", "read as 2: wrong", "conv1  2 maps 9×9"):
        (row,) = (i for i, line in enumerate(lines) if line.startswith(title))
        assert not lines[row - 1].strip()
        assert not lines[row][len(title) + 30 :].strip()


def test_a_tall_picture_leaves_room_for_its_neighbours():
    tall = Scene("tall", (Pixels("before", np.zeros((500, 20), np.uint8)),))
    assert len(draw_scene(tall, 200, PLAIN).lines) == MOST_LINES


@pytest.mark.parametrize("height", [20, 23, 24, 30])
def test_pictures_get_the_lines_that_everything_else_leaves(height):
    pixels = np.zeros((300, 200), np.uint8)
    scene = Scene("tall", (Pixels("before", pixels), Pixels("after", pixels), *PANELS[-2:]))
    lines = texts(draw_scene(scene, 80, PLAIN, height).lines)
    assert len(lines) == height
    assert lines[-4].startswith("kernel")


def test_however_little_room_there_is_pictures_are_seen():
    scene = Scene("tall", (Pixels("before", np.zeros((300, 200), np.uint8)), *PANELS[-2:]))
    assert len(draw_scene(scene, 80, PLAIN, 1).lines) == 2 + LEAST_LINES + 1 + 4


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.title.split()[0])
def test_a_panel_has_its_title_above_it(panel):
    lines = texts(draw_panel(panel, 40, 20, PLAIN))
    assert lines[0].startswith(panel.title)
    assert len(lines) > 1


@pytest.mark.parametrize("panel", [PANELS[0], PANELS[3]], ids=["curve", "picture"])
@pytest.mark.parametrize("height", [2, 5, 20])
def test_a_panel_is_no_taller_than_asked(panel, height):
    assert len(draw_panel(panel, 40, height, PLAIN)) <= height


def test_the_label_that_would_be_right_has_a_pointer():
    lines = texts(draw_panel(PANELS[1], 40, 10, PLAIN))
    assert [line[0] for line in lines[1:]] == [" ", "▶", " ", " "]


def test_a_scene_prints_in_ascii_where_nothing_else_can_be_printed():
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    scene = Scene("conv1", (PANELS[0], PANELS[1], Maps("conv1", PANELS[2].maps)))
    make_console(ASCII, stream, width=60).print(draw_scene(scene, 60, ASCII))
    stream.seek(0)
    assert "> 1 " in stream.read()


RAMP = np.linspace(-1, 1, 90).reshape(9, 10)
EVERY = (
    *PANELS,
    Map("map 3", RAMP, frames=(Frame((-1, 7), (3, 10)),), key="map"),
    Numbers("unit 4,5", RAMP[:3, :4], chosen=(1, 2), key="numbers"),
    Table("layers", ("layer", "learns"), (("conv1", "156"), ("conv2", "2,416")), 1, "layers"),
    Confusion("confusion", ("cat", "dog"), np.array([[123, 4], [0, 56]])),
    Signed("change", RAMP),
)
DEPTHS = [Display(depth) for depth in ColorDepth] + [
    Display(unicode=False),
    Display(ColorDepth.NONE, unicode=False),
]


@pytest.mark.parametrize("display", DEPTHS, ids=str)
def test_no_panel_is_wider_than_asked_alone_or_in_columns(display):
    scenes = [Scene("", (panel,)) for panel in EVERY]
    scenes.append(Scene("", (Columns(tuple((panel,) for panel in EVERY)),)))
    scenes.append(Scene("", (Columns((EVERY[:6], EVERY[6:])),)))
    for width, height in ((30, 40), (47, 12), (80, 22), (200, 60)):
        for scene in scenes:
            lines = draw_scene(scene, width, display, height).lines
            assert max(map(line_width, lines)) <= width


@pytest.mark.parametrize("display", DEPTHS, ids=str)
@pytest.mark.parametrize("width", [30, 80])
def test_no_number_is_cut_in_columns(width, display):
    scene = Scene("", (Columns(tuple((panel,) for panel in EVERY)),))
    words = " ".join(" ".join(texts(draw_scene(scene, width, display).lines)).split())
    for number in ("-0.753", "2,416", "0.600", "1,766", "123"):
        assert number in words
    assert not display.unicode or "9×9" in words


def test_columns_stand_beside_each_other_where_there_is_room():
    scene = Scene("", (Columns(((EVERY[8],), (EVERY[9],))),))
    (line,) = (line for line in texts(draw_scene(scene, 60, PLAIN).lines) if "layers" in line)
    assert line.startswith("unit 4,5")
    narrow = texts(draw_scene(scene, 45, PLAIN).lines)
    assert [line for line in narrow if "layers" in line] == ["layers"]


@pytest.mark.parametrize("height", range(20, 61, 4))
def test_maps_fill_the_height_that_a_table_leaves_and_never_more(height):
    table, maps = EVERY[9], Maps("", np.zeros((4, 28, 28)))
    for panels in ((table, maps), (Columns(((table,), (maps,))),), (Map("", np.eye(9)), table)):
        lines = draw_scene(Scene("title", panels), 120, PLAIN, height).lines
        assert len(lines) <= height


def test_a_large_screen_shows_a_larger_map():
    scene = Scene("", (Map("map", RAMP),))
    heights = [len(draw_scene(scene, 200, Display(), height).lines) for height in (10, 20, 40)]
    assert heights == sorted(set(heights))


def test_spots_are_where_their_panels_are_in_the_page():
    scene = Scene("title", (Columns(((EVERY[8],), (EVERY[9],))),))
    drawing = draw_scene(scene, 60, PLAIN)
    for y, line in enumerate(texts(drawing.lines)):
        for word, place in (("conv1", ("layers", (0,))), ("-0.708", ("numbers", (1, 3)))):
            if word in line:
                assert drawing.at(line.index(word), y) == place


def test_in_ascii_a_scene_has_no_other_sign():
    scene = Scene("conv1 · 6×28×28 → η = 0.1 数", EVERY)
    lines = texts(draw_scene(scene, 60, ASCII).lines)
    assert all(line.isascii() for line in lines)
    assert lines[0] == "conv1 * 6x28x28 > n = 0.1 ??"


def test_columns_without_panels_take_no_room():
    empty = Scene("title", (Columns(((), (Text("one", ("two",)),), ())), Columns(())))
    assert texts(draw_scene(empty, 60, PLAIN).lines) == ["title", "", "one", "two"]


def test_bars_that_are_too_many_for_the_screen_are_the_longest_and_the_marked_one():
    values = np.array([0.02, 0.3, 0.0, 0.1, 0.2, 0.03, 0.15, 0.05, 0.15, 0.0])
    bars = Bars("p", tuple("abcdefghij"), values, 2, before=np.roll(values, 1) / 10)
    low = Scene("title", (bars, Text("", ("",) * 9)))
    title, *rows = texts(draw_scene(low, 60, Display(), 10).lines)[2:9]
    assert title.strip() == "p, 6 largest"
    assert [row.strip(" ▶")[0] for row in rows] == list("bcdegi")
    assert "0.030 → 0.000" in rows[1]
    for height in (30, None):
        title, *rows = texts(draw_scene(low, 60, Display(), height).lines)[2:13]
        assert title.strip() == "p"
        assert [row.strip(" ▶")[:1] for row in rows[:10]] == list("abcdefghij")


@pytest.mark.parametrize(
    "panel",
    [
        Pixels("panel", np.zeros((0, 5, 3), np.uint8)),
        Signed("panel", np.zeros((0, 0))),
        Maps("panel", np.zeros((0, 4, 4))),
        Map("panel", np.zeros((3, 0))),
        Numbers("panel", np.zeros((0, 0))),
        Chart("panel", ()),
        Bars("panel", (), np.zeros(0), None),
        Table("panel", (), ()),
        Confusion("panel", (), np.zeros((0, 0), np.int64)),
        Text("panel", ()),
    ],
    ids=lambda panel: type(panel).__name__,
)
@pytest.mark.parametrize("height", [None, 22])
def test_of_a_panel_with_nothing_in_it_the_title_is_drawn(panel, height):
    for part in (panel, Columns(((panel,), (panel,)))):
        drawing = draw_scene(Scene("", (part,)), 78, Display(), height)
        assert "panel" in "".join(segment.text for line in drawing.lines for segment in line)


@pytest.mark.parametrize("size", [(64, 96), (96, 40), (20, 300)])
@pytest.mark.parametrize("screen", [(78, 22), (118, 38), (198, 57)])
def test_a_picture_and_a_map_of_sums_in_one_column_have_the_same_scale(size, screen):
    before = Pixels("before", np.zeros(size, np.uint8), key="before")
    after = Signed("after", np.ones(size), key="after")
    names = Table("names", ("name",), tuple((f"filter {i}",) for i in range(23)), 4, "names")
    scene = Scene("a filter", (Columns(((names,), (before, after))), Text("sums", ("1",))))
    drawing = draw_scene(scene, screen[0], PLAIN, screen[1])
    spots = {spot.key: spot for spot in drawing.spots}
    assert spots["before"].width == spots["after"].width
    assert spots["before"].height == spots["after"].height
    assert len(drawing.lines) <= screen[1]
