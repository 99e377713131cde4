import io

import pytest

from tuiconv.arithmetic import parse, summarize
from tuiconv.render.depth import ColorDepth, Display, make_console
from tuiconv.render.tables import shapes_table, show_pair

PLAIN = Display(ColorDepth.NONE)


def printed(network, display=PLAIN, width=120, encoding="utf-8"):
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    make_console(display, stream, width).print(shapes_table(network, width, display))
    stream.seek(0)
    return stream.read().splitlines()


def row(lines, name):
    (found,) = (line.split() for line in lines if line.strip().startswith(name))
    return found


def test_a_layers_row_says_its_output_its_costs_and_what_it_sees():
    # conv1: 6 · (25 + 1) = 156 numbers; 28 · 28 · 6 · 25 = 117,600 multiply-adds.
    # pool2 looks back at 16 × 16 pixels, in steps of 4.
    lines = printed(summarize("lenet5"))
    # Links: 117,600 and a bias for each of 4,704 units; four into each of 400 units.
    conv1 = ["conv1", "CONV(6,5)", "6×28×28", "156", "117,600", "122,304", "5", "1"]
    assert row(lines, "conv1") == conv1
    assert row(lines, "pool2") == ["pool2", "POOL(2)", "16×5×5", "0", "0", "1,600", "16", "4"]


def test_the_totals_of_lenet_are_those_worked_by_hand():
    # 156 + 2,416 + 48,120 + 10,164 + 850 numbers;
    # 117,600 + 240,000 + 48,000 + 10,080 + 840 multiply-adds;
    # 122,304 + 4,704 + 241,600 + 1,600 + 48,120 + 10,164 + 850 links.
    assert row(printed(summarize("lenet5")), "total") == ["total", "61,706", "416,520", "429,342"]


def test_the_totals_are_the_sums_of_the_columns():
    network = parse("INPUT(3,9,9) -> CONV(4,3) -> RELU -> FC(5)")
    total = row(printed(network), "total")
    assert total[1] == f"{sum(layer.parameters for layer in network):,}"
    assert total[2] == f"{sum(layer.macs for layer in network):,}"
    assert total[3] == f"{sum(layer.links for layer in network):,}"


def test_the_columns_are_explained_below_the_table():
    text = " ".join(" ".join(printed(summarize("lenet5"))).split())
    assert "sees: receptive field in input pixels; jump: input pixels between units" in text
    assert "links: connections, biases included" in text


def test_at_80_columns_lenet5_of_1998_still_says_what_a_unit_sees_and_what_that_means():
    lines = printed(summarize("lenet5-1998"), width=80)
    conv2 = ["conv2", "CONV(16,5,table=lenet5)", "16×10×10", "1,516", "150,000", "14"]
    assert row(lines, "conv2") == conv2
    assert lines[-1].strip() == "sees: receptive field in input pixels"


def test_ascii_displays_get_an_ascii_table():
    lines = printed(summarize("lenet5"), Display(ColorDepth.NONE, unicode=False), encoding="ascii")
    assert any("6x28x28" in line for line in lines)


@pytest.mark.parametrize("width", range(35, 121))
def test_the_table_is_no_wider_than_the_terminal_and_its_numbers_are_never_cut(width):
    network = summarize("lenet5")
    lines = printed(network, width=width)
    assert max(map(len, lines)) <= width
    text = "\n".join(lines)
    assert "…" not in text
    for layer in network:
        assert row(lines, f"{layer.name} ")[0] == layer.name
        assert f"{layer.parameters:,}" in row(lines, f"{layer.name} ")
    assert "61,706" in row(lines, "total")


@pytest.mark.parametrize(
    ("width", "columns"),
    [
        (120, "layer spec output parameters multiply-adds links sees jump"),
        (80, "layer spec output parameters multiply-adds sees jump"),
        (70, "layer spec output parameters multiply-adds sees"),
        (64, "layer spec output parameters multiply-adds"),
        (60, "layer output parameters multiply-adds sees jump"),  # no room for the spec: for more
        (48, "layer output parameters multiply-adds"),
        (36, "layer output parameters"),
    ],
)
def test_a_column_is_left_out_where_there_is_no_room_for_it(width, columns):
    assert row(printed(summarize("lenet5"), width=width), "layer") == columns.split()


def test_equal_sides_are_said_once():
    assert show_pair((5, 5), "×") == "5"
    assert show_pair((3, 5), "×") == "3×5"
