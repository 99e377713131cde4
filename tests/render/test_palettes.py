import numpy as np
import pytest

from tuiconv.render.palettes import (
    DIVERGING,
    GREY,
    LEVELS,
    MIDDLE_LEVEL,
    NAN_RGB,
    PALETTES,
    SEQUENTIAL,
    oklab_to_srgb,
    srgb_to_oklab,
)


def xterm_rgb(index):
    """The RGB of xterm's colours 16..255 as its manual gives them."""
    if index >= 232:
        return (8 + 10 * (index - 232),) * 3
    red, green, blue = (index - 16) // 36, (index - 16) // 6 % 6, (index - 16) % 6
    return tuple(55 + 40 * step if step else 0 for step in (red, green, blue))


def lightness(colours):
    return srgb_to_oklab(colours)[:, 0]


def test_oklab_of_white_black_and_red_is_as_published():
    assert srgb_to_oklab((255, 255, 255)) == pytest.approx([1, 0, 0], abs=1e-4)
    assert srgb_to_oklab((0, 0, 0)) == pytest.approx([0, 0, 0], abs=1e-9)
    assert srgb_to_oklab((255, 0, 0)) == pytest.approx([0.628, 0.2249, 0.1258], abs=1e-3)


def test_every_colour_survives_the_way_to_oklab_and_back():
    colours = np.random.default_rng(0).integers(0, 256, (500, 3))
    assert np.array_equal(oklab_to_srgb(srgb_to_oklab(colours)), colours)


@pytest.mark.parametrize("palette", PALETTES.values(), ids=lambda palette: palette.name)
def test_a_palette_has_every_level_in_every_depth(palette):
    assert len(palette.truecolor) == len(palette.xterm) == LEVELS == 63
    assert len(palette.glyphs(unicode=True)) == len(palette.glyphs(unicode=False)) == LEVELS
    assert palette.glyphs(unicode=False).isascii()
    assert all(0 <= channel <= 255 for rgb in palette.truecolor for channel in rgb)
    assert all(16 <= index <= 255 for index in palette.xterm)
    assert NAN_RGB not in palette.truecolor


def test_the_sequential_palette_grows_lighter_in_even_steps():
    steps = np.diff(lightness(SEQUENTIAL.truecolor))
    assert steps.min() > 0.8 * steps.mean()  # colours are rounded to whole numbers
    assert steps.max() < 1.3 * steps.mean()


def test_the_diverging_palette_is_neutral_exactly_in_the_middle_and_darkens_evenly():
    red, green, blue = DIVERGING.truecolor[MIDDLE_LEVEL]
    assert red == green == blue
    light = lightness(DIVERGING.truecolor)
    assert light.argmax() == MIDDLE_LEVEL
    assert light == pytest.approx(light[::-1], abs=0.01)


def test_minus_is_blue_and_plus_is_orange():
    for colours in (DIVERGING.truecolor, [xterm_rgb(index) for index in DIVERGING.xterm]):
        below, above = np.array(colours[:24]), np.array(colours[-24:])
        assert (below[:, 2] > below[:, 0]).all()
        assert (above[:, 0] > above[:, 2]).all()


def test_grey_shows_a_pixel_as_that_grey():
    assert GREY.truecolor[0] == (0, 0, 0)
    assert GREY.truecolor[-1] == (255, 255, 255)
    assert GREY.truecolor[20] == (82, 82, 82)  # 255 · 20 / 62 = 82.3


@pytest.mark.parametrize("palette", [SEQUENTIAL, GREY], ids=lambda palette: palette.name)
def test_the_256_colour_ramps_never_grow_darker(palette):
    assert (np.diff(lightness([xterm_rgb(index) for index in palette.xterm])) >= 0).all()


def test_the_256_colour_diverging_ramp_is_light_in_the_middle_only():
    light = lightness([xterm_rgb(index) for index in DIVERGING.xterm])
    assert xterm_rgb(DIVERGING.xterm[MIDDLE_LEVEL]) == (238, 238, 238)
    assert (np.diff(light[: MIDDLE_LEVEL + 1]) >= 0).all()
    assert (np.diff(light[MIDDLE_LEVEL:]) <= 0).all()


@pytest.mark.parametrize("unicode", [True, False])
def test_signed_glyphs_tell_minus_from_plus_without_colour(unicode):
    glyphs = DIVERGING.glyphs(unicode)
    assert glyphs[MIDDLE_LEVEL] == " "
    assert not set(glyphs[:MIDDLE_LEVEL]) & set(glyphs[MIDDLE_LEVEL + 1 :])
    assert glyphs[0] == ("≡" if unicode else "N")
    assert glyphs[-1] == ("█" if unicode else "@")


def test_sequential_glyphs_run_from_empty_to_full():
    assert "".join(dict.fromkeys(SEQUENTIAL.glyphs(unicode=True))) == " ░▒▓█"
    assert "".join(dict.fromkeys(SEQUENTIAL.glyphs(unicode=False))) == " .:-=+*#%@"
