from dataclasses import replace
from typing import get_args

import numpy as np
import pytest

from tuiconv.errors import UserError
from tuiconv.lessons.network import moves
from tuiconv.lessons.network.view import Field, NetworkView, Shown
from tuiconv.lessons.scene import Bars, Map, Maps, Numbers, Table, Text
from tuiconv.lessons.view import Depth
from tuiconv.render.depth import ColorDepth, Display
from tuiconv.render.scene import draw_scene
from tuiconv_kernels import jit, plain


def panels(scene, kind):
    return [panel for panel in scene.leaves if isinstance(panel, kind)]


def text_of(scene):
    """All sentences of a scene."""
    return "\n".join(line for panel in panels(scene, Text) for line in panel.lines)


def test_at_first_the_first_layer_is_seen_on_the_first_image(lesson, view):
    view = lesson.settled(view)
    assert (view.layer, view.map, view.digit, view.unit) == ("conv1", 0, 0, None)
    scene = lesson.scene(view)
    (table,), (wall,), (bars,) = (panels(scene, kind) for kind in (Table, Maps, Bars))
    assert [row[0] for row in table.rows][table.chosen] == "conv1"
    look = lesson.look(view)
    np.testing.assert_array_equal(wall.maps, look.passing.activations[1][0])
    np.testing.assert_array_equal(bars.values, look.passing.probabilities)
    assert bars.marked == lesson.dataset(view).labels[0]


def test_a_settled_view_stays_as_it_is_whatever_is_shown(lesson, images, passing):
    start = NetworkView(model=str(passing.net.spec), data=images)
    for name in {type(layer): layer.name for layer in passing.net.spec}.values():
        for show in get_args(Shown):
            for depth in get_args(Depth):
                view = lesson.settled(replace(start, layer=name, show=show, depth=depth))
                assert lesson.settled(view) == view
                scene = lesson.scene(view)
                assert scene.title
                assert scene.help
                assert len(scene.path) == get_args(Depth).index(view.depth) + (
                    view.depth != "overview"
                )
                for code in scene.code:
                    assert hasattr(plain, code)


def test_the_class_of_no_digit_is_explained_where_there_is_one(lesson, images):
    for model, explained in (("lenet5", True), ("mlp1", False)):
        scene = lesson.scene(lesson.settled(NetworkView(model=model, data=images)))
        assert ("The class none is for images that show no digit." in scene.help) == explained


@pytest.mark.parametrize("field", get_args(Field))
def test_what_every_unit_sees_and_reaches_can_be_drawn(lesson, images, nets, field):
    start = NetworkView(model=nets["branches"], data=images, depth="map", field=field)
    for layer in lesson.model(start).net.spec:
        scene = lesson.scene(lesson.settled(replace(start, layer=layer.name)))
        assert draw_scene(scene, 60, Display(), 30).lines


def test_the_number_proves_that_its_sum_is_the_stored_one(lesson, view):
    view = lesson.settled(replace(view, depth="number", map=1, unit=(2, 3)))
    scene = lesson.scene(view)
    stored = float(lesson.look(view).passing.activations[1][0, 1, 2, 3])
    assert float(scene.title.split(" = ")[1].replace("−", "-")) == pytest.approx(stored, rel=1e-7)
    if jit.ENABLED:
        assert "difference 0" in text_of(scene)
    patch, kernel, products = panels(scene, Numbers)
    assert patch.origin == (2, 3)
    np.testing.assert_array_equal(products.values, patch.values.astype(float) * kernel.values)


@pytest.mark.parametrize("show", get_args(Shown))
def test_difference_0_is_shown_for_units_gradients_and_weights_of_every_layer(lesson, view, show):
    if not jit.ENABLED:
        pytest.skip("plain twins add up in another order")
    for name in ("conv1", "relu1", "pool1", "tanh1", "fc2"):
        settled = lesson.settled(replace(view, layer=name, show=show, depth="number"))
        if settled.depth == "number":
            assert "difference 0" in text_of(lesson.scene(settled)), name


def test_enter_goes_one_level_in_and_escape_one_out(lesson, view):
    overview = lesson.settled(view)
    enlarged = lesson.settled(lesson.deeper(overview))
    number = lesson.settled(lesson.deeper(enlarged))
    assert [each.depth for each in (overview, enlarged, number)] == list(get_args(Depth))
    assert lesson.outer(number).depth == "map"
    assert lesson.outer(enlarged).depth == "overview"


def test_the_cursor_begins_at_the_strongest_unit(lesson, view):
    view = lesson.settled(replace(view, depth="map", map=1))
    values = np.abs(lesson.look(view).map)
    assert values[view.unit] == values.max()


def test_the_arrows_choose_layers_maps_units_and_parts_and_stop_at_the_ends(lesson, view):
    def after(view, *arrow):
        return lesson.settled(lesson.moved(view, *arrow))

    view = lesson.settled(view)
    assert after(view, 1, 0).layer == "relu1"
    assert after(after(view, -1, 0), -1, 0).layer == "input"
    assert after(view, 0, 1).map == 1
    assert after(after(view, 0, 1), 0, 1).map == 1
    enlarged = lesson.settled(replace(view, depth="map", unit=(0, 6)))
    assert after(enlarged, 0, 1).unit == (0, 6)
    assert after(enlarged, 1, 0).unit == (1, 6)
    number = lesson.settled(replace(view, layer="fc1", depth="number"))
    assert after(number, 1, 0).part == 1
    assert after(after(number, 0, 1), 0, 1).part == 1  # two channels arrive
    relu = lesson.settled(replace(enlarged, layer="relu1", depth="number"))
    assert after(relu, 1, 0).unit == (1, 6)  # nothing to choose in it


def test_a_map_stays_chosen_from_layer_to_layer_while_there_are_as_many(lesson, view):
    view = lesson.settled(replace(view, map=1))
    assert lesson.settled(lesson.moved(view, 1, 0)).map == 1
    at_fc = lesson.settled(lesson.pointed(view, "layers", (4,)))
    assert (at_fc.layer, at_fc.map) == ("fc1", 0)


def test_a_row_of_a_larger_network_that_was_there_before_is_not_pointed_at(lesson, view):
    assert lesson.pointed(view, "layers", (99,)) == view


def test_of_the_last_layers_the_class_that_is_read_is_chosen(lesson, view):
    settled = lesson.settled(replace(view, layer="softmax"))
    assert settled.map == lesson.look(settled).passing.guess


def test_a_click_chooses_and_a_second_one_goes_in(lesson, view):
    view = lesson.settled(view)
    chosen = lesson.settled(lesson.pointed(view, "maps:0", (1,)))
    assert chosen.map == 1
    enlarged = lesson.settled(lesson.pointed(chosen, "maps:0", (1,)))
    assert enlarged.depth == "map"
    unit = lesson.settled(lesson.pointed(enlarged, "map", (2, 3)))
    assert (unit.unit, unit.depth) == ((2, 3), "map")
    assert lesson.settled(lesson.pointed(unit, "map", (2, 3))).depth == "number"
    there = lesson.settled(lesson.pointed(unit, "at:input:0", (1, 4)))
    assert (there.layer, there.unit) == ("input", (1, 4))


def test_a_click_on_a_row_of_the_softmax_chooses_its_class(lesson, view):
    view = lesson.settled(replace(view, layer="softmax"))
    (fraction,) = (panel for panel in panels(lesson.scene(view), Table) if panel.key == "classes")
    assert lesson.settled(lesson.pointed(view, "classes", (1,))).map == 1
    assert lesson.pointed(view, "classes", (len(fraction.rows) - 1,)) == view  # the sum


def test_frames_are_around_what_the_unit_sees_of_earlier_layers(lesson, view):
    view = lesson.settled(replace(view, layer="pool1", depth="map", map=0, unit=(1, 2)))
    frames = {panel.title: panel.frames for panel in panels(lesson.scene(view), Map)}
    # 2×2 cells of relu1 from row 2 and column 4 on; on the image their windows of 3×3
    (relu,) = (frames[title] for title in frames if title.startswith("relu1"))
    (image,) = (frames[title] for title in frames if title.startswith("input"))
    assert (relu[0].first, relu[0].last) == ((2, 4), (3, 5))
    assert (image[0].first, image[0].last) == ((2, 4), (5, 7))


def test_all_of_the_effective_receptive_field_lies_in_the_theoretical_one(lesson, view):
    view = replace(view, layer="conv1", depth="map", map=0, unit=(2, 2), field="effective")
    scene = lesson.scene(lesson.settled(view))
    assert "100.0% lies inside the frame of 3×3 = 9 pixels" in text_of(scene)
    (gradient,) = (each for each in panels(scene, Map) if each.quantity == "gradients")
    kernel = lesson.model(view).net.layers[0].parameters["weight"][0, 0]
    np.testing.assert_array_equal(gradient.values[2:5, 2:5], kernel)


def test_noise_tells_what_each_probability_was_before(lesson, view):
    view = lesson.settled(moves.noisier(lesson, lesson.settled(view), 3))
    look, clean = lesson.look(view), lesson.look(replace(view, noise=0.0))
    scene = lesson.scene(view)
    (bars,) = panels(scene, Bars)
    assert bars.title == "p, before → now"
    np.testing.assert_array_equal(bars.before, clean.passing.probabilities)
    np.testing.assert_array_equal(bars.values, look.passing.probabilities)
    assert not np.array_equal(look.passing.probabilities, clean.passing.probabilities)


def test_the_black_square_lies_where_the_unit_looks_and_goes_again(lesson, view):
    view = lesson.settled(replace(view, layer="conv1", depth="map", unit=(3, 5)))
    occluded = lesson.settled(moves.occluded(lesson, view))
    assert occluded.occlude == (4, 6)
    assert lesson.settled(moves.occluded(lesson, occluded)).occlude is None


def test_a_shift_goes_no_further_than_the_image(lesson, view):
    shifted = lesson.settled(moves.shifted(lesson, replace(view, shift=(7, -9)), 5, -1))
    assert shifted.shift == (8, -9)
    assert not lesson.look(shifted).passing.pixels.any()


def test_the_images_follow_each_other_round_the_end(lesson, view):
    view = lesson.settled(view)
    assert lesson.settled(moves.next_image(lesson, view, -1)).digit == 23
    assert lesson.settled(moves.next_image(lesson, view, 1)).digit == 1


def test_only_wrong_images_are_those_whose_label_is_not_the_guess(lesson, view):
    view = lesson.settled(moves.only_wrong(lesson, lesson.settled(view)))
    seen = set()
    for _ in range(24):
        passing = lesson.look(view).passing
        assert passing.guess != passing.label
        seen.add(view.digit)
        view = lesson.settled(moves.next_image(lesson, view, 1))
    everything = (
        lesson.look(lesson.settled(replace(view, wrong=False, digit=k))).passing for k in range(24)
    )
    assert len(seen) == sum(each.guess != each.label for each in everything)


def test_activations_weights_and_gradients_follow_each_other_where_there_are_weights(lesson, view):
    def shown(view):
        found = []
        for _ in range(3):
            view = lesson.settled(moves.next_shown(lesson, view))
            found.append(view.show)
        return found

    assert shown(lesson.settled(view)) == ["weights", "gradients", "activations"]
    relu = lesson.settled(replace(view, layer="relu1"))
    assert shown(relu) == ["gradients", "activations", "gradients"]


def test_a_map_has_its_kernels_and_a_kernel_its_map(lesson, images):
    view = NetworkView(model="INPUT(3,8,8) -> CONV(4,3) -> FC(3)", data=images, map=2)
    weights = lesson.settled(moves.next_shown(lesson, lesson.settled(view)))
    assert weights.map == 6  # three channels
    assert moves.next_shown(lesson, replace(weights, map=8)).map == 2


def test_the_next_network_begins_at_its_first_layer(lesson, view):
    trained = replace(view, model="lenet5", layer="fc3", map=4)
    assert moves.next_model(lesson, trained).model == "lecture-lenet"
    found = lesson.settled(moves.next_model(lesson, replace(trained, model="mlp1")))
    assert (found.model, found.layer) == ("mlp2", "fc1")
    assert "untrained" in text_of(lesson.scene(found))


def test_the_scale_goes_from_the_map_to_the_layer_to_everything_and_is_frozen(lesson, view):
    view = lesson.settled(replace(view, layer="tanh1", map=1, range="unit"))
    found = []
    for _ in range(4):
        (wall,) = panels(lesson.scene(view), Maps)
        found.append(wall)
        view = lesson.settled(lesson.ranged(view))
    assert found[0].apart
    largest = np.abs(found[1].maps).max()
    assert found[1].limits == pytest.approx((-largest, largest))
    assert found[2].limits[1] > found[1].limits[1]
    assert found[3].limits == pytest.approx(found[2].limits)
    assert view.range == "unit"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"layer": "conv7"}, 'no layer is called "conv7"'),
        ({"range": "all"}, "expected unit, layer, global, or LOW:HIGH"),
        ({"model": "lenet6"}, 'no network is called "lenet6"'),
        ({"data": "mnits"}, 'no data set is called "mnits"'),
        ({"model": "INPUT(5,3,3) -> FC(2)"}, "INPUT is 5×3×3"),
    ],
)
def test_what_there_is_not_is_refused_in_a_line(lesson, view, change, told):
    with pytest.raises(UserError) as caught:
        lesson.settled(replace(view, **change))
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_no_more_is_kept_than_a_few_images(lesson, view):
    for digit in range(20):
        lesson.scene(lesson.settled(replace(view, digit=digit)))
    assert len(lesson._passings) <= 4


def test_the_image_is_grey_from_black_to_white_wherever_it_is_shown(lesson, view):
    ends = (0 - 0.1307) / 0.3081, (1 - 0.1307) / 0.3081
    overview, enlarged, number = (
        lesson.scene(lesson.settled(replace(view, layer=layer, depth=depth)))
        for layer, depth in (("input", "overview"), ("conv1", "map"), ("conv1", "number"))
    )
    (wall,) = panels(overview, Maps)
    _, seen = panels(enlarged, Map)
    patch, *_ = panels(number, Numbers)
    for panel in (wall, seen, patch):
        assert panel.quantity == "pixels"
        assert panel.limits == pytest.approx(ends)
    assert wall.title == "input: 1 map 8×9 · black to white"
    gradients = lesson.settled(replace(view, layer="input", show="gradients"))
    assert panels(lesson.scene(gradients), Maps)[0].quantity == "gradients"


def test_where_one_is_is_told_by_map_and_place_and_of_a_vector_by_its_unit(lesson, view):
    def path(**changes):
        return lesson.scene(lesson.settled(replace(view, map=1, **changes))).path

    assert path(depth="map", unit=(2, 3)) == ("conv1", "map 1")
    assert path(depth="number", unit=(2, 3)) == ("conv1", "map 1", "unit 2,3")
    assert path(depth="map", show="weights", unit=(0, 2)) == ("conv1", "kernel 1")
    assert path(depth="number", show="weights", unit=(0, 2))[2] == "weight 0,2"
    assert path(depth="map", layer="fc1") == ("fc1", "all units")
    assert path(depth="number", layer="fc1") == ("fc1", "all units", "unit 1")


def test_there_are_as_many_as_can_be_asked_for_by_number(lesson, view):
    def counts(**changes):
        return lesson.counts(lesson.settled(replace(view, **changes)))

    of_all = {"digit": (24,), "occlude": (8, 9)}
    assert counts() == of_all | {"map": (2,), "unit": (6, 7)}
    number = counts(layer="fc1", depth="number")
    assert number == of_all | {"map": (4,), "unit": (1, 1), "part": (2,)}
    assert counts(layer="relu1", show="weights")["map"] == (0,)


def test_maps_are_read_without_colours_too(lesson, view):
    scene = lesson.scene(lesson.settled(replace(view, depth="map")))
    lines = draw_scene(scene, 80, Display(ColorDepth.NONE), 22).lines
    drawn = "\n".join("".join(segment.text for segment in line) for line in lines)
    assert "▀" not in drawn
    assert all(sign in drawn for sign in "░█")


def test_of_a_kernel_it_is_told_what_it_joins_and_of_a_weight_its_gradient(lesson, view):
    view = lesson.settled(replace(view, show="weights", map=1))
    assert "kernel 1: map 1 from its channel 0" in text_of(lesson.scene(view))
    number = lesson.settled(replace(view, depth="number", unit=(0, 2)))
    gradient = lesson.look(number).passing.weight_gradients["conv1"]["weight"][1, 0, 0, 2]
    told = lesson.scene(number).title.split("its gradient is ")[1].replace("−", "-")
    assert np.float32(told) == gradient
