import base64
import io
import re
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from tuiconv.lessons.scene import (
    Bars,
    Chart,
    Columns,
    Map,
    Maps,
    Numbers,
    Pixels,
    Scene,
    Series,
    Signed,
    Table,
    Text,
)
from tuiconv.render.palettes import DIVERGING, FAMILIES, SEQUENTIAL, palette_of
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
    assert "strongest of each area" in words(root)


def test_maps_are_squares_of_their_colours_and_nothing_beside_them():
    panel = Map("map", np.array([[0.0, 1.0], [1.0, 0.0]]), limits=(0, 1))
    ((element, _),) = pictures(parsed(Scene("", (panel,))))
    data = base64.b64decode(element.get("href").split(",")[1])
    with Image.open(io.BytesIO(data)) as image:
        dots = np.array(image)
    # 8 half-blocks a number, each of 2 × 2 dots, below a heading of one line
    zero, one = ((*SEQUENTIAL.truecolor[level], 255) for level in (0, 62))
    assert [tuple(dots[4, 0]), tuple(dots[4, 16]), tuple(dots[4 + 16, 0])] == [zero, one, one]
    assert (dots[4 : 4 + 32, :32, 3] == 255).all()
    assert (dots[4 : 4 + 32, 32:, 3] == 0).all()


def test_curves_are_dots_in_their_colours():
    chart = Chart("loss", (Series("", np.arange(9), np.zeros(9)),), y_range=(-1, 1))
    ((element, _),) = pictures(parsed(Scene("", (chart,))))
    with Image.open(io.BytesIO(base64.b64decode(element.get("href").split(",")[1]))) as image:
        dots = np.array(image)
    assert len(np.flatnonzero(dots[:, :, 3].any(axis=1))) == 1  # a level line
    assert {tuple(dot) for dot in dots[dots[:, :, 3] > 0]} == {(230, 159, 0, 255)}


def test_numbers_lie_on_their_colours_and_the_chosen_row_is_white_on_dark():
    numbers = Numbers("", np.array([[0.0, 1.0]]), limits=(0, 1))
    table = Table("layers", ("layer", "learns"), (("conv1", "156"),), 0)
    root = parsed(Scene("", (numbers, table)))
    fills = [rect.get("fill") for rect in root.iter(f"{SVG}rect")]
    assert fills == ["#ffffff", "#210842", "#ffee6e", "#1c1c1c"]
    inks = {element.text.strip(): element.get("fill") for element in root.iter(f"{SVG}text")}
    assert (inks["0"], inks["1"]) == ("#ffffff", "#000000")
    assert inks["▶ conv1     156"] == "#ffffff"


@pytest.mark.parametrize("width", [36, 80, 160])
def test_columns_stand_beside_each_other_and_on_the_paper(width):
    table = Table("layers", ("layer", "learns"), (("conv1", "156"),))
    maps = Maps("maps", np.zeros((3, 28, 28)))
    root = parsed(Scene("", (Columns(((table,), (maps,))), Text("below", ("text",)))), width)
    places = {element.text.split("  ")[0]: element for element in root.iter(f"{SVG}text")}
    xs, ys = ({key: float(e.get(side)) for key, e in places.items()} for side in "xy")
    assert (ys["layers"] == ys["maps"]) == (width > 36)
    assert xs["maps"] > xs["layers"] or width == 36
    assert max(ys, key=ys.get) == "text"
    for element, _ in pictures(root):
        x, wide = float(element.get("x")), float(element.get("width"))
        assert x + wide <= float(root.get("width"))


def test_the_palettes_of_the_screen_are_those_of_the_file():
    panel = Map("", np.array([[1.0]]), "weights", limits=(-1, 1))
    scene = Scene("", (panel,))
    found = []
    for family in FAMILIES:
        ((_, dots),) = pictures(ElementTree.fromstring(svg(scene, 80, family)))
        found.append(tuple(dots[-1, 0]))
    assert found == [palette_of("weights", True, family).truecolor[62] for family in FAMILIES]


def test_any_other_panel_is_drawn_with_letters():
    scene = Scene(
        "all",
        (
            Chart("loss", (Series("", np.arange(2), np.array([2.0, 1.0])),)),
            Bars("read as 2", ("1", "2"), np.array([0.1, 0.9]), 1),
            Maps("conv1", np.ones((2, 4, 4))),
        ),
    )
    assert {"loss", "read as 2"} <= {word.split("  ")[0] for word in words(parsed(scene))}
