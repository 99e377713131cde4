import pytest

from tuiconv.arithmetic import PRESETS, parse, summarize
from tuiconv.arithmetic.extents import Extent
from tuiconv.arithmetic.units import Box, Unit, extents, reached_by, seen_by
from tuiconv.render.depth import ColorDepth, Display
from tuiconv.render.lines import block_width
from tuiconv.render.unit import unit_lines

PLAIN = Display(ColorDepth.NONE)


def text(network, unit, width=60, height=22, display=PLAIN):
    lines = unit_lines(
        network, seen_by(network, unit), reached_by(network, unit), width, height, display
    )
    return ["".join(segment.text for segment in line).rstrip() for line in lines]


def rows(lines):
    """The rows of the tables by the name of their layer."""
    found = [line.split() for line in lines]
    return {row[len(row[0]) == 1]: row for row in found if len(row) > 3}


def test_the_boxes_of_a_unit_of_lenet_by_hand():
    # pool2 (1,3) is conv2 2…3, 6…7; that is pool1 2…7, 6…11; conv1 4…15, 12…23; input 4…19, 12…27
    lines = rows(text(summarize("lenet5"), Unit("pool2", 1, 3)))
    assert lines["input"] == ["a", "input", "32×32", "4…19", "12…27", "16×16"]
    assert lines["conv1"] == ["b", "conv1", "28×28", "4…15", "12…23", "12×12"]
    assert lines["pool1"] == ["b", "pool1", "14×14", "2…7", "6…11", "6×6"]
    assert lines["conv2"] == ["c", "conv2", "10×10", "2…3", "6…7", "2×2"]
    assert lines["pool2"] == ["c", "pool2", "5×5", "1…1", "3…3", "1×1"]
    assert lines["fc1"] == ["fc1", "120", "all", "all", "120"]


def test_units_are_in_the_middle_of_what_they_see_and_as_large_as_their_step():
    lenet, image = summarize("lenet5"), (1, 32, 32)
    pool2 = lenet.named("pool2")  # unit (1,3) sees rows 4…19, so its middle is 12; its step is 4
    assert extents(pool2, Box((1, 3), (1, 3)), image) == (Extent(10, 14), Extent(18, 22))
    conv1 = lenet.named("conv1")
    assert extents(conv1, Box((4, 12), (15, 23)), image) == (Extent(6, 18), Extent(14, 26))
    pixels = extents(lenet.layers[0], Box((4, 12), (19, 27)), image)
    assert pixels == (Extent(4, 20), Extent(12, 28))


def test_units_that_make_up_the_image_have_each_its_share_of_it():
    network = parse("INPUT(1,16) -> CAUSAL(1,2) -> CAUSAL(1,2,dilation=2) -> POOL(2)")
    causal2, pool1 = network.layers[-2:]  # the last of 16 sees 12…15, and is 15 itself
    assert extents(causal2, Box((0, 15), (0, 15)), network.input)[1] == Extent(15, 16)
    assert extents(pool1, Box((0, 7), (0, 7)), network.input)[1] == Extent(14, 16)


def test_the_present_is_drawn_at_the_end_of_what_a_causal_unit_sees():
    network = summarize("wavenet-figure")
    lines = text(network, Unit("causal4", 0, 15), width=40)
    assert "│aabbbbccccccccddddddddddddddddee│" in lines


def test_padding_is_spoken_of_only_where_there_is_some():
    assert "padding" not in "".join(text(summarize("lenet5"), Unit("conv1", 0, 0)))
    lines = text(parse("INPUT(1,4,4) -> CONV(1,3,pad=1)"), Unit("conv1", 0, 0))
    assert lines[0].endswith("of these padding")
    assert lines[-1] == "frame: the input; outside of it: padding"


def test_padding_is_told_and_drawn_outside_the_frame():
    network = parse("INPUT(1,4,4) -> CONV(1,3,pad=1)")
    lines = text(network, Unit("conv1", 0, 3), width=60, height=8)
    assert rows(lines)["input"] == [
        "a",
        "input",
        "4×4",
        "-1…1",
        "2…4",
        "3×3",
        "1",
        "above,",
        "1",
        "right",
    ]
    assert [line for line in lines if "aa" in line or "─┐" in line][:3] == [
        *["     aaaaaaa", "┌────────┐aa", "│····aabb│aa"]
    ]


def test_a_pixel_has_only_units_that_it_reaches():
    lines = text(summarize("lenet5"), Unit("input", 5, 30))
    assert rows(lines)["conv1"] == ["conv1", "28×28", "1…5", "26…27", "5×2"]


def test_the_last_layer_reaches_nothing():
    lines = text(parse("INPUT(1,4,4) -> CONV(1,3)"), Unit("conv1", 0, 0))
    assert not any("reaches" in line for line in lines)


def test_what_a_stride_leaves_out_is_reached_by_nothing():
    lines = rows(text(parse("INPUT(1,9,9) -> CONV(1,1,stride=2)"), Unit("input", 1, 1)))
    assert lines["conv1"] == ["conv1", "5×5", "none", "none", "0"]


def test_in_one_dimension_there_are_columns_alone():
    lines = text(parse("INPUT(1,10) -> CONV(1,3) -> POOL(2)"), Unit("pool1", 0, 1))
    assert rows(lines)["input"] == ["a", "input", "10", "2…5", "4"]
    assert not any("rows" in line for line in lines)


def test_on_a_wide_screen_the_drawing_is_beside_the_tables():
    lenet, unit = summarize("lenet5"), Unit("pool2", 1, 3)
    wide, narrow = text(lenet, unit, width=80, height=30), text(lenet, unit, width=60, height=30)
    assert "┌──" in wide[0]
    assert "sees" in wide[0]
    assert "┌──" not in narrow[0]
    assert "sees" in narrow[0]
    assert len(narrow) > len(wide)


def test_tables_that_are_longer_than_the_screen_stand_above_the_drawing():
    lines = text(summarize("vgg16"), Unit("pool5", 0, 0), width=200, height=30)
    assert "sees" in lines[0]
    assert "┌──" not in lines[0]


@pytest.mark.parametrize("display", [PLAIN, Display(ColorDepth.NONE, unicode=False)])
@pytest.mark.parametrize("width", [20, 40, 80, 120])
def test_nothing_is_wider_than_the_screen(width, display):
    network, unit = summarize("lenet5"), Unit("pool2", 0, 0)
    seen, reached = seen_by(network, unit), reached_by(network, unit)
    lines = unit_lines(network, seen, reached, width, 30, display)
    assert block_width(lines) <= max(width, 30)
    assert display.unicode or "".join(s.text for line in lines for s in line).isascii()


@pytest.mark.parametrize("preset", PRESETS)
def test_the_last_unit_of_every_preset_can_be_drawn(preset):
    network = summarize(preset)
    for layer in (network.layers[-1], network.layers[len(network) // 2]):
        assert text(network, Unit(layer.name))
