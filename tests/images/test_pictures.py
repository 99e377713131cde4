import numpy as np
import pytest

from tuiconv.images.pictures import MODES, Picture, PictureFile


@pytest.mark.parametrize(
    ("pixels", "mode", "words"),
    [
        (np.zeros((2, 2), np.uint8), "P", "'P'"),
        (np.zeros((2, 2), np.uint8), "RGB", r"\(height, width, 3\)"),
        (np.zeros((2, 2, 1), np.uint8), "L", r"\(height, width\)"),
        (np.zeros((2, 2), np.uint8), "I;16", "uint16"),
        (np.zeros((2, 2, 3), np.uint8), "RGB;16", "uint16"),
        (np.zeros((0, 2), np.uint8), "L", "at least one pixel"),
    ],
)
def test_pixels_that_do_not_fit_their_mode_are_refused(pixels, mode, words):
    with pytest.raises(ValueError, match=words):
        Picture(pixels, mode)


@pytest.mark.parametrize(
    ("mode", "colours", "has_alpha", "names", "most"),
    [
        ("L", 1, False, ("grey",), 255),
        ("LA", 1, True, ("grey", "alpha"), 255),
        ("RGB", 3, False, ("R", "G", "B"), 255),
        ("RGBA", 3, True, ("R", "G", "B", "alpha"), 255),
        ("I;16", 1, False, ("grey",), 65535),
        ("LA;16", 1, True, ("grey", "alpha"), 65535),
        ("RGB;16", 3, False, ("R", "G", "B"), 65535),
        ("RGBA;16", 3, True, ("R", "G", "B", "alpha"), 65535),
        ("CMYK", 4, False, ("C", "M", "Y", "K"), 255),
    ],
)
def test_the_mode_says_what_the_channels_hold(some_pixels, mode, colours, has_alpha, names, most):
    picture = Picture(some_pixels(mode, 3, 4), mode)
    assert (picture.height, picture.width) == (3, 4)
    assert (picture.colours, picture.has_alpha) == (colours, has_alpha)
    assert (picture.channel_names, picture.most) == (names, most)


def test_all_modes_are_told_apart_by_what_their_channels_hold():
    assert len({(dtype, names) for dtype, names in MODES.values()}) == len(MODES) == 9


def test_a_file_has_a_picture_at_least_and_a_duration_for_every_frame(some_pixels):
    frame = Picture(some_pixels("L"), "L")
    with pytest.raises(ValueError, match="at least one"):
        PictureFile((), "PNG")
    with pytest.raises(ValueError, match="2 durations for 1 frames"):
        PictureFile((frame,), "GIF", (10.0, 20.0))


def test_a_note_that_all_frames_share_is_told_once(some_pixels):
    first, second = (Picture(some_pixels("L"), "L", note=note) for note in ("turned", "reduced"))
    assert PictureFile((first, first, second), "TIFF").note == "turned; reduced"
