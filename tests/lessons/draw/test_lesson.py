"""The lesson as values: what keys and mouse make of a view, and what is shown of it."""

import numpy as np
import pytest

from tuiconv.errors import RequestError
from tuiconv.lessons.draw import moves
from tuiconv.lessons.draw.drawing import pixels, read
from tuiconv.lessons.draw.lesson import within
from tuiconv.lessons.draw.templates import template
from tuiconv.lessons.draw.view import DrawView
from tuiconv.lessons.network.digits import exact
from tuiconv.lessons.scene import Bars, Canvas, Maps, Pixels, Text


def panel(scene, kind):
    return next(each for each in scene.leaves if isinstance(each, kind))


def test_the_pen_draws_where_it_goes_when_it_is_down_and_not_when_it_is_up(press, view):
    view = press(view, "l l _ r r d _ D _ R")
    assert view.ink == "12,6 14,6 14,7 | 14,11 18,11"
    assert (view.pen, view.down) == ((11, 18), True)


def test_at_the_edge_the_pen_stays_and_draws_no_further(press, view):
    view = press(view, "U U U _ U l l")
    assert view.pen == (0, 12)
    assert view.ink == "14,0 12,0"


def test_a_stroke_is_taken_back_and_the_canvas_is_cleared(lesson, press, view):
    view = press(view, "_ R _ d _ L _")
    assert view.ink == "14,6 18,6 | 18,7 14,7"
    view = lesson.settled(moves.taken_back(lesson, view))
    assert view.ink == "14,6 18,6"
    again = lesson.settled(moves.cleared(lesson, view))
    assert (again.ink, again.template) == ("", None)
    assert lesson.settled(moves.taken_back(lesson, view)).ink == ""


def test_templates_follow_each_other_both_ways_round_with_a_stroke_to_move(lesson, view):
    seen = []
    for _ in range(11):
        view = lesson.settled(moves.next_template(lesson, view, 1))
        seen.append((view.template, view.stroke, view.ink))
    assert seen == [(digit % 10, 0, "") for digit in range(11)]
    assert moves.next_template(lesson, view, -1).template == 9
    assert moves.next_template(lesson, DrawView(), -1).template == 9


def test_the_chosen_stroke_moves_alone(lesson):
    view = lesson.settled(DrawView(template=7, stroke=0))
    view = lesson.settled(lesson.moved(view, 3, -1))
    bar, leg = read(view.ink)
    assert leg == template(7)[1]
    assert bar == tuple((round(x - 1, 1), round(y + 3, 1)) for x, y in template(7)[0])


def test_strokes_are_chosen_one_after_the_other_and_then_the_pen(lesson):
    view = lesson.settled(DrawView(template=4, down=True))
    chosen = []
    for _ in range(4):
        view = lesson.settled(moves.next_stroke(lesson, view))
        chosen.append(view.stroke)
    assert chosen == [0, 1, 2, None]
    assert moves.next_stroke(lesson, lesson.settled(DrawView())).stroke is None


def test_of_a_digit_the_chosen_stroke_can_be_taken_away(lesson):
    view = lesson.settled(DrawView(template=4, stroke=1))
    strokes = read(lesson.settled(moves.taken_back(lesson, view)).ink)
    assert strokes == (template(4)[0], template(4)[2])


def test_a_mouse_draws_a_stroke_from_where_it_is_pressed(drag, view):
    view = drag(view, [(4.5, 3), (4.5, 10), (12.5, 10.2)])
    assert view.ink == "3,4.5 10,4.5 10.2,12.5"
    assert view.pen == (12, 10)
    assert drag(view, [(20.0, 20.0)]).ink == f"{view.ink} | 20,20"


def test_a_mouse_takes_hold_of_the_stroke_under_it_where_one_is_chosen(lesson):
    view = lesson.settled(DrawView(template=7, stroke=0))
    held = moves.pressed(lesson, view, (18.0, 15.5))
    assert held.stroke == 1
    assert moves.pressed(lesson, view, (26.0, 2.0)) == view
    moved = lesson.settled(moves.stroke_moved(lesson, held, 0.4, -2.5))
    assert read(moved.ink)[0] == template(7)[0]
    x, y = template(7)[1][0]
    assert read(moved.ink)[1][0] == (round(x - 2.5, 1), round(y + 0.4, 1))


def test_the_pen_gets_broader_and_thinner_within_bounds(lesson, view):
    thick = [2.4]
    for _ in range(12):
        view = lesson.settled(moves.thicker(lesson, view, 1))
        thick.append(view.thickness)
    assert thick[:3] == [2.4, 2.8, 3.2]
    assert thick[-1] == 6
    with pytest.raises(RequestError, match=r"thickness 0\.5; expected 1 to 6 pixels"):
        lesson.settled(DrawView(thickness=0.5))


def test_the_scene_has_the_canvas_and_the_picture_and_scores_of_the_network(lesson):
    view = lesson.settled(DrawView(template=4, stroke=1))
    scene, on = lesson.scene(view), lesson.inside(view)
    canvas = panel(scene, Canvas)
    assert (canvas.ink == pixels(template(4), 2.4)).all()
    assert (canvas.chosen == pixels(template(4)[1:2], 2.4)).all()
    assert (panel(scene, Pixels).pixels == on.passing.pixels[0]).all()
    assert (panel(scene, Bars).values == on.passing.probabilities).all()
    assert scene.title == "lenet5 reads 4, p = 0.9999"
    assert panel(scene, Text).lines[1] == "longer side 20"


def test_every_layer_is_shown_as_the_network_computes_it(lesson):
    view = lesson.settled(DrawView(template=2))
    scene, net = lesson.scene(view), lesson.model(view).net
    walls = [each for each in scene.leaves if isinstance(each, Maps)]
    assert [wall.title for wall in walls] == [layer.name for layer in net.spec.layers[1:-1]]
    seen = panel(scene, Pixels).pixels[np.newaxis, np.newaxis]
    trace = net.forward(net.checked(net.preprocessing(seen)))
    for wall, array in zip(walls, trace[1:-1], strict=True):
        assert (wall.maps.ravel() == array.ravel()).all()


def test_of_a_changed_digit_the_title_says_what_it_was_read_as(lesson):
    view = lesson.settled(DrawView(template=7, stroke=0))
    for _ in range(2):
        view = lesson.settled(moves.far(lesson, view, 1, 0))
    assert lesson.scene(view).title.endswith("; before as 7, p = 0.9999")


def test_without_ink_the_canvas_says_how_to_draw(lesson, view):
    scene = lesson.scene(view)
    assert scene.title == "Nothing is drawn yet: drag the mouse, or space and arrows."
    assert panel(scene, Text).lines == ("There is no ink.",)


def test_a_map_and_a_unit_of_the_drawing_are_those_of_the_network_lesson(lesson):
    view = lesson.settled(DrawView(template=9, layer="conv2", map=3))
    for depth in ("map", "number"):
        view = lesson.settled(lesson.deeper(view))
        assert view.depth == depth
    scene, on = lesson.scene(view), lesson.inside(view)
    assert scene.title == on.scene(within(view)).title
    value = on.passing.activations[4][0][3][view.unit]
    assert scene.title == f"conv2[3, {view.unit[0]}, {view.unit[1]}] = {exact(float(value))}"
    assert lesson.outer(lesson.outer(view)).depth == "overview"


def test_layers_and_maps_are_chosen_by_keys_and_by_the_mouse(lesson):
    view = lesson.settled(DrawView(template=9))
    view = lesson.settled(moves.next_layer(lesson, view, 3))
    view = lesson.settled(moves.next_map(lesson, view, 2))
    assert (view.layer, view.map) == ("conv2", 2)
    view = lesson.settled(lesson.pointed(view, "wall:pool1:0", (4,)))
    assert (view.layer, view.map, view.depth) == ("pool1", 4, "overview")
    view = lesson.settled(lesson.pointed(view, "wall:pool1:0", (4,)))
    assert (view.layer, view.map, view.depth) == ("pool1", 4, "map")
    assert lesson.pointed(DrawView(), "canvas", (3, 4)) == DrawView()


def test_of_very_many_maps_some_are_shown_with_the_chosen_one(lesson):
    model = "INPUT(1,32,32) -> CONV(140,3) -> FC(3)"
    view = lesson.settled(DrawView(template=3, model=model, layer="conv1", map=120))
    wall = panel(lesson.scene(view), Maps)
    assert wall.title == "conv1, 29 of 140 maps"
    # of 200,000 cells half are for either layer, which is enough for 111 maps of 30×30
    assert (len(wall.maps), wall.origin, wall.chosen) == (29, 111, 9)
    view = lesson.settled(lesson.pointed(view, wall.key, (3,)))
    assert (view.map, view.depth) == (114, "overview")


def test_another_network_reads_the_same_drawing(lesson):
    view = lesson.settled(DrawView(template=9, layer="conv2", map=3))
    other = lesson.settled(moves.next_model(lesson, view))
    assert (other.model, other.layer, other.template) == ("lecture-lenet", "conv1", 9)
    assert lesson.scene(lesson.settled(lesson.deeper(other))).path[0] == "conv1"


def test_what_a_view_counts_is_what_there_is(lesson):
    view = lesson.settled(DrawView(template=4, layer="conv2"))
    assert lesson.counts(view) == {
        "template": (10,), "pen": (28, 28), "stroke": (3,), "map": (16,), "unit": (10, 10),
    }  # fmt: skip


def test_what_is_out_of_bounds_is_brought_back(lesson):
    view = lesson.settled(DrawView(template=12, stroke=40, pen=(99, -3), down=True))
    assert (view.template, view.stroke, view.pen, view.down) == (9, 1, (27, 0), False)
    assert lesson.settled(DrawView(stroke=2)).stroke is None


@pytest.mark.parametrize(
    ("view", "words"),
    [
        (DrawView(ink="8"), 'ink: "8" is no point'),
        (DrawView(range="2:1"), "LOW:HIGH"),
        (DrawView(layer="conv9"), "conv9"),
        (DrawView(model="lenet"), "no network is called"),
        (DrawView(depth="deep"), "depth"),
        (DrawView(field="felt"), "field"),
    ],
)
def test_what_there_is_not_is_refused(lesson, view, words):
    with pytest.raises(RequestError, match=words):
        lesson.settled(view)
