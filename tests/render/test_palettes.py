import numpy as np
import pytest

from tuiconv.render.palettes import (
    DIVERGING,
    FAMILIES,
    GREY,
    LEVELS,
    MIDDLE_LEVEL,
    NAN_RGB,
    PALETTES,
    SEQUENTIAL,
    oklab_to_srgb,
    palette_of,
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


SIGNED = [palette for palette in PALETTES.values() if palette.signed]
GREY_SIGNED = palette_of("weights", True, "greys")
MACHADO = {
    # G. M. Machado, M. M. Oliveira, L. A. F. Fernandes, "A physiologically-based model for
    # simulation of color vision deficiency", 2009: on linear RGB, the full deficiency
    "protan": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deutan": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
}


def seen_by(eyes, colours):
    """Colours as colour-blind eyes see them."""
    encoded = np.array(colours) / 255
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    seen = np.clip(linear @ np.array(MACHADO[eyes]).T, 0, 1)
    return 255 * np.where(seen <= 0.0031308, seen * 12.92, 1.055 * seen ** (1 / 2.4) - 0.055)


def test_three_meanings_have_three_palettes_and_pixels_are_grey_in_every_family():
    for name, family in FAMILIES.items():
        assert palette_of("pixels", False, name) is palette_of("pixels", True, name) is GREY
        for is_signed in (False, True):
            palettes = {family[what, is_signed] for what in ("activations", "weights", "gradients")}
            assert len(palettes) == (1 if name == "greys" else 3)
            assert {palette.signed for palette in palettes} == {is_signed}


@pytest.mark.parametrize("palette", PALETTES.values(), ids=lambda palette: palette.name)
def test_lightness_runs_one_way_from_zero_in_every_depth(palette):
    for colours in (palette.truecolor, [xterm_rgb(index) for index in palette.xterm]):
        light = lightness(colours)
        halves = [light]
        if palette.signed and palette is not GREY_SIGNED:
            halves = [light[MIDDLE_LEVEL::-1], light[MIDDLE_LEVEL:]]
        for half in halves:
            steps = np.diff(half)
            assert (steps <= 1e-9).all() or (steps >= -1e-9).all()
            assert abs(half[-1] - half[0]) > 0.35


@pytest.mark.parametrize("eyes", MACHADO)
@pytest.mark.parametrize("palette", SIGNED, ids=lambda palette: palette.name)
def test_minus_and_plus_differ_to_colour_blind_eyes(palette, eyes):
    for colours in (palette.truecolor, [xterm_rgb(index) for index in palette.xterm]):
        seen = srgb_to_oklab(seen_by(eyes, colours))
        distances = np.linalg.norm(seen - seen[::-1], axis=1)[: LEVELS // 4]
        assert distances.min() > 0.1


@pytest.mark.parametrize("palette", SIGNED, ids=lambda palette: palette.name)
def test_the_ends_of_a_signed_palette_look_equally_strong(palette):
    light = lightness(palette.truecolor)
    if palette is not GREY_SIGNED:
        assert light[0] == pytest.approx(light[-1], abs=0.05)


def test_magnitudes_have_the_positive_half_of_the_signed_palette():
    for name in ("standard", "night"):
        for quantity in ("weights", "gradients"):
            whole, half = (palette_of(quantity, signed, name) for signed in (True, False))
            assert half.truecolor[0] == whole.truecolor[MIDDLE_LEVEL]
            assert half.truecolor[-1] == whole.truecolor[-1]
            assert half.xterm[-1] == whole.xterm[-1]
