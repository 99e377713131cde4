"""The lecture's faulty LeNet5, found out and mended as a learner would."""

import pytest

from tuiconv.arithmetic import SpecError, parse
from tuiconv.lessons.arithmetic.lesson import ArithmeticLesson
from tuiconv.lessons.arithmetic.reading import LISTING, TEXTS
from tuiconv.lessons.arithmetic.view import ArithmeticView
from tuiconv.lessons.scene import Source, Table, Text

PARTS = "CONV(20,5) -> RELU -> POOL(2) -> CONV({maps},5) -> RELU -> POOL(2) -> {flatten}"
NET = "INPUT(1,{side},{side}) -> " + PARTS + "FC(500) -> RELU -> FC(10) -> SOFTMAX"


def shown(net):
    lesson = ArithmeticLesson()
    return lesson.scene(lesson.settled(ArithmeticView(net=net, exercise=True))).leaves


def net(side=32, maps=20, flatten="FLATTEN(50,4,4) -> "):
    return NET.format(side=side, maps=maps, flatten=flatten)


def faults(leaves):
    found = [panel for panel in leaves if isinstance(panel, Table) and "flattened" in panel.title]
    return [row for table in found for row in table.rows]


def texts(leaves):
    return " ".join(" ".join(panel.lines) for panel in leaves if isinstance(panel, Text))


def test_the_listing_is_what_the_lecture_declares_and_does_not_fit():
    assert TEXTS[LISTING] == net()
    with pytest.raises(SpecError, match="20×5×5 = 500 arrives; 50×4×4 = 800 expected"):
        parse(TEXTS[LISTING])


def test_first_the_maps_are_found_wrong_and_the_caret_stands_at_the_flatten():
    leaves = shown(LISTING)
    assert faults(leaves) == [("maps", "20", "50", "✗")]
    assert "conv2 is CONV(20,5): it makes 20 maps" in texts(leaves)
    assert "8·500 = 5·800" in texts(leaves)  # a view of eight images would not complain
    (source,) = (panel for panel in leaves if isinstance(panel, Source))
    assert source.text[source.caret :].startswith("FLATTEN(50,4,4)")
    assert "1×28×28" not in texts(leaves)  # the second fault is not given away


def test_then_their_size_and_where_it_comes_from():
    leaves = shown(net(maps=50))
    assert faults(leaves) == [("maps", "50", "50", "✓ fits"), ("rows × columns", "5×5", "4×4", "✗")]
    assert "32 → 28 (conv1) → 14 (pool1) → 10 (conv2) → 5 (pool2)" in texts(leaves)


def test_the_faults_can_be_mended_in_the_other_order():
    assert faults(shown(net(side=28))) == [("maps", "20", "50", "✗")]
    assert not faults(shown(net(side=28, maps=50)))


@pytest.mark.parametrize(
    ("mended", "told"),
    [
        (net(maps=50, flatten="FLATTEN(50,5,5) -> "), "the preset lecture-lenet"),
        (net(maps=50, flatten="FLATTEN(1250) -> "), "the preset lecture-lenet"),
        (net(maps=50, flatten=""), "the preset lecture-lenet"),
        (net(side=28, maps=50), "It reads images of 28×28"),
        (net(flatten="FLATTEN(20,5,5) -> "), "50 were meant"),
        ("lecture-lenet", "656,080"),
    ],
)
def test_the_learner_is_told_when_it_is_right_whichever_way_it_was_mended(mended, told):
    leaves = shown(mended)
    assert any(panel.title == "exercise: right!" for panel in leaves)
    assert told in texts(leaves)


@pytest.mark.parametrize("other", ["lenet5", net(maps=50, flatten="RELU -> ")])
def test_another_network_that_fits_is_not_the_answer(other):
    leaves = shown(other)
    assert any(panel.title == "exercise: not yet" for panel in leaves)


def test_what_is_wrong_besides_is_told_as_usual():
    assert "To mend it, write FLATTEN(20,5,5)" in texts(shown(net(flatten="FLATTEN(800) -> ")))
    assert "did you mean CONV?" in texts(shown(net().replace("CONV(20,5)", "CNV(20,5)", 1)))
