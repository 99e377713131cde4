import re
from dataclasses import replace

import numpy as np
import pytest

from tuiconv.lessons.dynamic.lesson import DynamicLesson
from tuiconv.lessons.dynamic.pyramid import AT_FIRST, LENGTHS, Pyramid, middle, network
from tuiconv.lessons.dynamic.view import DynamicView
from tuiconv.lessons.scene import Diagram, Text

NAMES = [layer.name for layer in network().spec]


@pytest.fixture(scope="module")
def lesson():
    return DynamicLesson()


def scene_of(lesson, **settings):
    return lesson.scene(lesson.settled(DynamicView(**settings)))


def diagram(scene):
    return next(panel for panel in scene.leaves if isinstance(panel, Diagram))


def lines(scene):
    return [
        line
        for panel in scene.leaves
        if isinstance(panel, Text)
        for line in (panel.title, *panel.lines)
    ]


def test_ten_inputs_become_eight_four_two_and_one_and_four_more_give_four_two_two_and_one(lesson):
    assert scene_of(lesson).title == "10 → 8 → 4 → 2 → 1"
    assert scene_of(lesson, length=14).title == (
        "14 → 12 → 6 → 4 → 2: +4 inputs give +4, +2, +2, +1"
    )
    rows = diagram(scene_of(lesson, length=14)).rows
    assert [row.name for row in rows] == NAMES
    assert [row.note.split() for row in rows] == [
        ["14", "+4"], ["12", "+4"], ["6", "+2"], ["4", "+2"], ["2", "+1"],
    ]  # fmt: skip
    assert [row.old for row in rows] == [10, 8, 4, 2, 1]


def test_the_first_numbers_by_hand():
    values = Pyramid(10).values
    # conv1: 0.5·3 + 1·1 + 0.5·4 − 1 = 3.5 and 0.5·1 + 1·4 + 0.5·1 − 1 = 4; their pool keeps 4
    assert values[1][:2].tolist() == [3.5, 4.0]
    assert values[2].tolist() == [4.0, 9.0, 11.5, 8.5]
    # conv2: 4 − 9 + 11.5 + 0.5 = 7 and 9 − 11.5 + 8.5 + 0.5 = 6.5
    assert values[3].tolist() == [7.0, 6.5]
    assert values[4].tolist() == [7.0]


@pytest.mark.parametrize("length", range(AT_FIRST, LENGTHS[1] + 1))
def test_there_is_one_answer_more_for_every_four_inputs_and_the_network_gives_them(length):
    pyramid = Pyramid(length)
    assert len(pyramid.values[-1]) == (length - 10) // 4 + 1
    x = pyramid.values[0].reshape(1, 1, 1, -1)
    np.testing.assert_array_equal(network()(x).ravel(), pyramid.values[-1])


def test_what_was_there_stays_as_it_was_when_inputs_are_added():
    short, long = Pyramid(10).values, Pyramid(30).values
    for before, after in zip(short, long, strict=True):
        np.testing.assert_array_equal(after[: len(before)], before)


def test_the_network_with_a_flatten_stops_where_a_second_answer_arrives(lesson):
    stops = [length for length in range(10, 31) if Pyramid(length).flat_error]
    assert stops == list(range(14, 31))
    assert "1×1×1 = 1 numbers were expected, 1×1×2 = 2 arrive" in Pyramid(14).flat_error
    told = lines(scene_of(lesson, length=14))
    assert "conv and pool alone: 2 answers" in told
    assert "then FLATTEN -> FC(3): stops" in told
    assert "expects 1×1 = 1 number, 1×2 = 2 arrive" in told
    assert any("shapes cannot be multiplied (1x2 and 1x3)" in line for line in told)
    assert "then FLATTEN -> FC(3): goes on" in lines(scene_of(lesson, length=13))


@pytest.mark.parametrize(("length", "counts"), [(9, "9 → 7 → 3 → 1"), (3, "3 → 1"), (1, "1")])
def test_below_ten_inputs_the_layer_that_has_no_room_says_so(lesson, length, counts):
    scene = scene_of(lesson, length=length)
    assert scene.title.startswith(f"{counts}, and no further")
    assert any("the window does not fit the length: floor((" in line for line in lines(scene))
    assert len(diagram(scene).rows) == 5


def test_units_left_over_are_told(lesson):
    (told,) = [line for line in lines(scene_of(lesson, length=13, layer="conv2")) if "○" in line]
    assert told == "1 left over at the end (○): no window of pool2 reaches it"
    assert not [line for line in lines(scene_of(lesson, length=14, layer="conv2")) if "○" in line]


@pytest.mark.parametrize("length", [10, 13, 19])
def test_what_a_unit_sees_and_reaches_is_what_a_number_that_is_none_spreads_to(length):
    pyramid = Pyramid(length)
    for place, layer in enumerate(pyramid.spec):
        for unit in range(pyramid.count(layer.name)):
            spread = pyramid.values[place].copy().reshape(1, 1, 1, -1)
            spread[..., unit] = np.nan
            reached = {layer.name: (unit, unit)}
            for each in network().layers[place:]:
                spread = each.forward(spread)
                hit = np.flatnonzero(np.isnan(spread))
                if len(hit):
                    reached[each.name] = int(hit[0]), int(hit[-1])
            seen = pyramid.seen(layer.name, unit)
            behind = {name: seen[name] for name in NAMES[place:] if name in seen}
            assert behind == reached
            inputs = seen["input"]
            assert sum(inputs) / 2 == middle(layer, unit)


@pytest.mark.parametrize("length", [10, 14])
def test_every_unit_is_the_sum_or_the_larger_number_that_is_shown(lesson, length):
    for layer in network().spec:
        for unit in range(Pyramid(length).count(layer.name)):
            scene = scene_of(lesson, length=length, layer=layer.name, unit=unit, depth="number")
            if layer.name != "input":
                assert any(line.endswith("difference 0") for line in lines(scene))
            told = float(scene.title.split(" = ")[1].replace("−", "-"))
            assert told == Pyramid(length).values[NAMES.index(layer.name)][unit]


def test_a_sum_is_written_with_all_its_terms(lesson):
    scene = scene_of(lesson, length=14, layer="conv2", unit=2, depth="number")
    assert "11.5 + (−8.5) + 9.5 + 0.5 = 13" in lines(scene)
    assert scene.path == ("conv2[2]", "sum")


def test_a_unit_knows_where_on_the_inputs_it_looks(lesson):
    scene = scene_of(lesson, length=14, layer="conv2", unit=2, depth="map")
    told = lines(scene)
    assert "begins at 2·2 = 4" in told
    assert "ends at 4 + 8 − 1 = 11" in told
    assert "sees input[4] to [11]" in told
    assert "reaches pool2[1]" in told
    assert diagram(scene).rows[0].marked == (4, 11)


def test_arrow_keys_change_the_length_and_further_in_the_unit(lesson):
    view = lesson.settled(DynamicView())
    assert lesson.moved(view, 0, 1).length == 11
    assert lesson.moved(lesson.moved(view, 0, -1), 0, -1).length == 8
    assert lesson.moved(replace(view, length=1), 0, -1).length == 1
    assert lesson.moved(replace(view, length=30), 0, 1).length == 30
    assert lesson.moved(view, 1, 0).layer == "conv2"
    assert lesson.moved(view, -1, 0).layer == "pool2"
    inside = lesson.deeper(replace(view, layer="pool1"))
    assert lesson.settled(lesson.moved(inside, 0, 1)).unit == 1
    assert lesson.settled(lesson.moved(inside, 0, -1)).unit == 0
    assert lesson.moved(inside, 1, 0).layer == "conv1"
    assert lesson.outer(lesson.outer(lesson.deeper(inside))).depth == "overview"


def test_where_a_layer_has_no_units_the_last_that_has_some_is_looked_into(lesson):
    view = lesson.settled(DynamicView(length=7, layer="pool2", depth="map"))
    assert view.layer == "pool1"
    assert lesson.moved(view, -1, 0).layer == "pool1"
    for depth in ("overview", "map", "number"):
        for length in (1, 2, 3, 7, 9, 30):
            for layer in NAMES:
                assert scene_of(lesson, length=length, layer=layer, unit=99, depth=depth).leaves


def test_a_unit_that_is_clicked_is_looked_into(lesson):
    view = lesson.settled(DynamicView(length=14))
    clicked = lesson.pointed(view, "units", (3, 2))
    assert (clicked.layer, clicked.unit, clicked.depth) == ("conv2", 2, "map")
    assert lesson.pointed(clicked, "units", (1, 0)) == replace(clicked, layer="conv1", unit=0)
    assert lesson.pointed(clicked, "units", (3, 2)).depth == "number"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"length": 0}, "length 0; expected 1 to 30"),
        ({"length": 31}, "length 31; expected 1 to 30"),
        ({"layer": "conv3"}, 'no layer is called "conv3"'),
        ({"show": "both"}, "show"),
        ({"depth": "deep"}, "depth"),
        ({"range": "2:1"}, "LOW:HIGH with LOW below HIGH"),
    ],
)
def test_a_wrong_setting_is_told(lesson, settings, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        lesson.settled(DynamicView(**settings))
