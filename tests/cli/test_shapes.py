import json

import pytest
from rich.cells import cell_len

from tuiconv import summarize
from tuiconv.arithmetic import PRESETS


def shapes_json(tuiconv, network):
    done = tuiconv("shapes", network, "--json")
    assert (done.status, done.err) == (0, "")
    return json.loads(done.out)


def test_lenet5_has_61706_parameters_and_416520_multiply_adds(tuiconv):
    # conv1 6·(5·5·1+1) = 156, conv2 16·(5·5·6+1) = 2416, fc 120·401 + 84·121 + 10·85 = 59134
    totals = shapes_json(tuiconv, "lenet5")["totals"]
    assert totals == {
        "parameters": 156 + 2416 + 59134,
        "macs": 416520,
        "links": 122304 + 4 * 1176 + 241600 + 4 * 400 + 59134,
        "units": 1024 + 4704 + 1176 + 1600 + 400 + 120 + 84 + 10,
    }
    assert totals["parameters"] == 61706


def test_lenet5_is_28_14_10_and_5_pixels_wide(tuiconv):
    outputs = [layer["output"] for layer in shapes_json(tuiconv, "lenet5")["layers"]]
    assert outputs == [
        [1, 32, 32],
        [6, 28, 28],
        [6, 28, 28],
        [6, 14, 14],
        [16, 10, 10],
        [16, 10, 10],
        [16, 5, 5],
        *[[120], [120], [84], [84], [10], [10]],
    ]


def test_as_json_a_layer_tells_all_its_arithmetic(tuiconv):
    conv2 = shapes_json(tuiconv, "lenet5")["layers"][4]
    assert conv2 == {
        "name": "conv2",
        "kind": "CONV",
        "spec": "CONV(16,5)",
        "input": [6, 14, 14],
        "output": [16, 10, 10],
        "kernel_size": [5, 5],
        "stride": [1, 1],
        "padding": [0, 0],
        "dilation": [1, 1],
        "parameters": 16 * (5 * 5 * 6 + 1),
        "macs": 16 * 5 * 5 * 6 * 10 * 10,
        "links": 16 * (5 * 5 * 6 + 1) * 10 * 10,
        "units": 16 * 10 * 10,
        "receptive_field": [14, 14],  # 5 pixels, doubled by the pool to 6, and 4 steps of 2 more
        "jump": [2, 2],
        "start": conv2["start"],
    }


def test_behind_a_layer_that_enlarges_neighbours_are_less_than_a_pixel_apart(tuiconv):
    text = "INPUT(1,9,9) -> CONVT(1,3,stride=2)"
    enlarged = shapes_json(tuiconv, text)["layers"][1]
    assert enlarged["output"] == [1, 19, 19]
    assert (enlarged["receptive_field"], enlarged["jump"]) == ([2, 2], [0.5, 0.5])
    assert enlarged["start"] == [-1, -1]
    rows = [line.split() for line in tuiconv("shapes", text, "--width", "100").out.splitlines()]
    assert next(row for row in rows if "convt1" in row)[-2:] == ["2", "1/2"]


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_and_its_text_are_the_same_network(tuiconv, preset):
    named = shapes_json(tuiconv, preset)
    assert named == shapes_json(tuiconv, named["spec"])
    assert named["totals"]["parameters"] == summarize(preset).totals.parameters


def test_the_table_has_a_row_for_every_layer_and_a_total(tuiconv):
    done = tuiconv("shapes", "lenet5")
    rows = [line.split() for line in done.out.splitlines()]
    assert (done.status, done.err) == (0, "")
    assert ["conv1", "CONV(6,5)", "6×28×28", "156", "117,600", "5", "1"] in rows
    assert ["total", "61,706", "416,520"] in rows
    assert {layer.name for layer in summarize("lenet5")} <= {row[0] for row in rows if row}


def test_the_table_explains_its_words(tuiconv):
    text = " ".join(tuiconv("shapes", "lenet5").out.split())
    assert "receptive field" in text
    assert "jump: input pixels between units" in text


@pytest.mark.parametrize("width", [20, 40, 60, 100])
def test_the_table_is_no_wider_than_asked_for(tuiconv, width):
    lines = tuiconv("shapes", "lenet5", "--width", width).out.splitlines()
    assert max(map(cell_len, lines)) <= width


@pytest.mark.parametrize("width", [60, 80])
def test_no_number_is_cut_off(tuiconv, width):
    text = tuiconv("shapes", "lenet5", "--width", width).out
    assert "…" not in text
    for number in ("61,706", "416,520", "48,120", "16×10×10"):
        assert number in text


def test_great_sizes_are_written_out(tuiconv):
    text = tuiconv("shapes", "INPUT(1,32,32) -> CONV(999999999,5) -> FC(10)").out
    assert "7,865,999,992,144" in text
    assert "27,439,999,972,560" in text


def test_spaces_line_breaks_and_arrows_of_any_kind_separate_layers(tuiconv):
    plain = shapes_json(tuiconv, "INPUT(1,9,9) -> FC(3)")
    assert shapes_json(tuiconv, "\n INPUT( 1, 9,9 )\t→\n fc(3)  ") == plain


@pytest.mark.parametrize(
    ("network", "words"),
    [
        # which layer, what arrives, what is expected
        ("INPUT(1,32,32) -> CONV(6,40)", ["conv1", "1×32×32 arrives", "floor((32 + 2·0", "-7"]),
        ("INPUT(1,8,8) -> FC(3) -> POOL(2)", ["pool1", "a vector of 3 arrives", "expected maps"]),
        ("INPUT(3,8,8) -> CONV(4,3,groups=2)", ["conv1", "groups 2", "3 input channels"]),
        # where the text goes wrong, what is expected, what is there
        ("INPUT(1,32,32) -> CNV(6,5)", ["character 19", "did you mean CONV", '"CNV"']),
        ("INPUT(1,32,32) -> CONV(6,5,strid=2)", ["did you mean stride"]),
        ("INPUT(1,32,32) -> CONV(6)", ["expected kernel in CONV(channels,kernel"]),
        ("INPUT(1,32,32) -> CONV(6,0)", ["kernel of at least 1"]),
        ("INPUT(1,32,32) -> CONV(6,-5)", ["expected a number"]),
        ("INPUT(1,32,32) -> CONV(6,5.5)", ["a whole number for kernel", '"5.5"']),
        ("INPUT(1,32,32) -> CONV(6,1e9)", ['expected "," or ")"; found "e9"']),
        ("INPUT(1,32,32) -> CONV(9999999999,5)", ["at most nine digits"]),
        ("INPUT(1,32,32) ->", ["found the end"]),
        ("CONV(6,5)", ["INPUT(channels,height,width) as the first layer"]),
        ("INPUT(1,32,32) -> [FC(10)]*99999", ["at most 10000 layers"]),
        ("INPUT(1,32,32) -> [[[FC(9)]*9999]*9999]*9999", ["at most 10000 layers"]),
        ("[INPUT(1,32,32)]*0", ["no layers"]),
        ("[" * 5000, ["["]),
        ("", ["found the end"]),
        (" ", ["found the end"]),
        ("leNet-5", ['"leNet-5"', "did you mean lenet5?", "lecture-lenet"]),
        ("lenet5.tom", ["did you mean lenet5?"]),
    ],
)
@pytest.mark.parametrize("command", ["shapes", "train"])
def test_a_network_that_cannot_be_is_refused_with_what_is_wrong(refused, command, network, words):
    message = refused(2, command, network)
    for word in words:
        assert word in message
