import base64
import io
import re
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from tuiconv.lessons.scene import Bars, Curve, Maps, Pixels, Scene, Signed, Text
from tuiconv.render.palettes import DIVERGING
from tuiconv.render.svg import svg

SVG = "{http://www.w3.org/2000/svg}"
NOISE = np.random.default_rng(0).integers(0, 256, (30, 40, 3), dtype=np.uint8)
SCENE = Scene(
    'edge-8: finds <edges> & "more"\x1b\x00',
    (
        Pixels("before: 40×30 RGB", NOISE),
        Signed("after: sums", np.array([[-4.0, 0.0], [2.0, 4.0]])),
        Text("kernel", (" 0 -1  0", "-1  4 -1")),
        Text("result", ("5 < 6 & 7 > 6",)),
    ),
)


def parsed(scene, width=80):
    return ElementTree.fromstring(svg(scene, width))


def words(root):
    return [element.text for element in root.iter(f"{SVG}text")]


def pictures(root):
    found = []
    for element in root.iter(f"{SVG}image"):
        head, data = element.get("href").split(",")
        assert head == "data:image/png;base64"
        with Image.open(io.BytesIO(base64.b64decode(data))) as image:
            found.append((element, np.array(image.convert("RGB"))))
    return found


def test_it_is_valid_xml_with_every_word_of_the_scene():
    root = parsed(SCENE)
    assert root.tag == f"{SVG}svg"
    assert root.find(f"{SVG}title").text == 'edge-8: finds <edges> & "more"\ufffd\ufffd'
    found = words(root)
    for word in ("before: 40×30 RGB", " 0 -1  0", "-1  4 -1", "5 < 6 & 7 > 6"):
        assert word in found
    assert all(
        "{http://www.w3.org/XML/1998/namespace}space" in e.attrib for e in root.iter(f"{SVG}text")
    )


def test_pictures_are_in_it_pixel_for_pixel():
    (_, before), (_, after), (_, scale) = pictures(parsed(SCENE))
    np.testing.assert_array_equal(before, NOISE)
    low, middle, high = (DIVERGING.truecolor[i] for i in (0, 31, 62))
    assert after[0].tolist() == [list(low), list(middle)]
    assert after[1, 1].tolist() == list(high)
    assert [tuple(colour) for colour in scale[0]] == list(DIVERGING.truecolor)


def test_single_pixels_stay_squares_with_sharp_edges():
    _, (element, _), _ = pictures(parsed(SCENE))
    assert element.get("style") == "image-rendering:pixelated"
    assert float(element.get("width")) == float(element.get("height")) == 2 * 32


def test_every_picture_has_a_frame_so_that_white_ends_where_it_ends():
    root, names = parsed(SCENE), ("x", "y", "width", "height")
    _, *frames = root.iter(f"{SVG}rect")  # the first is the paper
    assert [[frame.get(name) for name in names] for frame in frames] == [
        [element.get(name) for name in names] for element, _ in pictures(root)
    ]


@pytest.mark.parametrize(
    ("limit", "width", "legend"),
    [
        (4.0, 80, "−4" + " " * 16 + "0" + " " * 17 + "4"),
        (4.0, 20, "−4       0        4"),
        (123456.5, 20, "−123,456.5 … 0 … 123,456.5"),  # as there is no room
    ],
)
def test_the_numbers_of_a_scale_stand_below_its_ends_and_its_middle(limit, width, legend):
    panel = Signed("after", np.array([[-limit, limit]]))
    assert legend in words(parsed(Scene("edge-8", (panel,)), width))


def test_nothing_has_to_be_fetched():
    text = svg(SCENE, 80)
    addresses = re.findall(r"(?:https?:)?//[^\"' ]+", re.sub(r"base64,[^\"]*", "", text))
    assert addresses == ["http://www.w3.org/2000/svg"]
    assert "@import" not in text
    assert "font-face" not in text
    assert "monospace" in text


def test_the_same_scene_gives_the_same_text():
    assert svg(SCENE, 80) == svg(SCENE, 80)


def test_it_lies_on_paper_of_its_own():
    root = parsed(SCENE)
    paper = root.find(f"{SVG}rect")
    assert paper.get("fill") == "#ffffff"
    assert (paper.get("width"), paper.get("height")) == (root.get("width"), root.get("height"))


@pytest.mark.parametrize("width", [20, 80, 200])
def test_everything_lies_on_the_paper_and_nothing_on_something_else(width):
    root = parsed(SCENE, width)
    right, bottom = float(root.get("width")), float(root.get("height"))
    ends = []
    for element, _ in pictures(root):
        x, y, wide, high = (float(element.get(name)) for name in ("x", "y", "width", "height"))
        assert x + wide <= right
        assert y + high <= bottom
        ends.append((x, y, x + wide, y + high))
    for element in root.iter(f"{SVG}text"):
        x, y = float(element.get("x")), float(element.get("y"))
        assert y < bottom
        assert not any(left <= x < end and top <= y < low for left, top, end, low in ends)


def test_a_large_picture_is_shrunk():
    text = svg(Scene("large", (Pixels("before", np.zeros((2000, 3000, 3), np.uint8)),)), 80)
    ((_, pixels),) = pictures(ElementTree.fromstring(text))
    assert pixels.shape == (213, 320, 3)
    assert len(text) < 5000


def test_of_a_large_map_the_strongest_numbers_are_shown():
    values = np.zeros((1000, 1000))
    values[500, 500] = -3.0
    root = parsed(Scene("large", (Signed("after", values),)))
    (_, pixels), _ = pictures(root)
    assert (pixels == DIVERGING.truecolor[0]).all(axis=2).sum() == 1
    assert "of each area the strongest number" in words(root)


def test_any_other_panel_is_drawn_with_letters():
    scene = Scene(
        "all",
        (
            Curve("loss", np.array([2.0, 1.0])),
            Bars("read as 2", ("1", "2"), np.array([0.1, 0.9]), 1),
            Maps("conv1", np.ones((2, 4, 4))),
        ),
    )
    assert {"loss", "read as 2"} <= {word.split("  ")[0] for word in words(parsed(scene))}
