from itertools import pairwise

import pytest

from tuiconv.arithmetic import PRESETS, summarize
from tuiconv.lessons.arithmetic.reading import read


def names(reading):
    return reading.spec and [layer.name for layer in reading.spec]


def test_a_name_is_read_as_its_text_and_a_text_as_itself():
    assert read(" lenet5 ").text == PRESETS["lenet5"]
    assert read("lenet5").whole == summarize("lenet5") == read(PRESETS["lenet5"]).whole
    assert read(PRESETS["lenet5"]).name == ""


@pytest.mark.parametrize(
    ("text", "before", "at"),
    [
        ("INPUT(1,8,8) -> CONV(2,3) -> POO", ["input", "conv1"], "POO"),
        ("INPUT(1,8,8) -> CONV(2,3) -> [RELU -> PUUL", ["input", "conv1", "relu1"], "PUUL"),
        ("INPUT(1,8,8) -> RES[CONV(1,3,pad=1) -> RELU | CO", ["input", "conv1", "res1"], "CO"),
        ("INPUT(1,8,8) -> CONV(2,3) -> CONV(2,7) -> RELU", ["input", "conv1"], "CONV(2,7)"),
        ("INPUT(1,8,8) -> [CONV(2,3)]*N -> RELU", ["input"], "N -> RELU"),
        ("INPUT(1,8,8) # the image\n-> RELU -> !", ["input", "relu1"], "!"),
        ("CONV(2,3)", None, "CONV"),
        ("", None, ""),
    ],
)
def test_of_a_text_that_goes_wrong_the_layers_before_are_read_and_the_place_is_told(
    text, before, at
):
    reading = read(text)
    assert names(reading) == before
    assert reading.whole is None
    assert reading.error.at == text.rindex(at)


def test_while_a_text_is_written_the_layers_so_far_are_always_there():
    text = PRESETS["unet"]
    counts = [0]
    for end in range(15, len(text) + 1, 7):
        reading = read(text[:end])
        assert reading.spec is not None or end < len("INPUT(1,512,512)")
        counts.append(len(reading.spec or ()))
    assert counts[-1] > 40
    assert all(later >= before - 1 for before, later in pairwise(counts))


def test_a_name_that_is_none_is_an_error_at_no_place():
    reading = read("lenet6")
    assert (reading.spec, reading.error.at) == (None, None)
    assert "did you mean lenet5?" in str(reading.error)
