import re
from fractions import Fraction

import pytest

from tuiconv.arithmetic import PRESETS, parse, summarize
from tuiconv.arithmetic.explaining import explained
from tuiconv.render.depth import ColorDepth, Display
from tuiconv.render.explain import explain_lines
from tuiconv.render.lines import block_width
from tuiconv.render.notation import notation_of

PLAIN = Display(ColorDepth.NONE)


def test_in_a_narrow_terminal_lines_are_broken_between_words():
    network = summarize("lenet5")
    for width in range(24, 60):
        lines = explain_lines(network, network.named("fc1"), width, PLAIN)
        assert block_width(lines) <= width
        words = " ".join("".join(segment.text for segment in line) for line in lines).split()
        assert {"120·(16·5·5)+120", "48,120", "backpropagation"} <= set(words)


def told(text, name):
    network = text if not isinstance(text, str) else parse(text)
    found = {}
    for label, line in explained(network, network.named(name), notation_of(network, PLAIN)):
        found.setdefault(label, []).append(line)
    return found


def test_a_convolution_tells_all_its_arithmetic():
    # (11 + 2 − 3) / 2 = 5: the eleventh row is met by the last window, thanks to the padding
    net = "INPUT(3,11,11) -> CONV(4,3,pad=1) -> POOL(2) -> CONV(8,3,stride=2) -> FC(10)"
    assert told(net, "conv2") == {
        "takes": ["4×5×5 of pool1"],
        "gives": ["8×2×2"],
        "size": ["floor((5 + 2·0 − 3) / 2) + 1 = 2"],
        "learns": ["8·(4·3·3)+8 = 296 numbers, 40.1% of all"],  # of 112 + 296 + 330
        "multiply-adds": ["1,152 for one image"],
        "connections": ["1,184, biases included"],
        "activations": ["32 numbers kept for backpropagation"],
        "sees": ["4 + (3 − 1)·2 = 8 pixels of the input"],
        "jump": ["2·2 = 4 pixels from one unit to the next"],
        "begins": ["at pixel -1 of the input: effective padding 1"],
    }


@pytest.mark.parametrize(
    ("net", "lost"),
    [
        ("INPUT(1,9,8) -> POOL(2)", "the last 1 row of what arrives"),
        ("INPUT(1,8,10) -> POOL(4,stride=4)", "the last 2 columns of what arrives"),
        ("INPUT(1,9,10) -> POOL(4)", "the last 1 row and 2 columns of what arrives"),
    ],
)
def test_what_the_floor_discards_is_said(net, lost):
    assert told(net, "pool1")["discarded"] == [f"{lost}: no window reaches them"]


def test_where_nothing_is_discarded_nothing_is_said():
    assert "discarded" not in told("INPUT(1,8,8) -> POOL(2)", "pool1")


def test_rows_and_columns_that_differ_have_a_line_each():
    conv = told("INPUT(1,8,9) -> CONV(1,(3,5))", "conv1")
    assert conv["size"] == [
        "height: floor((8 + 2·0 − 3) / 1) + 1 = 6",
        "width: floor((9 + 2·0 − 5) / 1) + 1 = 5",
    ]
    assert conv["sees"] == [
        "height: 1 + (3 − 1)·1 = 3 pixels of the input",
        "width: 1 + (5 − 1)·1 = 5 pixels of the input",
    ]


def test_in_one_dimension_there_is_the_length_alone():
    conv = told("INPUT(2,20) -> CONV(4,3,stride=2)", "conv1")
    assert (conv["takes"], conv["gives"]) == (["2×20 of input"], ["4×9"])
    assert conv["size"] == ["floor((20 + 2·0 − 3) / 2) + 1 = 9"]


def test_pixels_are_counted_in_whole_ones_too_behind_a_layer_that_enlarges():
    net = "INPUT(1,8,8) -> CONVT(2,4,stride=2,pad=1) -> CONV(1,3,pad=1)"
    assert told(net, "conv1")["sees"] == [
        "5/2 + (3 − 1)·1/2 = 7/2 pixels of the input, 3 whole ones at most"
    ]
    assert told(net, "input")["sees"] == ["1 pixel of the input"]
    assert told(net, "input")["jump"] == ["1 pixel from one unit to the next"]


def test_a_join_names_all_that_it_takes_and_whether_it_is_aligned():
    res = told("INPUT(4,8,8) -> RES[CONV(4,3,pad=((0,2),1)) -> RELU]", "res1")
    assert res["takes"] == ["4×8×8 of relu1, which sees 3", "4×8×8 of input, which sees 1"]
    assert res[""] == [
        parse("INPUT(4,8,8) -> RES[CONV(4,3,pad=((0,2),1)) -> RELU]").layers[-1].alignment
    ]


def test_a_layer_that_sees_more_than_the_image_says_so():
    assert told("INPUT(1,4,4) -> CONV(1,5,pad=2)", "conv1")[""] == [
        "This is more than the image has: 1×4×4"
    ]


@pytest.mark.parametrize("preset", PRESETS)
def test_every_sum_and_product_in_the_zoo_is_right(preset):
    network = summarize(preset)
    found = [
        (layer.name, left, right)
        for layer in network
        for lines in [told(network, layer.name)]
        for text in lines["sees"] + lines["jump"]
        for left, right in re.findall(r"([\d/ +·()−]+) = ([\d/]+) pixel", text)
    ]
    assert found
    for name, left, right in found:
        formula = re.sub(r"\d+(/\d+)?", lambda number: f"Fraction('{number[0]}')", left)
        assert eval(formula.replace("·", "*").replace("−", "-")) == Fraction(right), name
