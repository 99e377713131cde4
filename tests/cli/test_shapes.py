import csv
import io
import json

import pytest
from rich.cells import cell_len

from tuiconv import summarize
from tuiconv.arithmetic import PRESETS

FAULTY = (
    "INPUT(1,32,32) -> CONV(20,5) -> RELU -> POOL(2) -> CONV(20,5) -> RELU -> POOL(2)"
    " -> FLATTEN(50,4,4) -> FC(500) -> RELU -> FC(10)"
)
"""The PyTorch listing of the NYU lecture."""

PATTERN = "INPUT -> [[CONV -> RELU]*N -> POOL?]*M -> [FC -> RELU]*K -> FC with N=2, M=3, K=2"


def shapes_json(tuiconv, network, *options):
    done = tuiconv("shapes", network, "--json", *options)
    assert (done.status, done.err) == (0, "")
    return json.loads(done.out)


def words(tuiconv, *arguments):
    """What is printed, in one line."""
    done = tuiconv("shapes", *arguments)
    assert (done.status, done.err) == (0, "")
    return " ".join(done.out.split())


def test_lenet5_has_61706_parameters_and_416520_multiply_adds(tuiconv):
    # conv1 6·(5·5·1+1) = 156, conv2 16·(5·5·6+1) = 2416, fc 120·401 + 84·121 + 10·85 = 59134
    totals = shapes_json(tuiconv, "lenet5")["totals"]
    assert totals == {
        "parameters": 156 + 2416 + 59134,
        "macs": 416520,
        "connections": 122304 + 4 * 1176 + 241600 + 4 * 400 + 59134,
        "units": 1024 + 4704 + 1176 + 1600 + 400 + 120 + 84 + 10,
        "activations": 1024 + 4704 + 1176 + 1600 + 400 + 120 + 84 + 10,
        "bytes": {
            "activations": 4 * 9118,
            "activation_gradients": 0,
            "parameters": 4 * 61706,
            "parameter_gradients": 0,
            "optimizer": 0,
            "data": 4 * 1024,
            "total": 4 * (9118 + 61706 + 1024),
        },
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
        "sources": ["pool1"],
        "input": [6, 14, 14],
        "output": [16, 10, 10],
        "output_formula": ["floor((14 + 2·0 − 5) / 1) + 1 = 10"] * 2,
        "discarded": [0, 0],
        "kernel": [5, 5],
        "stride": [1, 1],
        "padding": [0, 0],
        "padding_after": [0, 0],
        "dilation": [1, 1],
        "groups": 1,
        "parameters": 16 * (5 * 5 * 6 + 1),
        "parameter_formula": "16·(6·5·5)+16 = 2,416",
        "macs": 16 * 5 * 5 * 6 * 10 * 10,
        "connections": 16 * (5 * 5 * 6 + 1) * 10 * 10,
        "activations": 16 * 10 * 10,
        "units": 16 * 10 * 10,
        "receptive_field": [14, 14],  # 5 pixels, doubled by the pool to 6, and 4 steps of 2 more
        "exceeds_input": False,
        "jump": [2, 2],
        "start": [0, 0],
        "effective_padding": [0, 0],
        "misaligned": "",
    }


def test_every_spatial_value_is_a_pair_vertical_before_horizontal(tuiconv):
    network = (
        "INPUT(2,20,30) -> CONV(4,(3,5),stride=(1,2),pad=((1,2),(3,4)),dilation=(2,1),groups=2)"
    )
    told = shapes_json(tuiconv, network)
    conv = told["layers"][1]
    assert told["input"] == [2, 20, 30]
    assert told["output"] == conv["output"] == [4, 20 + 3 - 4, (30 + 7 - 5) // 2 + 1]
    assert (conv["kernel"], conv["stride"], conv["dilation"]) == ([3, 5], [1, 2], [2, 1])
    assert (conv["padding"], conv["padding_after"], conv["groups"]) == ([1, 3], [2, 4], 2)
    assert (conv["receptive_field"], conv["jump"]) == ([5, 5], [1, 2])
    assert (conv["start"], conv["effective_padding"]) == ([-1, -3], [1, 3])


def test_what_the_floor_discards_is_told(tuiconv):
    pool = shapes_json(tuiconv, "INPUT(1,8,9) -> POOL(3,stride=2)")["layers"][1]
    assert pool["discarded"] == [1, 0]
    text = words(tuiconv, "INPUT(1,8,9) -> POOL(3,stride=2) -> CONV(1,2,stride=3)")
    assert (
        "No window reaches the end of what arrives: pool1 1 row, conv1 1 row and 2 columns" in text
    )
    assert "No window" not in words(tuiconv, "lenet5")


def test_vgg16_sees_212_pixels_every_32_from_minus_90_on(tuiconv):
    told = shapes_json(tuiconv, "vgg16")
    (pool5,) = (layer for layer in told["layers"] if layer["name"] == "pool5")
    assert (pool5["receptive_field"], pool5["jump"]) == ([212, 212], [32, 32])
    assert pool5["effective_padding"] == [90, 90]
    assert (pool5["exceeds_input"], told["layers"][-1]["exceeds_input"]) == (False, True)
    assert told["totals"]["activations"] == 15_237_608


def test_the_sources_of_a_join_are_the_ends_of_its_branches(tuiconv):
    network = "INPUT(4,8,8) -> RES[CONV(4,3,pad=1) -> RELU] -> CONCAT[CONV(2,1) | ]"
    sources = [layer["sources"] for layer in shapes_json(tuiconv, network)["layers"]]
    assert sources == [[], ["input"], ["conv1"], ["relu1", "input"], ["res1"], ["conv2", "res1"]]


def test_misaligned_branches_are_told(tuiconv):
    network = "INPUT(1,8,8) -> RES[CONV(1,3,pad=((0,2),1)) | CONV(1,1)]"
    told = shapes_json(tuiconv, network)["layers"][-1]["misaligned"]
    assert told.startswith("the branches of res1 are misaligned")
    assert told in words(tuiconv, network)


def test_batch_bytes_and_training_change_the_memory_and_nothing_else(tuiconv):
    plain = shapes_json(tuiconv, "mlp1")
    changed = shapes_json(tuiconv, "mlp1", "--batch", 64, "--bytes", 8, "--training", "adam")
    activations, parameters, data = 64 * 8 * (1024 + 10), 8 * 10_250, 64 * 8 * 1024
    assert changed["totals"].pop("bytes") == {
        "activations": activations,
        "activation_gradients": activations,
        "parameters": parameters,
        "parameter_gradients": parameters,
        "optimizer": 2 * parameters,
        "data": data,
        "total": 2 * activations + 4 * parameters + data,
    }
    plain["totals"].pop("bytes")
    assert changed == plain
    table = words(tuiconv, "mlp1", "--batch", 64, "--bytes", 8, "--training", "adam")
    assert "64 images, 8 bytes a number, training with adam" in table
    assert f"kept by the optimizer 20,500 {2 * parameters:,} 0.16" in table


def test_another_input_takes_the_place_of_inputs_numbers(tuiconv):
    told = shapes_json(tuiconv, "lenet5", "--input", "3,64,48")
    assert told["input"] == [3, 64, 48]
    assert told["layers"][1]["output"] == [6, 60, 44]


def test_a_network_may_leave_its_input_to_the_option(tuiconv):
    assert shapes_json(tuiconv, "CONV(6,5) -> RELU", "--input", "1,9,9")["output"] == [6, 5, 5]
    assert shapes_json(tuiconv, "INPUT -> CONV(6,5)", "--input", "1,9")["output"] == [6, 1, 5]


@pytest.mark.parametrize(
    "shape", ["", "3", "3,x,5", "3,0,5", "3,-1,5", "1,2,3,4", "3,,5", "1,9999999999,1"]
)
def test_an_input_that_is_no_shape_is_refused(refused, shape):
    message = refused(2, "shapes", "lenet5", "--input", shape)
    assert f'--input "{shape}"; expected channels, height and width' in message


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--batch", 0], "a batch of 0"),
        (["--bytes", 2], "2 bytes a number; expected 4 or 8"),
        (["--training", "adm"], "did you mean adam?"),
        (["--training", "adm", "--csv"], "did you mean adam?"),
        (["--json", "--csv"], "--json and --csv; expected at most one of"),
        (["--json", "--explain", "all"], "--json and --explain; expected at most one of"),
        (["--unit", "conv1:0,0", "--explain", "all"], "--explain and --unit; expected at most one"),
        (["--compare", "mlp1", "--markdown"], "--compare and --markdown; expected at most one"),
        (["--unit", "conv3:0,0"], "conv2"),
        (["--unit", "conv1:28,0"], "expected conv1:0,0 to conv1:27,27"),
        (["--explain", "conv9"], "did you mean"),
        (["--compare", "lenet6"], "did you mean lenet5?"),
        (["--width", 10], "20"),
    ],
)
def test_options_that_cannot_be_are_refused(refused, options, message):
    assert message in refused(2, "shapes", "lenet5", *options)


def test_behind_a_layer_that_enlarges_neighbours_are_less_than_a_pixel_apart(tuiconv):
    text = "INPUT(1,9,9) -> CONVT(1,3,stride=2)"
    enlarged = shapes_json(tuiconv, text)["layers"][1]
    assert enlarged["output"] == [1, 19, 19]
    assert (enlarged["receptive_field"], enlarged["jump"]) == ([2, 2], [0.5, 0.5])
    assert enlarged["start"] == [-1, -1]
    rows = [line.split() for line in tuiconv("shapes", text, "--width", "90").out.splitlines()]
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
    assert ["conv1", "CONV", "5", "1", "0", "6×28×28", "156", "117,600", "4,704", "5", "1"] in rows
    assert ["total", "61,706", "416,520", "9,118"] in rows
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


def test_the_memory_and_what_is_said_of_a_preset_stand_below_the_table(tuiconv):
    text = words(tuiconv, "vgg16")
    assert "activations 15,237,608 60,950,432 58.13" in text
    assert "parameters 138,357,544 553,430,176 527.79" in text
    assert "The lecture adds its memory column up to 24M numbers" in text


def test_csv_has_a_line_for_each_layer_and_the_numbers_of_the_json(tuiconv):
    done = tuiconv("shapes", "vgg16", "--csv")
    assert (done.status, done.err) == (0, "")
    rows = list(csv.DictReader(done.out.splitlines()))
    for row, layer in zip(rows, shapes_json(tuiconv, "vgg16")["layers"], strict=True):
        assert (row["name"], row["kind"], row["spec"]) == (
            layer["name"],
            layer["kind"],
            layer["spec"],
        )
        assert row["sources"].split() == layer["sources"]
        for name in ("parameters", "macs", "connections", "activations", "units", "groups"):
            assert int(row[name]) == layer[name]
        for name in (
            "kernel",
            "stride",
            "dilation",
            "receptive_field",
            "jump",
            "start",
            "discarded",
        ):
            assert [float(row[f"{name}_y"]), float(row[f"{name}_x"])] == layer[name]
        assert [int(row["pad_top"]), int(row["pad_left"])] == layer["padding"]
        assert [int(row["pad_bottom"]), int(row["pad_right"])] == layer["padding_after"]
        sides = [row[f"output_{side}"] for side in ("channels", "height", "width")]
        assert [int(side) for side in sides if side] == layer["output"]


def test_markdown_is_a_table_with_all_columns(tuiconv):
    done = tuiconv("shapes", "lenet5", "--markdown", "--color", "truecolor")
    lines = done.out.splitlines()
    assert (done.status, done.err, "\x1b" in done.out) == (0, "", False)
    headings, rule, *rows = ([cell.strip() for cell in line[1:-1].split("|")] for line in lines)
    assert headings == [
        *["layer", "kind", "k", "s", "p", "input", "output", "parameters", "share"],
        *["multiply-adds", "connections", "activations", "sees", "jump", "size", "learns"],
    ]
    assert all(set(cell) <= set("-:") for cell in rule)
    assert len(rows) == len(summarize("lenet5")) + 1
    assert rows[-1][0] == "total"


def test_the_faulty_lenet_of_the_lecture_ends_at_its_flatten_with_two_ways_to_mend_it(tuiconv):
    done = tuiconv("shapes", FAULTY)
    assert done.status == 2
    for text in (done.err, " ".join(done.out.split())):
        for part in (
            "flatten1",
            "20×5×5 = 500 arrives",
            "800 expected",
            "FLATTEN(20,5,5)",
            "50 maps",
        ):
            assert part in text
    assert done.err.count("\n") == 1
    rows = [line.split() for line in done.out.splitlines()]
    assert ["pool2", "POOL", "2", "2", "0", "20×5×5"] in [row[:6] for row in rows]
    assert "fc1" not in done.out


def test_as_json_an_impossible_network_has_its_good_layers_and_the_error(tuiconv):
    done = tuiconv("shapes", FAULTY, "--json")
    told = json.loads(done.out)
    assert done.status == 2
    assert [layer["name"] for layer in told["layers"]][-2:] == ["relu2", "pool2"]
    assert told["error"]["layer"] == "flatten1 FLATTEN(50,4,4)"
    assert done.err == f"tuiconv: {told['error']['message']}\n"


def test_a_layer_that_fails_is_told_by_its_name_and_what_it_is(tuiconv, folder):
    (folder / "net.txt").write_text("INPUT(1,4,4) -> stem: CONV(1,5)")
    for network in ("INPUT(1,4,4) -> stem: CONV(1,5)", "net.txt"):
        lines = tuiconv("shapes", network).out.splitlines()
        failing = lines.index("✗ stem CONV(1,5)")
        assert lines[failing + 1].startswith("1×4×4 arrives; the window does not fit")


@pytest.mark.parametrize("options", [["--explain", "flatten1"], ["--unit", "fc1:3"]])
def test_of_layers_that_an_impossible_network_does_not_get_to_it_says_why(refused, options):
    assert "flatten1 FLATTEN(50,4,4): 20×5×5 = 500" in refused(2, "shapes", FAULTY, *options)


def test_layers_before_the_one_that_fails_are_explained(tuiconv):
    done = tuiconv("shapes", FAULTY, "--explain", "conv2")
    assert done.status == 2
    assert done.out.startswith("conv2  CONV(20,5)")


def test_an_impossible_network_as_csv_ends_before_the_layer_that_fails(tuiconv):
    done = tuiconv("shapes", FAULTY, "--csv")
    assert done.status == 2
    assert [row["name"] for row in csv.DictReader(done.out.splitlines())][-1] == "pool2"


def test_a_pattern_without_sizes_is_written_out(tuiconv):
    stage = "CONV -> RELU -> CONV -> RELU -> POOL"
    expanded = f"INPUT -> {stage} -> {stage} -> {stage} -> FC -> RELU -> FC -> RELU -> FC"
    done = tuiconv("shapes", PATTERN)
    assert (done.status, done.err) == (0, "")
    assert done.out.splitlines()[0] == expanded
    assert "no sizes" in done.out.splitlines()[1]
    assert shapes_json(tuiconv, PATTERN) == {"pattern": expanded}


@pytest.mark.parametrize(
    "options", [["--csv"], ["--markdown"], ["--unit", "conv1:0,0"], ["--as", "convolutions"]]
)
def test_what_needs_sizes_is_refused_of_a_pattern_without_any(refused, options):
    assert "expected channels in INPUT(" in refused(2, "shapes", PATTERN, *options)


def test_a_pattern_whose_numbers_are_missing_says_so(refused):
    message = refused(2, "shapes", "INPUT -> [CONV -> RELU]*N -> FC")
    assert "with N=2" in message


def test_a_layer_is_explained_with_its_numbers(tuiconv):
    text = words(tuiconv, "lenet5", "--explain", "conv2")
    for part in (
        "conv2 CONV(16,5)",
        "takes 6×14×14 of pool1",
        "floor((14 + 2·0 − 5) / 1) + 1 = 10",
        "16·(6·5·5)+16 = 2,416 numbers, 3.9% of all",
        "6 + (5 − 1)·2 = 14 pixels",
    ):
        assert part in text


def test_all_layers_are_explained_one_below_the_other(tuiconv):
    blocks = tuiconv("shapes", "lenet5", "--explain", "all").out.split("\n\n")
    assert [block.split()[0] for block in blocks] == [layer.name for layer in summarize("lenet5")]


def test_a_layer_called_all_is_explained_alone(tuiconv):
    assert words(tuiconv, "INPUT(1,8,8) -> all: RELU", "--explain", "all").startswith("all RELU")


def test_a_unit_is_drawn_with_its_interval_in_every_layer(tuiconv):
    text = words(tuiconv, "lenet5", "--unit", "pool2:1,3")
    assert "a input 32×32 4…19 12…27 16×16" in text
    assert "b conv1 28×28 4…15 12…23 12×12" in text
    assert "c pool2 5×5 1…1 3…3 1×1" in text
    assert "fc1 120 all all 120" in text
    assert "aabb" in text


def test_a_unit_as_json_has_its_intervals_and_how_much_of_them_is_padding(tuiconv):
    network = "INPUT(1,8,8) -> CONV(1,3,pad=1) -> POOL(2) -> FC(2)"
    told = shapes_json(tuiconv, network, "--unit", "pool1:0,3")["unit"]
    assert (told["layer"], told["unit"]) == ("pool1", [0, 3])
    assert told["sees"][0] == {
        "layer": "input",
        "rows": [-1, 2],
        "columns": [5, 8],
        "inside": {"rows": [0, 2], "columns": [5, 7]},
        "padding": [[1, 0], [0, 1]],
    }
    assert [each["layer"] for each in told["sees"]] == ["input", "conv1", "pool1"]
    assert told["reaches"] == [
        {"layer": "pool1", "rows": [0, 0], "columns": [3, 3]},
        {"layer": "fc1", "rows": [0, 0], "columns": [0, 0]},
    ]


def test_an_input_pixel_tells_which_units_it_reaches(tuiconv):
    text = words(tuiconv, "lenet5", "--unit", "input:5,30")
    assert "conv1 28×28 1…5 26…27 5×2" in text


def test_two_networks_stand_side_by_side_with_their_totals(tuiconv):
    text = words(tuiconv, "lenet5-1998", "--compare", "lenet5")
    assert "A: lenet5-1998 B: lenet5 " in text
    assert "conv2 16×10×10 1,516 14 ≠ conv2 16×10×10 2,416 14" in text
    assert "parameters 60,850 61,706 1.01×" in text


def test_a_comparison_as_json_has_both_networks_and_the_ratios(tuiconv):
    told = shapes_json(tuiconv, "vgg16", "--compare", "vgg19")
    first, second = told["networks"]
    assert (first, second) == (shapes_json(tuiconv, "vgg16"), shapes_json(tuiconv, "vgg19"))
    assert told["ratio"]["parameters"] == 143_667_240 / 138_357_544
    assert told["ratio"]["receptive_field"] == [460 / 404, 460 / 404]


def test_a_ratio_to_nothing_is_null(tuiconv):
    told = shapes_json(tuiconv, "INPUT(1,8,8) -> POOL(2)", "--compare", "mlp1")
    assert told["ratio"]["parameters"] is None


def test_without_a_network_every_preset_is_listed_with_its_totals(tuiconv):
    lines = [line.split() for line in tuiconv("shapes", "--width", "80").out.splitlines()]
    assert ["vgg16", "3×224×224", "40", "138,357,544", "15,470,264,320", "15,237,608"] in lines
    assert {line[0] for line in lines} >= set(PRESETS)


def test_the_list_of_presets_is_to_be_had_for_other_programs(tuiconv):
    presets = json.loads(tuiconv("shapes", "--json").out)["presets"]
    assert [preset["name"] for preset in presets] == list(PRESETS)
    rows = list(csv.DictReader(io.StringIO(tuiconv("shapes", "--csv").out)))
    for preset, row in zip(presets, rows, strict=True):
        assert preset["totals"]["parameters"] == summarize(preset["name"]).totals.parameters
        assert int(row["parameters"]) == preset["totals"]["parameters"]
        assert (row["name"], row["spec"]) == (preset["name"], preset["spec"])
    markdown = tuiconv("shapes", "--markdown").out.splitlines()
    assert len(markdown) == len(PRESETS) + 2
    assert "| preset" in markdown[0]


@pytest.mark.parametrize(
    "options",
    [
        *(("--unit", "conv1:0,0"), ("--explain", "all"), ("--compare", "lenet5")),
        *(("--as", "convolutions"), ("--input", "1,8,8"), ("--batch", "2"), ("--bytes", "8")),
    ],
)
def test_an_option_that_is_about_a_network_needs_one(refused, options):
    assert f"{options[0]} needs a network" in refused(2, "shapes", *options)


def test_a_network_is_written_another_way_before_it_is_shown(tuiconv):
    done = tuiconv("shapes", "lenet5", "--as", "convolutions")
    text = " ".join(done.out.split())
    assert text.endswith("-> CONV(120,5) -> RELU -> CONV(84,1) -> RELU -> CONV(10,1) -> SOFTMAX")
    compared = tuiconv("shapes", "lenet5", "--as", "small-kernels", "--compare", "lenet5").out
    assert compared.startswith("A: lenet5 as small-kernels\nB: lenet5\n")


def test_a_way_to_write_networks_that_there_is_not_is_refused(refused):
    message = refused(2, "shapes", "lenet5", "--as", "convolution")
    assert 'conversion "convolution"; expected one of convolutions, full-layers' in message
    assert "did you mean convolutions?" in message


def test_memory_is_told_to_the_last_digit_however_large_it_is(tuiconv):
    # one number an image, of 4 bytes: 4·10²³ / 2²⁰ = 381,469,726,562,500,000
    table = words(tuiconv, "INPUT(1,1,1)", "--batch", 10**23, "--width", 120)
    assert "images " + f"{10**23:,} {4 * 10**23:,} 381,469,726,562,500,000.00" in table
    assert tuiconv("shapes", "lenet5", "--batch", 10**400).status == 0


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
        ("INPUT(1,32,32) -> [FC(10)]*99999", ["at most 10,000 layers"]),
        ("INPUT(1,32,32) -> [[[FC(9)]*9999]*9999]*9999", ["at most 10,000 layers"]),
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
