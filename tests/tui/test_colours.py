"""What reaches the terminal when it has fewer colours, or none."""

import pytest
from rich.color import ColorType
from textual.filter import ANSIToTruecolor

from tuiconv.render.depth import ColorDepth
from tuiconv.tui.widgets.panel import PanelView
from tuiconv.tui.widgets.wall import MapsWall

VIEWS = ("#loss", "#probabilities", "#maps")


@pytest.fixture
def no_color(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")


@pytest.fixture
def colours_256(monkeypatch):
    monkeypatch.setenv("COLORTERM", "")


@pytest.fixture
def colours_16(monkeypatch):
    monkeypatch.setenv("COLORTERM", "")
    monkeypatch.setenv("TERM", "xterm")


def painted(segments):
    """The half-blocks among the segments."""
    return [part for part in segments if "▀" in part.text]


async def test_true_colour_maps_are_half_blocks_with_colours_of_their_own(explore):
    async with explore() as learner:
        assert learner.app.depth.depth is ColorDepth.TRUECOLOR
        await learner.open_training()
        cells = painted(learner.segments("#maps"))
        assert cells
        assert {part.style.color.type for part in cells} == {ColorType.TRUECOLOR}


async def test_of_256_colours_maps_take_numbered_ones(explore, colours_256):
    async with explore() as learner:
        assert learner.app.depth.depth is ColorDepth.EIGHT_BIT
        await learner.open_training()
        cells = painted(learner.segments("#maps"))
        assert cells
        assert {part.style.color.type for part in cells} == {ColorType.EIGHT_BIT}
        assert {part.style.color.number for part in cells} <= set(range(16, 256))


async def test_of_256_colours_pictures_take_numbered_ones(explore, colours_256):
    async with explore() as learner:
        await learner.open_filters()
        cells = painted(learner.segments("#before"))
        assert {part.style.color.type for part in cells} == {ColorType.EIGHT_BIT}


@pytest.mark.parametrize("selector", VIEWS)
async def test_numbered_colours_are_not_turned_into_true_ones_on_the_way(
    explore, colours_256, selector
):
    async with explore() as learner:
        await learner.open_training()
        widget = learner.app.screen.query_one(selector)
        assert isinstance(widget, PanelView | MapsWall)
        filters = widget.get_line_filters()
        assert not any(isinstance(each, ANSIToTruecolor) for each in filters)


async def test_with_16_colours_maps_are_glyphs(explore, colours_16):
    async with explore() as learner:
        assert learner.app.depth.depth is ColorDepth.STANDARD
        await learner.open_training()
        text = "".join(learner.drawn("#maps"))
        assert "▀" not in text
        assert set(text) & set("░▒▓█")


async def test_without_colour_maps_are_glyphs_that_show_the_sign(explore, no_color):
    async with explore(200, 60) as learner:
        assert learner.app.depth.depth is ColorDepth.NONE
        await learner.open_training()
        lines = learner.drawn("#maps")
        assert not set("".join(lines)) & set("▀▄")
        (conv1,) = (y for y, line in enumerate(lines) if line.startswith("conv1"))
        maps = "".join(lines[conv1 + 1 : conv1 + 15])
        assert set(maps) & set("-=≡")
        assert set(maps) & set("░▒▓█")


async def test_without_colour_pictures_are_glyphs(explore, no_color):
    async with explore() as learner:
        await learner.open_filters()
        for selector in ("#before", "#after"):
            text = "".join(learner.drawn(selector)[1:])
            assert "▀" not in text
            assert set(text) & set("░▒▓█")


async def test_home_names_the_colours_there_are(explore, no_color):
    async with explore() as learner:
        assert learner.static("#environment").endswith("colours: none")
