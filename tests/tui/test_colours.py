"""What reaches the terminal when it has fewer colours, or none."""

import pytest
from rich.color import ColorType
from textual.filter import ANSIToTruecolor

from tuiconv.render.depth import ColorDepth
from tuiconv.tui.widgets.scene_view import SceneView

ENVIRONMENTS = {
    ColorDepth.TRUECOLOR: {},
    ColorDepth.EIGHT_BIT: {"COLORTERM": ""},
    ColorDepth.STANDARD: {"COLORTERM": "", "TERM": "xterm"},
    ColorDepth.NONE: {"NO_COLOR": "1"},
}


@pytest.fixture
def colours(request, monkeypatch):
    """What the terminal can show."""
    for name, value in ENVIRONMENTS[request.param].items():
        monkeypatch.setenv(name, value)
    return request.param


def painted(segments):
    """The half-blocks among the segments."""
    return [part for part in segments if "▀" in part.text]


@pytest.mark.parametrize("colours", [ColorDepth.TRUECOLOR, ColorDepth.EIGHT_BIT], indirect=True)
async def test_maps_and_pictures_are_half_blocks_of_the_colours_there_are(explore, colours):
    async with explore() as learner:
        assert learner.app.depth.depth is colours
        kind = ColorType.TRUECOLOR if colours is ColorDepth.TRUECOLOR else ColorType.EIGHT_BIT
        for key in ("2", "3"):
            await learner.scene(key)
            cells = painted(learner.segments("#scene"))
            assert cells
            assert {part.style.color.type for part in cells} == {kind}
        view = learner.app.screen.query_one(SceneView)
        assert not any(isinstance(each, ANSIToTruecolor) for each in view.get_line_filters())


@pytest.mark.parametrize("colours", [ColorDepth.STANDARD, ColorDepth.NONE], indirect=True)
async def test_with_few_colours_or_none_they_are_glyphs_that_show_the_sign(explore, colours):
    async with explore() as learner:
        assert learner.app.depth.depth is colours
        for key in ("2", "3"):
            await learner.scene(key)
            text = "".join(learner.lines)
            assert not set(text) & set("▀▄")
            assert set(text) & set("░▒▓█")
        assert set(text) & set("-=≡")
        assert "Palettes" not in {each.description for each in bindings(learner)}


def bindings(learner):
    """Those that work now."""
    return [each.binding for each in learner.app.screen.active_bindings.values()]
