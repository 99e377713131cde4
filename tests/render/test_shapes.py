import io

import pytest

from tuiconv.arithmetic import parse, summarize
from tuiconv.render.depth import ColorDepth, Display, make_console
from tuiconv.render.lines import Lines
from tuiconv.render.shapes import shapes_columns, shapes_lines
from tuiconv.render.tables import fitting, total_width

PLAIN = Display(ColorDepth.NONE)


def printed(network, display=PLAIN, width=200, encoding="utf-8"):
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    make_console(display, stream, width).print(Lines(shapes_lines(network, width, display)))
    stream.seek(0)
    return stream.read().splitlines()


def row(lines, name):
    """The row of a layer, or of the totals, which are the last."""
    (last,) = (place for place, line in enumerate(lines) if line.startswith("total  "))
    (found,) = (line.split() for line in lines[: last + 1] if line.startswith(f"{name} "))
    return found


def cells(network, column):
    (found,) = (each for each in shapes_columns(network, PLAIN) if each.name == column)
    names = [layer.name for layer in network]
    return dict(zip(names, found.cells, strict=True))


def test_a_layers_row_says_all_its_arithmetic():
    # conv1: 6 · (25 + 1) = 156 numbers; 28 · 28 · 6 · 25 = 117,600 multiply-adds.
    # pool2 looks back at 16 × 16 pixels, in steps of 4.
    lines = printed(summarize("lenet5"))
    # Connections: 117,600 and a bias for each of 4,704 units; four into each of 400 units.
    assert row(lines, "conv1")[:16] == [
        *["conv1", "CONV", "5", "1", "0", "1×32×32", "→", "6×28×28", "156"],
        *["0.3%", "117,600", "122,304", "4,704", "5", "1", "floor((32"],
    ]
    assert row(lines, "pool2")[:14] == [
        *["pool2", "POOL", "2", "2", "0", "16×10×10", "→", "16×5×5", "0"],
        *["0", "1,600", "400", "16", "4"],
    ]
    assert "120·(16·5·5)+120 = 48,120" in " ".join(row(lines, "fc1"))


def test_the_totals_of_lenet_are_those_worked_by_hand():
    # 156 + 2,416 + 48,120 + 10,164 + 850 numbers;
    # 117,600 + 240,000 + 48,000 + 10,080 + 840 multiply-adds;
    # 122,304 + 4,704 + 241,600 + 1,600 + 48,120 + 10,164 + 850 connections;
    # 1,024 + 4,704 + 1,176 + 1,600 + 400 + 120 + 84 + 10 activations.
    total = row(printed(summarize("lenet5")), "total")
    assert total == ["total", "61,706", "416,520", "429,342", "9,118"]


def test_the_totals_are_the_sums_of_the_columns():
    network = parse("INPUT(3,9,9) -> CONV(4,3) -> RELU -> FC(5)")
    total = row(printed(network), "total")
    for place, name in enumerate(("parameters", "macs", "connections", "activations"), start=1):
        assert total[place] == f"{sum(getattr(layer, name) for layer in network):,}"


def test_the_columns_are_explained_below_the_table():
    text = " ".join(" ".join(printed(summarize("lenet5"))).split())
    assert "sees: receptive field in input pixels; jump: input pixels between units" in text
    assert "connections: inputs of all units, biases included" in text
    assert "no room" not in text


def test_what_is_left_out_is_said_and_how_to_see_it():
    network = summarize("lenet5")
    text = " ".join(" ".join(printed(network, width=80)).split())
    width = total_width(shapes_columns(network, PLAIN))
    missing = "input, connections, size, learns"
    assert f"no room for {missing}: --width {width} or --csv" in text
    assert "no room" not in " ".join(printed(network, width=width))
    assert "no room for learns:" in " ".join(printed(network, width=width - 1))


def test_at_80_columns_vgg16_says_what_most_ask_for():
    lines = printed(summarize("vgg16"), width=80)
    conv = ["conv5_3", "CONV", "3", "1", "1", "512×14×14", "2,359,808", "462,422,016", "196", "16"]
    assert row(lines, "conv5_3") == conv
    assert row(lines, "pool5")[-2:] == ["212", "32"]


def test_ascii_displays_get_an_ascii_table():
    display = Display(ColorDepth.NONE, unicode=False)
    lines = printed(summarize("lenet5"), display, encoding="ascii", width=120)
    assert any("6x28x28" in line for line in lines)
    assert any("1x32x32  >  6x28x28" in line for line in lines)


@pytest.mark.parametrize("width", range(20, 121))
def test_the_table_is_no_wider_than_the_terminal_and_its_numbers_are_never_cut(width):
    network = summarize("lenet5")
    lines = printed(network, width=width)
    assert max(map(len, lines)) <= width
    assert "…" not in "\n".join(lines)
    for layer in network:
        assert row(lines, layer.name)[0] == layer.name
        assert f"{layer.parameters:,}" in row(lines, layer.name)
    assert "61,706" in row(lines, "total")


@pytest.mark.parametrize(
    ("width", "columns"),
    [
        (
            120,
            "layer kind k s p input output parameters share multiply-adds connections"
            " activations sees jump",
        ),
        (80, "layer kind k s p output parameters share multiply-adds activations sees jump"),
        (70, "layer kind k s p output parameters multiply-adds sees jump"),
        (64, "layer kind k s p output parameters multiply-adds sees jump"),
        (52, "layer k s p output parameters multiply-adds sees"),
        (46, "layer output parameters multiply-adds sees"),
        (36, "layer output parameters multiply-adds"),
        (20, "layer parameters"),
    ],
)
def test_a_column_is_left_out_where_there_is_no_room_for_it(width, columns):
    kept = fitting(shapes_columns(summarize("lenet5"), PLAIN), width)
    assert [column.name for column in kept if column.name] == columns.split()
    shown = printed(summarize("lenet5"), width=width)[1].split()
    last_lines = {"parameters": "meters", "multiply-adds": "adds"}
    last_lines |= {"connections": "tions", "activations": "tions"}
    assert shown == [last_lines.get(name, name) for name in columns.split()]


def test_a_long_heading_stands_on_two_lines():
    first, second, *_ = printed(summarize("lenet5"), width=80)
    assert first.split() == ["para-", "multiply-", "activa-"]
    assert second.split()[-6:] == ["meters", "share", "adds", "tions", "sees", "jump"]


def test_a_bar_is_as_long_as_the_share_of_all_parameters():
    network = parse("INPUT(1,1,1) -> FC(5) -> FC(1) -> FC(4)")  # 10, 6 and 8 of 24 parameters
    lines = printed(network)
    bars = [row(lines, name) for name in ("fc1", "fc2", "fc3")]
    assert [line.count("█") for line in map("".join, bars)] == [6, 4, 5]
    assert ["".join(line).count("%") for line in bars] == [1, 1, 1]
    assert cells(network, "share") == {"input": "", "fc1": "41.7%", "fc2": "25.0%", "fc3": "33.3%"}


def test_a_network_without_parameters_has_no_shares():
    assert "share" not in row(printed(parse("INPUT(1,8,8) -> POOL(2)")), "layer")


def test_dilation_and_groups_have_columns_only_where_they_are_used():
    plain = parse("INPUT(4,9,9) -> CONV(4,3) -> POOL(2)")
    rich = parse("INPUT(4,9,9) -> CONV(4,3,dilation=2,groups=4) -> POOL(2)")
    assert "k s p  " in printed(plain)[1]
    assert "k s p d g  " in printed(rich)[1]
    assert cells(rich, "d") == {"input": "", "conv1": "2", "pool1": "1"}
    assert cells(rich, "g") == {"input": "", "conv1": "4", "pool1": ""}


def test_pools_tell_their_kernel_and_activations_have_none():
    network = parse("INPUT(4,9,9) -> POOL(3,stride=2) -> RELU -> AVGPOOL((2,1),stride=1)")
    assert cells(network, "k") == {"input": "", "pool1": "3", "relu1": "", "avgpool1": "2×1"}
    assert cells(network, "s") == {"input": "", "pool1": "2", "relu1": "", "avgpool1": "1"}


def test_unequal_padding_is_explained_where_there_is_some():
    causal = parse("INPUT(1,9) -> CAUSAL(1,3) -> POOL(2)")
    assert cells(causal, "p") == {"input": "", "causal1": "2+0", "pool1": "0"}
    assert "1+2: 1 before, 2 behind" in " ".join(printed(causal))
    assert "before" not in " ".join(printed(summarize("lenet5")))


def test_layers_that_see_more_than_the_image_has_are_marked_and_the_mark_explained():
    network = parse("INPUT(1,8,8) -> CONV(1,5,pad=2) -> CONV(1,5,pad=2)")
    assert cells(network, "sees") == {"input": "1", "conv1": "5", "conv2": "9!"}
    assert "!: more than the image has" in " ".join(printed(network))
    assert "!:" not in " ".join(printed(summarize("lenet5")))


def test_a_join_says_which_layer_it_takes_besides_its_branches():
    network = parse(
        "INPUT(4,8,8) -> RES[CONV(4,3,pad=1)] -> stem: RELU"
        " -> CONCAT[ | CONV(4,1)] -> RES[CONV(8,1) | CONV(8,1)]"
    )
    layers = cells(network, "layer")
    assert [layers[name] for name in ("res1", "concat1", "res2")] == [
        *["└ res1 ←input", "└ concat1 ←stem", "└ res2"]
    ]
    assert cells(network, "input")["concat1"] == "4×8×8"


def test_at_80_columns_skips_are_still_told():
    lines = printed(summarize("unet"), width=80)
    assert any(line.startswith("│││└ concat1 ←relu8 ") for line in lines)
    assert "←: joined with what leaves that layer" in " ".join(lines)
    assert "←" not in "".join(printed(summarize("googlenet")))


def test_branches_of_unequal_shape_are_all_told():
    network = parse("INPUT(4,8,8) -> CONCAT[CONV(2,1) | CONV(3,1)]")
    assert cells(network, "input")["concat1"] == "2×8×8, 3×8×8"


def test_nothing_points_to_the_input_for_which_nothing_arrives():
    assert "→" not in "".join(printed(parse("INPUT(1,8,8)")))
    assert row(printed(parse("INPUT(1,8,8) -> CONV(2,3)")), "input")[2] == "1×8×8"


def test_in_one_dimension_a_shape_has_no_height():
    network = parse("INPUT(2,20) -> CONV(4,3,stride=2)")
    assert cells(network, "output") == {"input": "2×20", "conv1": "4×9"}
    assert (cells(network, "k")["conv1"], cells(network, "s")["conv1"]) == ("3", "2")
