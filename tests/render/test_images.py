import numpy as np
import pytest

from tuiconv.lessons.scene import Pixels, Signed
from tuiconv.render import images
from tuiconv.render.depth import ColorDepth, Display
from tuiconv.render.lines import line_width

PLAIN = Display(ColorDepth.NONE)


def draw_image(*args):
    return images.draw_image(*args).lines


def draw_images(*args):
    return images.draw_images(*args).lines


def texts(lines):
    return ["".join(segment.text for segment in line) for line in lines]


def grey(height, width, title="before", **options):
    return Pixels(title, np.full((height, width), 255, np.uint8), **options)


@pytest.mark.parametrize(
    ("height", "width", "below"),
    [
        (100, 100, False),
        (100, 150, False),
        (100, 1000, True),  # 39 columns beside, 80 below
        (300, 100, False),
        (20, 30, False),  # both fit as they are
    ],
)
def test_pictures_stand_below_each_other_if_that_makes_them_much_larger(height, width, below):
    pair = [grey(height, width), grey(height, width, "after")]
    (first,) = (line for line in texts(draw_images(pair, 80, 20, PLAIN)) if "before" in line)
    assert ("after" not in first) == below


def test_in_a_narrow_terminal_they_stand_below_each_other():
    pair = [grey(100, 100), grey(100, 100, "after")]
    for width, below in ((50, False), (49, True)):  # 24 columns each, and the gap
        (first,) = (x for x in texts(draw_images(pair, width, 20, PLAIN)) if "before" in x)
        assert ("after" not in first) == below


def test_pictures_beside_each_other_begin_in_the_same_line():
    pair = [grey(100, 100), grey(100, 100, "after, with a title that takes more than a line")]
    lines = texts(draw_images(pair, 80, 20, PLAIN))
    assert lines[0].split("  ")[0] == "before, at 36%"
    assert lines[1].startswith(" " * 41)
    assert lines[2] == "█" * 36 + " " * 5 + "█" * 36 + " " * 3
    assert len(lines) == 20


def test_a_picture_and_a_map_beside_each_other_are_equally_large():
    map_ = Signed("after", np.ones((100, 100)))
    lines = texts(draw_images([grey(100, 100), map_], 80, 20, PLAIN))
    drawn = [line for line in lines if "█" in line]
    assert all(line[:39].count("█") == line[41:].count("█") or "0" in line for line in drawn)
    assert len(lines) == 20


@pytest.mark.parametrize(
    ("height", "width", "note"),
    [
        (480, 320, ", at 7.5%"),
        (320, 480, ", at 8.1%"),
        (40, 39, ", at 90%"),
        (36, 39, ""),
        (12, 13, ", ×3"),
        (2, 2, ", ×8"),
        (200, 20_000, ", at 0.2%"),
    ],
)
def test_the_title_says_how_far_a_picture_is_shrunk_or_enlarged(height, width, note):
    pixels = np.broadcast_to(np.uint8(7), (height, width))
    title = texts(draw_image(Pixels("before", pixels), 39, 19, PLAIN))[0]
    assert title.rstrip() == f"before{note}"


def test_a_map_of_a_large_picture_is_shrunk_as_far_as_the_picture_itself():
    map_ = Signed("after", np.ones((750, 1000)), size=(3000, 4000))
    assert texts(draw_image(map_, 40, 20, PLAIN))[0].rstrip() == "after, at 1%"


def test_single_pixels_are_shown_in_as_many_lines_as_they_need():
    lines = texts(draw_image(grey(60, 39, zoomed=True), 39, 10, PLAIN))
    assert lines == ["before".ljust(39), *["█" * 39] * 30]
    pair = [grey(60, 39, zoomed=True), grey(60, 39, "after", zoomed=True)]
    assert len(draw_images(pair, 80, 10, PLAIN)) == 31
    wide = [grey(60, 60, zoomed=True), grey(60, 60, "after", zoomed=True)]
    lines = texts(draw_images(wide, 80, 10, PLAIN))  # beside each other they would be shrunk
    assert [line.count("█") for line in lines if "█" in line] == [60] * 60


def test_single_pixels_are_enlarged_where_there_is_room():
    lines = texts(draw_image(grey(33, 40, zoomed=True), 80, 40, PLAIN))
    assert lines[0].rstrip() == "before, ×2"
    assert lines[1:] == ["█" * 80] * 33


@pytest.mark.parametrize("width", [20, 31, 40, 80, 160])
@pytest.mark.parametrize("height", [8, 15, 40])
def test_pictures_keep_to_their_room(width, height):
    for size in ((3, 3), (100, 100), (10, 300), (300, 10)):
        pair = [grey(*size), Signed("after: sums", np.ones(size))]
        lines = draw_images(pair, width, height, PLAIN)
        assert max(map(line_width, lines)) <= width
        # a legend of a few words more takes another line or two where it is narrow
        assert len(lines) <= max(height, 12) + 2 * (width < 40)


def test_every_pixel_of_a_picture_with_a_key_can_be_pointed_at():
    pair = [grey(40, 60, key="before"), grey(40, 60, "after", key="after")]
    drawing = images.draw_images(pair, 80, 20, PLAIN)
    # 39 columns each, 2 apart, below their titles; 60 columns in 39, two rows to a line
    assert drawing.at(0, 1) == ("before", (0, 0))
    assert drawing.at(38, 1) == ("before", (0, 58))
    assert drawing.at(39, 1) is None
    assert drawing.at(41, 1) == ("after", (0, 0))
    assert drawing.at(41, 13) == ("after", (36, 0))
    assert drawing.at(0, 0) is None
    assert images.draw_images([grey(40, 60)], 80, 20, PLAIN).at(0, 1) is None


def test_of_a_map_with_the_strongest_numbers_only_the_places_of_the_plane_are_told():
    panel = Signed("edge", np.ones((10, 20)), size=(1000, 2000), key="after")
    drawing = images.draw_image(panel, 20, 20, PLAIN)
    assert drawing.at(10, 3) == ("after", (400, 1000))


def test_of_a_picture_in_fewer_pixels_the_whole_is_named_and_pointed_at():
    panel = grey(30, 40, size=(3000, 4000), key="before")
    drawing = images.draw_image(panel, 80, 16, PLAIN)
    assert texts(drawing.lines)[0].rstrip() == "before, at 1%"
    assert drawing.at(0, 1) == ("before", (0, 0))
    assert drawing.at(39, 15) == ("before", (2800, 3900))
