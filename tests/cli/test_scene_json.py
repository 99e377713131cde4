"""A scene as JSON: nothing of it is missing, and every number is exactly what it was."""

import json
from dataclasses import fields
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tuiconv.arithmetic.extents import Extent
from tuiconv.cli.scene_json import panel_json, scene_json
from tuiconv.lessons.filters_view import FiltersView
from tuiconv.lessons.scene import (
    Bars,
    Boxes,
    Canvas,
    Chart,
    Columns,
    Confusion,
    Diagram,
    Frame,
    Map,
    Maps,
    Numbers,
    Panel,
    Pixels,
    Scene,
    Series,
    Signed,
    Source,
    Sweep,
    Table,
    Text,
    UnitRow,
)

GRID = np.array([[0.1, -2.5], [1e-7, 3]], np.float32)
PANELS = (
    Pixels("p", np.array([[[1, 2, 3]]], np.uint8), frames=(Frame((0, 0), (0, 0)),)),
    Signed("s", GRID, limits=(-3.0, 3.0)),
    Maps("m", GRID[np.newaxis], "weights", (-1.0, 1.0), chosen=0, key="maps"),
    Map("o", GRID, frames=(Frame((-1, 0), (1, 1)),)),
    Numbers("n", GRID, chosen=(1, 0)),
    Chart("c", (Series("loss", np.arange(2), np.array([0.5, 0.25])),), (0.0, 1.0)),
    Bars("b", ("0", "1"), np.array([0.25, 0.75]), 1),
    Table("t", ("layer", "units"), (("fc1", "84"),), 0, "layers"),
    Confusion("k", ("0", "1"), np.array([[3, 1], [0, 4]])),
    Text("x", ("a line",)),
    Diagram("d", (UnitRow("input", "1", (0.0,)),), (0, None), ("old", "new", "left over")),
    Canvas("i", np.array([[0, 255]], np.uint8), np.array([[0, 128]], np.uint8), (0, 1), True),
    Source("u", "INPUT(1,8,8) ->", 15),
    Boxes("x", ((Extent(-1.5, 3.5), Extent(0.0, 5.0)),), (8, 8)),
    Sweep("w", np.zeros((2, 6), np.uint8), ("0", "none"), GRID, 4, (0, 1), ((0.5, "0"),)),
)


def read_back(panel):
    """The panel as another program sees it."""
    return json.loads(json.dumps(panel_json(panel), allow_nan=False))


def test_a_map_has_its_numbers_its_shape_and_what_is_pointed_at():
    assert read_back(PANELS[3]) == {
        "kind": "map",
        "title": "o",
        "values": [[float(np.float32(0.1)), -2.5], [float(np.float32(1e-7)), 3.0]],
        "shape": [2, 2],
        "quantity": "activations",
        "limits": None,
        "frames": [{"first": [-1, 0], "last": [1, 1]}],
        "key": "",
    }


def test_a_chart_has_its_curves_and_a_table_its_texts():
    (series,) = read_back(PANELS[5])["series"]
    assert (series["label"], series["x"], series["y"]) == ("loss", [0, 1], [0.5, 0.25])
    table = read_back(PANELS[7])
    assert (table["rows"], table["chosen"]) == ([["fc1", "84"]], 0)


def test_every_kind_of_panel_is_tried_here():
    assert {type(panel) for panel in PANELS} == set(get_args(Panel))


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: type(panel).__name__)
def test_every_field_of_a_panel_is_there_and_described(panel):
    names = {field.name for field in fields(panel)}
    entry = read_back(panel)
    assert set(entry) - {"shape"} == names | {"kind"}
    described = " ".join(scene_json.__doc__.split())
    kind = entry["kind"]
    assert f" {kind}: " in described
    for name in names - {"title", "key"}:
        assert name in described.split(f" {kind}: ")[1].split(". ")[0], name


def test_columns_are_lists_of_panels():
    entry = panel_json(Columns((PANELS[:2], PANELS[2:3])))
    assert entry["kind"] == "columns"
    assert [[panel["title"] for panel in column] for column in entry["columns"]] == [
        ["p", "s"],
        ["m"],
    ]


@given(
    arrays.arrays(
        st.sampled_from([np.float32, np.float64]),
        arrays.array_shapes(min_dims=2, max_dims=2, min_side=0, max_side=4),
    )
)
def test_every_number_is_read_back_as_it_was(values):
    entry = read_back(Map("m", values))
    again = np.array(entry["values"], values.dtype).reshape(entry["shape"])
    assert np.array_equal(again, values, equal_nan=True)


def test_what_is_no_number_is_told_in_words():
    entry = read_back(Bars("b", ("a", "b", "c"), np.array([np.nan, np.inf, -np.inf]), None))
    assert entry["values"] == ["NaN", "Infinity", "-Infinity"]


def test_a_scene_says_what_it_is_and_how_to_get_it():
    view = FiltersView("edge-4", pixel=(3, 4))
    scene = Scene("title", PANELS, ("edge-4",), ("A sentence.",), ("filter2d",))
    entry = scene_json("filters", view, scene)
    assert entry["command"] == "tuiconv show filters --filter=edge-4 --pixel=3,4"
    assert entry["view"]["pixel"] == (3, 4)
    assert (entry["title"], entry["path"]) == ("title", ["edge-4"])
    assert (entry["help"], entry["code"]) == (["A sentence."], ["filter2d"])
    assert len(entry["panels"]) == len(PANELS)
