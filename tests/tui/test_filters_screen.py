import re
from importlib.resources import as_file, files

import numpy as np
import pytest
from textual.widgets import OptionList

from tuiconv.images.files.reading import read_picture
from tuiconv.images.filters.catalog import FILTERS
from tuiconv.tui.messages import PictureFiltered

SIZES = [(80, 24), (120, 40), (200, 60)]


@pytest.fixture(scope="module")
def sample() -> np.ndarray:
    with as_file(files("tuiconv") / "assets" / "sample.png") as path:
        return read_picture(path).pixels


def place(learner) -> tuple[int, int]:
    """Column and row of the part that is shown, as its title says."""
    column, row = re.findall(r" at (\d+),(\d+)", learner.drawn("#after")[0])[0]
    return int(column), int(row)


def first_pixel(learner) -> tuple[int, ...]:
    """The colour of the picture's upper left pixel on the screen."""
    view = learner.app.screen.query_one("#before")
    return tuple(next(iter(view.render_line(1))).style.color.triplet)


async def choose(learner, name: str) -> None:
    while learner.sent(PictureFiltered)[-1].scene.title.split(":")[0] != name:
        await learner.press("down")


@pytest.mark.parametrize("size", SIZES)
async def test_before_after_kernel_and_result_are_all_in_sight(explore, size):
    async with explore(*size) as learner:
        await learner.open_filters()
        for selector in ("#filters", "#about", "#before", "#after", "#kernel", "#result"):
            assert learner.is_whole(selector), selector
            assert "".join(learner.drawn(selector)).strip(), selector


async def test_the_down_key_shows_every_filters_words_and_kernel(explore):
    async with explore() as learner:
        await learner.open_filters()
        for named in FILTERS.values():
            await choose(learner, named.name)
            assert learner.static("#about") == f"{named.name}: {named.description}"
            kernel = [line.rstrip() for line in learner.drawn("#kernel")]
            panels = learner.sent(PictureFiltered)[-1].scene.panels
            assert kernel[0] == panels[2].title
            assert "".join(kernel[1:]).split() == "".join(panels[2].lines).split()
            result = " ".join(" ".join(learner.drawn("#result")[1:]).split())
            assert result == " ".join(panels[3].lines)


async def test_the_list_names_all_filters_in_lecture_order(explore):
    async with explore() as learner:
        await learner.open_filters()
        options = learner.app.screen.query_one(OptionList).options
        assert [str(option.prompt) for option in options] == list(FILTERS)


async def test_after_differs_from_before_unless_the_filter_is_identity(explore):
    async with explore() as learner:
        await learner.open_filters()
        assert learner.drawn("#before")[1:] == learner.drawn("#after")[1:]
        colours = {
            selector: [part.style.color for part in learner.segments(selector)[1:]]
            for selector in ("#before", "#after")
        }
        assert colours["#before"] == colours["#after"]
        await choose(learner, "edge-8")
        after = [part.style.color for part in learner.segments("#after")[1:]]
        assert after != colours["#before"]


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
async def test_moving_shows_other_pixels_and_stops_at_the_border(explore, sample, size):
    async with explore(*size) as learner:
        await learner.open_filters()
        assert place(learner) == (0, 0)
        view = learner.app.screen.query_one("#before").size
        right = sample.shape[1] - view.width
        lowest = max(0, sample.shape[0] - 2 * (view.height - 1))
        await learner.press("right")
        assert place(learner) == (min(8, right), 0)
        assert first_pixel(learner) == tuple(sample[0, min(8, right)])
        await learner.press(*["right"] * 15, *["j"] * 15)
        assert place(learner) == (right, lowest)
        assert first_pixel(learner) == tuple(sample[lowest, right])
        await learner.press("left")
        assert place(learner) == (max(0, right - 8), lowest)
        await learner.press(*["left"] * 15, "k")
        assert place(learner) == (0, max(0, lowest - 8))
        await learner.press(*["k"] * 15)
        assert place(learner) == (0, 0)
        assert first_pixel(learner) == tuple(sample[0, 0])


async def test_before_and_after_show_the_same_part(explore):
    async with explore() as learner:
        await learner.open_filters()
        await learner.press("right", "j")
        assert place(learner) == (8, 8)
        assert learner.drawn("#before")[0].rstrip().endswith("8,8")
        assert learner.drawn("#before")[1:] == learner.drawn("#after")[1:]


async def test_z_shows_the_whole_picture_and_the_pixels_again(explore, sample):
    async with explore() as learner:
        await learner.open_filters()
        view = learner.app.screen.query_one("#after").size
        scale = min(view.width / sample.shape[1], 2 * (view.height - 1) / sample.shape[0])
        await learner.press("z")
        assert f"{scale:.0%}" in learner.drawn("#after")[0]
        whole = learner.segments("#after")
        await learner.press("right", "j")
        assert learner.segments("#after") == whole
        await learner.press("z")
        assert place(learner) == (0, 0)


async def test_the_titles_of_the_pictures_can_be_read_to_the_end(explore):
    async with explore() as learner:
        await learner.open_filters()
        for _ in ("a part", "the whole"):
            _, shown = learner.drawn("#after")[0].rstrip().split(", ", 1)
            assert learner.drawn("#before")[0].rstrip().endswith(shown)
            await learner.press("z")


async def test_the_filter_and_the_place_survive_a_visit_elsewhere(explore):
    async with explore() as learner:
        await learner.open_filters()
        await choose(learner, "sharpen")
        await learner.press("right")
        before = learner.segments("#after")
        await learner.press("4", "escape", "2")
        assert learner.static("#about").startswith("sharpen: ")
        assert learner.segments("#after") == before


@pytest.mark.parametrize("size", [(30, 10), (20, 6), (200, 60)])
async def test_a_terminal_of_another_size_draws_the_picture_anew(explore, size):
    async with explore() as learner:
        await learner.open_filters()
        await learner.press("j")
        await learner.pilot.resize_terminal(*size)
        await learner.press("z", "z")
        for selector in ("#before", "#after", "#kernel", "#result"):
            assert learner.has_straight_edges(selector)
