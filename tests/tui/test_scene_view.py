"""The widget by itself: no network, no compute thread."""

from contextlib import asynccontextmanager
from dataclasses import replace

import numpy as np
import pytest
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.app import App
from textual.geometry import Region
from textual.strip import Strip

from tuiconv.lessons.scene import Columns, Map, Maps, Numbers, Scene, Table, Text
from tuiconv.render.depth import ColorDepth, Display
from tuiconv.render.lines import Painted
from tuiconv.render.palettes import palette_of
from tuiconv.tui.widgets.scene_view import SceneView
from tuiconv.tui.widgets.strips import Coded, changed_span, in_depth, to_strip

BOLD = Style(bold=True)
TABLE = Table("layers", ("layer", "learns"), (("conv1", "156"), ("conv2", "2,416")), 0, "layers")
MAPS = np.stack([np.full((4, 4), value) for value in (0.0, 1.0, 0.5)])
SCENE = Scene("a scene", (TABLE, Maps("maps", MAPS, chosen=1, key="maps")), path=("conv1",))
LONG = Scene("long", (Text("lines", tuple(f"line {i}" for i in range(100))),))


class Gallery(App[None]):
    """One scene, and what is reported of it."""

    def __init__(self, display=None):
        super().__init__()
        self.shown_on = display or Display()
        self.pointed, self.hovered, self.dragged = [], [], []
        self.refreshed = []

    def compose(self):
        view = SceneView(self.shown_on)
        refresh = view.refresh

        def counted(*regions, **how):
            self.refreshed += regions or ["all"]
            return refresh(*regions, **how)

        view.refresh = counted
        yield view

    def on_mount(self):
        self.view.focus()

    @property
    def view(self):
        return self.query_one(SceneView)

    def on_scene_view_pointed(self, message):
        self.pointed.append((message.key, message.index))

    def on_scene_view_hovered(self, message):
        self.hovered.append((message.key, message.index))

    def on_scene_view_dragged(self, message):
        self.dragged.append((message.key, message.index, message.begins))

    def lines(self):
        return [self.view.render_line(y).text.rstrip() for y in range(self.view.size.height)]


@asynccontextmanager
async def gallery(*scenes, size=(60, 20), display=None):
    app = Gallery(display)
    async with app.run_test(size=size) as pilot:
        for scene in scenes:
            app.view.show(scene)
            await pilot.pause()
            app.refreshed.clear()
            app.view.show(scene)
        await pilot.pause()
        yield app, pilot


def line(*parts):
    return [Segment(text, style) for text, style in parts]


@pytest.mark.parametrize(
    ("old", "new", "span"),
    [
        (line(("loss 2.301", None)), line(("loss 2.301", None)), None),
        (line(("loss 2.301", None)), line(("loss 2.311", None)), range(8, 9)),
        (line(("ab", None), ("cd", BOLD)), line(("ab", None), ("ce", BOLD)), range(3, 4)),
        (line(("ab", None), ("cd", BOLD)), line(("ab", None), ("cd", None)), range(2, 4)),
        (line(("ab", None)), line(("abc", None)), range(3)),
        (line(("ab", None)), [], range(2)),
        (line(("a", None), ("b", BOLD)), line(("x", None), ("b", BOLD)), range(1)),
        (line(("aa", None)), line(("ba", None)), range(1)),
        (line(("数aa", None)), line(("数ba", None)), range(2, 3)),
    ],
)
def test_of_a_line_only_the_span_that_differs_is_told(old, new, span):
    assert changed_span(old, new) == span


async def test_of_a_new_scene_only_what_differs_is_refreshed():
    async with gallery(SCENE) as (app, _):
        assert app.refreshed == []  # the same scene once more
        rows = (("conv1", "156"), ("conv2", "9,416"))
        app.view.show(replace(SCENE, panels=(replace(TABLE, rows=rows), SCENE.panels[1])))
        # title, blank, table's title, head, rule, two rows: one letter of the second row
        (region,) = app.refreshed
        assert (region.y, region.height) == (6, 1)
        (row,) = (text for text in app.lines() if "conv2" in text)
        assert region.x == row.index("9")
        assert region.width == 1


async def test_the_strip_of_an_unchanged_line_is_the_same_object():
    async with gallery(SCENE) as (app, _):
        before = [app.view.render_line(y) for y in range(20)]
        changed = replace(TABLE, rows=(("conv1", "157"), TABLE.rows[1]))
        app.view.show(replace(SCENE, panels=(changed, SCENE.panels[1])))
        after = [app.view.render_line(y) for y in range(20)]
        assert [y for y in range(20) if before[y] is not after[y]] == [5]


async def test_every_strip_is_as_wide_as_the_view_on_one_ground():
    async with gallery(SCENE) as (app, _):
        width = app.view.content_region.width
        strips = [app.view.render_line(y) for y in range(20)]
        assert {strip.cell_length for strip in strips} == {width}
        assert {sum(part.cell_length for part in strip) for strip in strips} == {width}
        assert all(part.style.bgcolor is not None for strip in strips for part in strip)


@pytest.mark.parametrize("system", ["truecolor", "256"])
def test_the_escape_codes_of_a_strip_are_those_that_textual_would_give_it(system):
    console = Console(color_system=system, force_terminal=True)
    cell = Painted("▀", Style(color="color(17)", bgcolor="color(231)"))
    ground = in_depth(Style(color="#102030", bgcolor="#405060"), console)
    for parts in ([cell], [Segment("bold", BOLD), Segment(" and "), cell, cell], []):
        strip = to_strip(parts, 12, ground)
        assert isinstance(strip, Coded)
        assert strip.cell_length == 12
        assert strip.render(console) == Strip(list(strip)).render(console)


async def test_a_map_reaches_the_terminal_in_the_colours_of_its_numbers():
    async with gallery(Scene("", (Map("", np.array([[0.0], [1.0]]), limits=(0, 1)),))) as (app, _):
        sequential = palette_of("activations", False, "standard").truecolor
        cells = [part for y in range(20) for part in app.view.render_line(y) if "▀" in part.text]
        assert tuple(cells[-1].style.color.triplet) == sequential[62]
        assert tuple(cells[-1].style.bgcolor.triplet) == sequential[62]
        app.view.show_with(Display(palettes="night"))
        night = palette_of("activations", False, "night").truecolor
        cells = [part for y in range(20) for part in app.view.render_line(y) if "▀" in part.text]
        assert tuple(cells[-1].style.color.triplet) == night[62]


@pytest.mark.parametrize("depth", list(ColorDepth), ids=lambda depth: depth.value)
async def test_numbers_are_read_in_every_depth(depth):
    panel = Numbers("", np.array([[0.25, -0.5]]), chosen=(0, 1))
    async with gallery(Scene("", (panel,)), display=Display(depth)) as (app, _):
        assert ["0", "0.250", "[-0.500]"] in [text.split() for text in app.lines()]


async def test_a_scene_that_is_too_long_is_scrolled_with_the_keys():
    async with gallery(LONG) as (app, pilot):
        assert app.lines()[0] == "long"
        app.animation_level = "none"
        for key, top in (("pagedown", 20), ("pageup", 0), ("end", 83), ("home", 0)):
            await pilot.press(key)
            assert app.view.scroll_offset.y == top
        await pilot.press("end")
        assert app.lines()[-1] == "line 99"


async def test_where_one_has_scrolled_to_stays_until_one_goes_in_or_out():
    async with gallery(LONG) as (app, pilot):
        app.view.scroll_to(y=30, animate=False)
        await pilot.pause()
        other = replace(LONG, panels=(Text("lines", tuple(f"row {i}" for i in range(100))),))
        app.view.show(other)
        await pilot.pause()
        assert app.view.scroll_offset.y == 30
        assert app.lines()[0] == "row 27"
        app.view.show(replace(other, path=("deeper",)))
        await pilot.pause()
        assert app.view.scroll_offset.y == 0


async def test_only_what_is_in_sight_is_refreshed():
    async with gallery(LONG) as (app, pilot):
        app.view.scroll_to(y=30, animate=False)
        await pilot.pause()
        app.refreshed.clear()
        texts = [f"line {i}" for i in range(100)]
        texts[5], texts[30] = "row 5", "row 30"
        app.view.show(replace(LONG, panels=(Text("lines", tuple(texts)),)))
        (region,) = app.refreshed
        assert region == Region(0, 3, len(region) and region.width, 1)


async def test_what_is_pointed_at_is_scrolled_into_sight_when_it_moves():
    rows = tuple((f"{i}", f"{i * i}") for i in range(30))
    numbers = Numbers("n", np.arange(60.0).reshape(60, 1), chosen=(0, 0))
    tables = [Scene("", (numbers, Table("t", ("a", "b"), rows, i))) for i in (0, 29)]
    async with gallery(tables[0], size=(60, 20)) as (app, pilot):
        assert app.view.scroll_offset.y == 0
        app.view.show(tables[1])
        await pilot.pause()
        assert "▶ 29  841" in app.lines()
        app.view.show(
            replace(tables[1], panels=(replace(numbers, chosen=(1, 0)), tables[1].panels[1]))
        )
        await pilot.pause()
        assert any("[ 1]" in text for text in app.lines())


async def test_a_click_says_what_was_clicked_also_after_scrolling():
    async with gallery(SCENE, size=(60, 8)) as (app, pilot):
        (row,) = (y for y, text in enumerate(app.lines()) if "conv2" in text)
        await pilot.click(SceneView, offset=(3, row))
        app.view.scroll_to(y=4, animate=False)
        await pilot.pause()
        (row,) = (y for y, text in enumerate(app.lines()) if "conv2" in text)
        await pilot.click(SceneView, offset=(3, row))
        assert app.pointed == [("layers", (1,)), ("layers", (1,))]


async def test_the_mouse_tells_what_it_comes_over_and_what_it_draws_along():
    async with gallery(SCENE, size=(60, 20)) as (app, pilot):
        (row,) = (y for y, text in enumerate(app.lines()) if "conv2" in text)
        await pilot.hover(SceneView, offset=(3, row - 1))
        await pilot.hover(SceneView, offset=(9, row - 1))  # still on the same thing
        await pilot.hover(SceneView, offset=(3, row))
        assert app.hovered == [("layers", (0,)), ("layers", (1,))]
        await pilot.mouse_down(SceneView, offset=(3, row))
        await pilot.hover(SceneView, offset=(3, row - 1))
        await pilot.mouse_up(SceneView, offset=(3, row - 1))
        await pilot.hover(SceneView, offset=(3, row))
        assert app.dragged == [("layers", (1,), True), ("layers", (0,), False)]
        assert len(app.hovered) == 3
        assert app.pointed == []  # it was no click


async def test_after_a_resize_and_with_another_theme_everything_is_drawn_anew():
    async with gallery(SCENE, size=(60, 20)) as (app, pilot):
        first = app.view.render_line(0)
        await pilot.resize_terminal(40, 12)
        assert {app.view.render_line(y).cell_length for y in range(12)} == {38}
        app.theme = "textual-light"
        await pilot.pause()
        second = app.view.render_line(0)
        assert second.text.rstrip() == first.text.rstrip() == "a scene"
        assert next(iter(second)).style.bgcolor != next(iter(first)).style.bgcolor


async def test_columns_stand_beside_each_other_if_the_view_is_wide_enough():
    scene = Scene("", (Columns(((TABLE,), (replace(TABLE, title="again"),))),))
    async with gallery(scene, size=(60, 20)) as (app, pilot):
        assert any("layers" in text and "again" in text for text in app.lines())
        await pilot.resize_terminal(30, 20)
        assert not any("layers" in text and "again" in text for text in app.lines())


async def test_a_shorter_scene_is_in_sight_wherever_one_had_scrolled_to():
    async with gallery(LONG) as (app, pilot):
        app.view.scroll_to(y=80, animate=False)
        await pilot.pause()
        app.view.show(Scene("short", (Text("lines", ("one", "two")),)))
        await pilot.pause()
        assert app.view.scroll_offset.y == 0
        assert app.lines()[0] == "short"
