import json

import numpy as np
import pytest
from PIL import Image

from tuiconv.data.strokes import draw_digits
from tuiconv.nn.network import Network


@pytest.fixture
def model(tiny):
    Network.parse(tiny, seed=1).save("net.safetensors")
    return "net.safetensors"


@pytest.fixture
def one():
    """A black bar on white paper, one.png."""
    pixels = np.full((60, 50), 255, np.uint8)
    pixels[10:50, 22:28] = 0
    Image.fromarray(pixels).save("one.png")
    return "one.png"


def test_as_json_a_line_a_picture(tuiconv, model, one, photo):
    done = tuiconv("predict", model, one, "photo.png", "--json")
    assert (done.status, done.err) == (0, "")
    first, second = map(json.loads, done.out.splitlines())
    assert (first["image"], second["image"]) == ("one.png", "photo.png")
    assert (first["inverted"], first["empty"]) == (True, False)
    assert np.shape(first["seen"]) == np.shape(second["seen"]) == (1, 32, 32)
    probabilities = [guess["probability"] for guess in first["guesses"]]
    assert len(probabilities) == 3
    assert probabilities == sorted(probabilities, reverse=True)


def test_the_text_shows_what_was_seen_and_the_top_three(tuiconv, model, one):
    (told,) = map(json.loads, tuiconv("predict", model, one, "--json").out.splitlines())
    done = tuiconv("predict", model, one)
    assert (done.status, done.err) == (0, "")
    best = told["guesses"][0]
    assert done.out.startswith(f"one.png: {best['name']} ({best['probability']:.1%})")
    assert "picture: 50×60 L" in done.out
    assert "seen: 32×32, inverted" in done.out
    for guess in told["guesses"]:
        assert f"{guess['probability']:.3f}" in done.out


def test_an_empty_picture_is_said_to_be_empty(tuiconv, model):
    Image.new("RGB", (9, 9), "white").save("white.png")
    assert "nothing but ground" in tuiconv("predict", model, "white.png").out


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"])
def test_pictures_of_any_mode_are_read(tuiconv, model, one, mode):
    with Image.open(one) as image:
        image.convert(mode).save("mode.tif") if mode != "I;16" else Image.fromarray(
            np.array(image).astype(np.uint16) * 257
        ).save("mode.tif")
    plain, other = (
        json.loads(tuiconv("predict", model, name, "--json").out) for name in (one, "mode.tif")
    )
    assert other["inverted"]
    assert np.abs(np.subtract(other["seen"], plain["seen"])).max() <= 1


def test_what_had_to_be_changed_on_reading_is_noted(tuiconv, model, one):
    with Image.open(one) as image:
        image.convert("CMYK").save("inks.tif")
    done = tuiconv("predict", model, "inks.tif")
    assert done.status == 0
    assert done.err.startswith("note: inks.tif: a picture in CMYK")


def test_a_picture_that_cannot_be_read_is_named_before_anything_is_printed(
    refused, tuiconv, folder, model, one
):
    (folder / "text.png").write_text("no picture")
    assert "text.png: not a picture in a known format" in refused(1, "predict", model, "text.png")
    assert tuiconv("predict", model, one, "missing.png").out == ""
    assert "missing.png: no such file" in refused(1, "predict", model, one, "missing.png")


def test_what_is_no_model_for_pictures_is_refused(refused, folder, one):
    (folder / "text").write_text("not a network")
    assert "not a whole safetensors file" in refused(1, "predict", "text", one)
    assert "there is no such file" in refused(1, "predict", "missing", one)
    Network.parse("INPUT(2,8,8) -> FC(10)").save("two.safetensors")
    assert "2 channels; pictures have 1 or 3" in refused(2, "predict", "two.safetensors", one)


@pytest.fixture
def line():
    """Ten stroke digits in a row, dark on bright and three times as large: line.png."""
    rng = np.random.default_rng(0)
    images, labels = draw_digits(10, rng)
    parts = []
    for digit in images[:, 0]:
        ink = np.flatnonzero(digit.max(axis=0) >= 64)
        gap = int(rng.integers(3, 13))
        parts.append(np.pad(digit[:, ink[0] : ink[-1] + 1], ((0, 0), (0, gap))))
    pixels = np.kron(255 - np.concatenate(parts, axis=1), np.ones((3, 3), np.uint8))
    Image.fromarray(pixels).save("line.png")
    return "".join(str(label) for label in labels)


def test_several_digits_are_read_out_with_their_places(tuiconv, line):
    told = json.loads(tuiconv("predict", "lenet5", "line.png", "--json").out)
    assert told["text"] == line == "".join(digit["name"] for digit in told["digits"])
    places = [digit["x"] for digit in told["digits"]]
    with Image.open("line.png") as image:
        ink = np.array(image)[:, np.array(places).astype(int)] < 128
        assert 0 < places[0] < places[-1] < image.width
    assert places == sorted(places)
    assert ink.any(axis=0).sum() >= 8  # a digit's middle may be a hole, but seldom is
    assert told["inverted"]
    assert np.shape(told["seen"])[:2] == (1, 32)
    done = tuiconv("predict", "lenet5", "line.png")
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith(f"line.png: {line}\n")
    rows = [row.split() for row in done.out.splitlines()]
    for digit in told["digits"]:
        shown = f"{digit['probability']:.1%}"
        assert [digit["name"], f"{digit['x']:.0f}", shown] in rows


def test_a_picture_that_is_too_long_for_a_line_is_taken_for_one_digit(tuiconv):
    pixels = np.zeros((20, 30_000), np.uint8)
    pixels[9:11, ::5] = 255
    Image.fromarray(pixels).save("long.png")
    done = tuiconv("predict", "lenet5", "long.png", "--json")
    assert done.status == 0
    assert done.err.startswith("note: long.png: a line ")
    assert done.err.endswith("at most 8,192 can be read; it is taken for one digit\n")
    assert json.loads(done.out)["digits"] == []


def test_a_single_digit_is_read_as_ever_by_the_network_that_comes_with_the_program(tuiconv, one):
    told = json.loads(tuiconv("predict", "lenet5", one, "--json").out)
    assert (told["text"], told["digits"]) == ("1", [])
    assert told["guesses"][0]["name"] == "1"
    assert np.shape(told["seen"]) == (1, 32, 32)


def test_a_network_without_a_class_none_reads_one_digit_however_wide_the_picture(
    tuiconv, model, line
):
    told = json.loads(tuiconv("predict", model, "line.png", "--json").out)
    assert told["digits"] == []
    assert len(told["guesses"]) == 3


def test_a_picture_must_be_named(refused, model):
    assert "Missing argument 'IMAGE...'" in refused(2, "predict", model)
