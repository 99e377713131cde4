from dataclasses import replace

import pytest
from rich.cells import cell_len

from tuiconv.arithmetic import PRESETS, parse, summarize
from tuiconv.arithmetic.units import Box, Unit, extents, seen_by
from tuiconv.errors import RequestError
from tuiconv.lessons.arithmetic.lesson import ArithmeticLesson, unit_over
from tuiconv.lessons.arithmetic.reading import LISTING
from tuiconv.lessons.arithmetic.view import NUMBERS, ArithmeticView
from tuiconv.lessons.scene import Boxes, Source, Table, Text
from tuiconv.render.depth import ColorDepth, Display
from tuiconv.render.scene import draw_scene


@pytest.fixture
def lesson():
    return ArithmeticLesson()


def settled(lesson, **settings):
    return lesson.settled(ArithmeticView(**settings))


def panels(lesson, kind, **settings):
    scene = lesson.scene(settled(lesson, **settings))
    return [panel for panel in scene.leaves if isinstance(panel, kind)]


def rows(table):
    return {row[0]: row[1:] for row in table.rows}


def test_the_table_has_what_each_layer_gives_learns_costs_and_sees(lesson):
    layers, memory = panels(lesson, Table)
    assert rows(layers)["conv2"] == (
        "CONV(16,5)",
        "16×10×10",
        "2,416",
        "240,000",
        "14",
        "2",
        "1,600",
    )
    assert layers.below == ("total", "", "", "61,706", "416,520", "", "", "9,118")
    assert rows(memory)["activations"] == ("9,118", "0.03")
    assert memory.below == ("total", "71,848", "0.27")


def test_the_memory_is_for_the_batch_the_numbers_and_the_training_that_were_chosen(lesson):
    view = settled(lesson, net="vgg16", batch=64)
    view = lesson.changed(replace(view, setting="bytes"), 1)
    view = lesson.changed(replace(view, setting="training"), -1)
    view = lesson.changed(lesson.changed(replace(view, setting="batch"), 1), -1)
    assert (view.batch, view.bytes, view.training) == (64, 8, "natural")
    (_, memory) = panels(lesson, Table, net="vgg16", batch=64, bytes=8, training="adam")
    assert memory.rows[0][:2] == ("activations", f"{64 * 15_237_608:,}")
    assert memory.rows[-2][:2] == ("  kept by the optimizer", f"{2 * 138_357_544:,}")


def test_a_wrong_text_is_shown_with_a_caret_the_reason_and_what_would_mend_it(lesson):
    net = "INPUT(1,8,8) -> CONV(6,5) -> POOL(2) -> CONV(6,5)"
    (source,) = panels(lesson, Source, net=net)
    assert source.caret == net.rindex("CONV")
    told, *_ = panels(lesson, Text, net=net)
    assert told.title == "✗ conv2 CONV(6,5)"
    assert told.lines[0].endswith("floor((2 + 2·0 − 5) / 1) + 1 = -2")
    assert told.lines[1] == "To mend it, take a smaller window, or INPUT(1,14,14) or larger."
    parse(net.replace("8,8", "14,14"))


def test_a_text_that_only_ends_too_early_is_not_called_wrong(lesson):
    told, *_ = panels(lesson, Text, net="INPUT(1,8,8) -> CONV(6,")
    assert told.title == "how it may go on"


def test_keys_lead_to_layers_units_and_numbers(lesson):
    view = settled(lesson)
    assert view.layer == "conv1"
    view = lesson.settled(lesson.moved(view, 3, 0))
    assert view.layer == "conv2"
    assert lesson.settled(lesson.moved(view, 99, 0)).layer == "softmax"
    view = lesson.settled(lesson.deeper(view))
    assert (view.depth, view.unit) == ("map", (5, 5))
    view = lesson.settled(lesson.moved(view, -9, 1))
    assert view.unit == (0, 6)
    view = lesson.settled(lesson.deeper(view))
    seen = []
    for _ in NUMBERS:
        seen.append(view.number)
        view = lesson.settled(lesson.moved(view, 0, 1))
    assert seen == [*NUMBERS]
    assert lesson.moved(view, 1, 0).layer == "relu2"
    assert lesson.outer(lesson.outer(view)).depth == "overview"


def test_what_a_unit_sees_is_drawn_on_the_input(lesson):
    (boxes,) = panels(lesson, Boxes, layer="pool2", unit=(1, 3), depth="map")
    network = summarize("lenet5")
    seen = seen_by(network, Unit("pool2", 1, 3))
    assert boxes.boxes[0] == extents(network.layers[0], Box((4, 12), (19, 27)), network.input)
    assert boxes.boxes[0] == extents(network.layers[0], seen["input"].unclipped, network.input)
    assert boxes.size == (32, 32)
    table, reached = panels(lesson, Table, layer="pool2", unit=(1, 3), depth="map")
    assert rows(table)["input"] == ("a", "4–19", "12–27")
    assert rows(table)["conv1, relu1"] == ("b", "4–15", "12–23")
    assert reached.rows == (("fc1 … softmax", "all", "all"),)


@pytest.mark.parametrize(
    "net", ["lenet5", "all-conv", "wavenet-figure", "unet", "digits-1989-net3"]
)
def test_a_click_on_the_input_chooses_a_unit_that_sees_the_place_or_is_nearest(lesson, net):
    network = summarize(net)
    for layer in network.layers[1:-1:3]:
        if len(layer.output) != 3:
            continue
        field = layer.receptive_field
        last = tuple(side - 1 for side in layer.output[1:])
        for unit in ((0, 0), last):
            middle = tuple(
                round(start + at * jump + (size - 1) / 2)
                for start, at, jump, size in zip(
                    field.start, unit, field.jump, field.size, strict=True
                )
            )
            row, column = unit_over(network, layer.name, middle)
            assert abs(row - unit[0]) <= 1, layer.name
            assert abs(column - unit[1]) <= 1, layer.name


def test_maps_too_large_to_follow_a_unit_through_are_told_of(lesson):
    for depth in ("overview", "map"):
        texts = panels(lesson, Text, net="INPUT(1,200000,8) -> CONV(2,3)", depth=depth)
        assert any("at most 100,000 rows" in line for text in texts for line in text.lines)


def test_the_overview_shows_the_chosen_layers_formulas_and_what_it_sees(lesson):
    formulas, *_ = panels(lesson, Text, layer="conv2")
    assert "learns        16·(6·5·5)+16 = 2,416 numbers, 3.9% of all" in formulas.lines
    (boxes,) = panels(lesson, Boxes, layer="conv2", unit=(0, 9))
    assert boxes.title == "what unit 0,9 of conv2 sees of the input, 32×32"


def test_two_networks_stand_beside_each_other_with_their_totals(lesson):
    pairs, totals = panels(lesson, Table, net="lenet5", other="lecture-lenet", layer="conv2")
    assert pairs.rows[pairs.chosen][0] == "conv2"
    assert rows(pairs)["conv2"] == ("16×10×10", "2,416", "≠", "conv2", "50×10×10", "25,050")
    assert rows(totals)["parameters"] == ("61,706", "656,080", "10.6×")
    view = settled(lesson, other="lecture-lenet")
    place = [row[0] for row in pairs.rows].index("fc3")
    assert lesson.pointed(view, "pairs", (place,)).layer == "fc3"


def test_a_row_that_is_no_more_there_when_it_is_clicked_changes_nothing(lesson):
    for other in ("", "mlp2"):
        view = settled(lesson, net="mlp1", other=other)
        for key in ("layers", "pairs"):
            assert lesson.pointed(view, key, (12,)) == view


def test_of_two_networks_a_wrong_one_is_compared_as_far_as_it_fits(lesson):
    scene = lesson.scene(settled(lesson, other="INPUT(1,8,8) -> CONV(2,9)"))
    assert "as far as they fit" in scene.title
    assert any(panel.title == "B: ✗ conv1 CONV(2,9)" for panel in scene.leaves)
    listing = lesson.scene(settled(lesson, net=LISTING, other="lenet5"))
    assert listing.title == "A is lecture-listing, B is lenet5, as far as they fit"
    nothing = lesson.scene(settled(lesson, other="INP"))
    assert nothing.title == "nothing to compare yet"


def test_the_layer_that_is_looked_at_stays_while_the_text_is_written(lesson):
    view = settled(lesson, net=PRESETS["lenet5"], layer="conv2")
    longer = lesson.settled(replace(view, net=view.net + " -> RELU"))
    assert longer.layer == "conv2"
    shorter = lesson.settled(replace(view, net="INPUT(1,8,8) -> POOL(2)"))
    assert shorter.layer == "pool1"
    nothing = lesson.settled(replace(view, net="", depth="number"))
    assert nothing.depth == "overview"
    assert lesson.moved(nothing, 1, 0) == nothing
    assert lesson.pointed(nothing, "layers", (1,)) == nothing
    assert lesson.counts(nothing) == {}
    assert lesson.scene(nothing).title == "your network is not finished"


def test_presets_are_taken_in_turn(lesson):
    view = settled(lesson, exercise=True, layer="conv2")
    assert lesson.next_net(view, 1).net == "lecture-lenet"
    assert lesson.next_net(view, -1).net == "resnet152"
    assert not lesson.next_net(view, 1).exercise
    assert lesson.next_net(replace(view, net="INPUT(1,2,2)"), 1).net == "lenet5"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"training": "adm"}, "did you mean adam?"),
        ({"batch": 0}, "a batch of 0"),
        ({"bytes": 5}, "expected 4 or 8"),
        ({"number": "cost"}, "expected one of size"),
        ({"setting": "lr"}, "expected one of batch"),
        ({"depth": "deep"}, "expected one of overview"),
    ],
)
def test_a_wrong_setting_is_refused(lesson, wrong, told):
    with pytest.raises(RequestError, match=told.replace("?", r"\?")):
        settled(lesson, **wrong)


@pytest.mark.parametrize("net", ["vgg19", "googlenet", "wavenet-figure"])
@pytest.mark.parametrize("width", [78, 198])
def test_no_number_is_cut_and_no_table_goes_on_below_itself(lesson, net, width):
    display = Display(ColorDepth.NONE, unicode=False)
    view = settled(lesson, net=net, batch=4096, training="adam")
    layers = summarize(net).layers
    for layer in layers[:: max(1, len(layers) // 4)]:
        for depth, number in (
            ("overview", "size"),
            ("map", "size"),
            *(("number", n) for n in NUMBERS),
        ):
            at = lesson.settled(replace(view, layer=layer.name, depth=depth, number=number))
            drawing = draw_scene(lesson.scene(at), width, display, 22)
            lines = ["".join(segment.text for segment in line) for line in drawing.lines]
            assert max(cell_len(line.rstrip()) for line in lines) <= width
            heads = [line for line in lines if "formula" in line and "number" in line]
            assert len(heads) == len(set(heads)) or number == "size"
