import numpy as np
import pytest
from PIL import Image

from tuiconv.errors import RequestError
from tuiconv.images.channels import CHANNELS, as_seen, grey, one_channel
from tuiconv.images.pictures import MODES, Picture


def picture(mode, height=5, width=4, **info):
    dtype, names = MODES[mode]
    shape = (height, width) if len(names) == 1 else (height, width, len(names))
    rng = np.random.default_rng(4)
    return Picture(rng.integers(0, np.iinfo(dtype).max + 1, shape, dtype=dtype), mode, info)


def test_grey_by_hand():
    # 19595/65536 of 100, 38470/65536 of 200, 7471/65536 of 50: 29.9 + 117.4 + 5.7 = 153.0
    one = Picture(np.array([[[100, 200, 50]]], np.uint8), "RGB")
    assert grey(one).pixels.tolist() == [[153]]
    assert grey(one).mode == "L"


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "CMYK"])
def test_grey_is_pillows(mode):
    before = picture(mode, 40, 50)
    pixels = 255 - before.pixels if mode == "CMYK" else before.pixels
    expected = np.array(Image.fromarray(pixels, mode).convert("L"))
    shades = grey(before).pixels
    np.testing.assert_array_equal(shades[..., 0] if mode == "RGBA" else shades, expected)


def test_sixteen_bits_have_the_same_shares_and_do_not_overflow():
    before = np.array([[[65535] * 3, [257 * 100, 257 * 200, 257 * 50], [65535, 0, 0]]], np.uint16)
    shades = grey(Picture(before, "RGB;16")).pixels
    assert shades.dtype == np.uint16
    assert shades.tolist() == [[65535, round(257 * (1959500 + 7694000 + 373550) / 65536), 19595]]


@pytest.mark.parametrize("mode", ["LA", "RGBA", "RGBA;16"])
def test_greys_keep_alpha(mode):
    before = picture(mode)
    after = grey(before)
    assert after.channel_names == ("grey", "alpha")
    np.testing.assert_array_equal(after.pixels[:, :, -1], before.pixels[:, :, -1])


@pytest.mark.parametrize("mode", ["L", "LA", "I;16", "LA;16"])
def test_what_is_grey_stays_as_it_is(mode):
    before = picture(mode)
    assert grey(before) is before


@pytest.mark.parametrize("mode", MODES)
def test_every_channel_can_be_had_alone(mode):
    before = picture(mode)
    channels = before.pixels.reshape(5, 4, -1)
    for c, name in enumerate(before.channel_names):
        alone = one_channel(before, name)
        assert alone.mode == ("I;16" if mode.endswith("16") else "L")
        np.testing.assert_array_equal(alone.pixels, channels[:, :, c])


def test_a_channel_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(RequestError, match="no channel alpha in mode RGB; there are R, G, B"):
        one_channel(picture("RGB"), "alpha")


def test_what_holds_for_colours_only_does_not_travel_with_greys():
    before = picture("RGB", icc_profile=b"for RGB", dpi=(300.0, 300.0))
    assert dict(grey(before).info) == {"dpi": (300.0, 300.0)}
    assert dict(one_channel(before, "G").info) == {"dpi": (300.0, 300.0)}
    assert dict(one_channel(picture("L", icc_profile=b"for L"), "grey").info)


def test_all_names_of_channels_are_known():
    assert CHANNELS == ("grey", "alpha", "R", "G", "B", "C", "M", "Y", "K")


def test_every_pair_of_a_colour_and_black_is_seen_as_pillow_sees_it():
    light = np.zeros((256, 256, 4), np.uint8)
    light[:, :, 0], light[:, :, 3] = np.mgrid[:256, :256]
    inks = Image.frombytes("CMYK", (256, 256), (255 - light).tobytes())
    np.testing.assert_array_equal(as_seen(light, "CMYK"), np.asarray(inks.convert("RGB")))
