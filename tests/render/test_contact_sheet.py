import numpy as np
import pytest

from tuiconv.lessons.scene import Pixels, Scene, Signed
from tuiconv.render.contact_sheet import TALLEST, draw_contact_sheet, fit_tile, tiles_in
from tuiconv.render.depth import ColorDepth, Display
from tuiconv.render.lines import line_width

PLAIN = Display(ColorDepth.NONE)
TILES = (
    Pixels("identity", np.full((20, 24, 3), 255, np.uint8)),
    Signed("edge-4", np.full((20, 24), -1.0)),
    Pixels("motion-blur(9, 0)", np.full((20, 24, 3), 255, np.uint8)),
    Signed("sobel-x", np.full((20, 24), 1.0)),
)
SCENE = Scene("photo.png: 480×400 RGB", TILES)


def texts(lines):
    return ["".join(segment.text for segment in line) for line in lines]


@pytest.mark.parametrize(
    ("width", "count", "columns"),
    [(20, 1, 20), (49, 1, 49), (50, 2, 24), (80, 3, 25), (160, 6, 25)],
)
def test_tiles_fill_the_width(width, count, columns):
    assert tiles_in(width) == (count, columns)
    assert max(map(line_width, draw_contact_sheet(SCENE, width, PLAIN).lines)) <= width


def test_every_tile_has_its_caption_above_it():
    lines = texts(draw_contact_sheet(SCENE, 50, PLAIN).lines)
    assert lines[0] == "photo.png: 480×400 RGB"
    assert lines[2].split() == ["identity", "edge-4"]
    assert lines[3] == "█" * 24 + "  " + "≡" * 24
    assert lines[14].split() == ["motion-blur(9,", "0)", "sobel-x"]


def test_below_the_tiles_it_is_said_how_maps_are_read():
    for display, words in (
        (Display(), "blue below 0, orange above"),
        (PLAIN, "-=≡ below 0, ░▒▓█ above"),
        (Display(ColorDepth.NONE, unicode=False), "-=N below 0, .+#@ above"),
    ):
        assert words in texts(draw_contact_sheet(SCENE, 200, display).lines)[-1]


def test_a_picture_is_made_so_small_that_every_pixel_is_seen():
    assert fit_tile(np.zeros((400, 480, 3), np.uint8), 80).shape == (20, 25, 3)
    assert fit_tile(np.zeros((4000, 480), np.uint8), 80).shape == (2 * TALLEST, 2, 3)
    for small in ((20, 25), (3, 5), (1, 1)):
        assert fit_tile(np.zeros((*small, 3), np.uint8), 80).shape == (*small, 3)


@pytest.mark.parametrize(("width", "tiles", "columns"), [(40, 1, 40), (80, 1, 80), (160, 3, 52)])
def test_a_wide_picture_has_wider_tiles_so_that_it_is_not_too_low(width, tiles, columns):
    line = fit_tile(np.zeros((32, 175), np.uint8), width)
    assert line.shape[1] == columns
    scene = Scene("digits", (Pixels("one", line), Pixels("two", line), Pixels("three", line)))
    captions = texts(draw_contact_sheet(scene, width, PLAIN).lines)[2]
    assert len(captions.split()) == tiles
