import json

import numpy as np
import pytest

from tuiconv.cli.filter_json import filter_entry
from tuiconv.images.apply import Settings, filter_picture
from tuiconv.images.filters.catalog import FILTERS
from tuiconv.images.filters.filter import Magnitude, NamedFilter
from tuiconv.images.pictures import Picture
from tuiconv.lessons.filter_terms import explain

GREY = Picture(np.array([[10, 20, 30], [40, 50, 60], [70, 80, 93]], np.uint8), "L")
LEFT = NamedFilter("left", np.array([[1.0, 0, -1]]), "Slopes.", "[1 0 −1]", bias=2)


def entry(picture, filters, at=None, **how):
    settings = Settings(**how)
    filtered = filter_picture(picture, filters, settings)
    terms = None if at is None else explain(filtered, *at)
    told = filter_entry("a.png", picture, filtered, filters, settings, terms)
    assert json.loads(json.dumps(told, allow_nan=False)).keys() == told.keys()
    return told


def test_an_entry_tells_what_was_done_and_what_came_of_it():
    # 10 − 30, 40 − 60 and 70 − 93, plus 2
    assert entry(GREY, (LEFT,), edge="zero", stride=(1, 2), padding=(0, 0)) == {
        "image": "a.png",
        "before": {
            "mode": "L",
            "width": 3,
            "height": 3,
            "minimum": 10,
            "maximum": 93,
            "mean": pytest.approx(453 / 9),
        },
        "filters": [
            {
                "name": "left",
                "description": "Slopes.",
                "formula": "[1 0 −1]",
                "size": [1, 3],
                "kernels": {"": [[1, 0, -1]]},
                "bias": 2,
                "zero_sum": False,
                "stride": [1, 2],
                "padding": [0, 0],
                "output": [3, 1],
            }
        ],
        "flipped": False,
        "edge": "zero",
        "range": "clamp",
        "scale": {"factor": 1, "offset": 0, "magnitude": False, "most": 255},
        "sums": {
            "minimum": -21,
            "maximum": -18,
            "mean": -19,
            "below": 3,
            "above": 0,
            "clipped_pixels": 3,
            "pixels": 3,
            "numbers": 3,
        },
        "after": {
            "mode": "L",
            "width": 1,
            "height": 3,
            "minimum": 0,
            "maximum": 0,
            "mean": 0,
        },
        "output": None,
    }


def test_alpha_is_no_colour():
    half = Picture(np.array([[[100, 0], [50, 255]]], np.uint8), "LA")
    told = entry(half, (FILTERS["identity"],))
    for which in ("before", "after"):
        assert (told[which]["minimum"], told[which]["maximum"]) == (50, 100)


def test_every_filter_of_a_row_has_the_padding_that_it_took():
    both = Magnitude("both", LEFT, NamedFilter("right", -LEFT.kernel, ""), "Slopes.")
    first, second = entry(GREY, (FILTERS["gaussian-5x5"], both), stride=(2, 1))["filters"]
    assert (first["padding"], first["output"]) == ([2, 2], [2, 3])
    assert (second["padding"], second["output"]) == ([0, 1], [1, 3])
    assert second["kernels"] == {"x": [[1, 0, -1]], "y": [[-1, 0, 1]]}


def test_the_terms_of_a_pixel_are_there_if_asked_for():
    told = entry(GREY, (LEFT,), at=(2, 0), edge="zero", range="abs")["terms"]
    assert (told["filter"], told["filters_before"], told["mode"]) == ("left", (), "L")
    assert (told["x"], told["y"], told["alpha"]) == (2, 0, None)
    ((channel,), (products,)) = told["channels"], told["channels"][0]["sums"]
    assert (channel["sum"], channel["stored"], channel["difference"]) == (22, 22, 0)
    assert (products["divisor"], products["bias"], products["value"]) == (1, 2, 22)
    assert products["terms"][0] == {
        "row": 0,
        "column": 1,
        "source": (0, 1),
        "colour": 20,
        "opacity": 1,
        "value": 20,
        "weight": 1,
        "product": 20,
        "running": 20,
    }
    black = products["terms"][2]
    assert (black["source"], str(black["product"])) == (None, "0.0")  # 0 times −1 is not −0


def test_flipping_and_the_file_are_told():
    filtered = filter_picture(GREY, (LEFT,))
    told = filter_entry("a.png", GREY, filtered, (LEFT,), Settings(), flipped=True, output="b.png")
    assert (told["flipped"], told["output"]) == (True, "b.png")
