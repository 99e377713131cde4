import pytest

from tuiconv.arithmetic import parse, summarize
from tuiconv.arithmetic.comparing import paired, show_ratio
from tuiconv.render.compare import compare_lines
from tuiconv.render.depth import ColorDepth, Display
from tuiconv.render.lines import block_width

PLAIN = Display(ColorDepth.NONE)


def names(one, other):
    return [
        (
            first is not None and one.layers[first].name,
            second is not None and other.layers[second].name,
        )
        for first, second in paired(one, other)
    ]


def text(one, other, width=120, display=PLAIN):
    lines = compare_lines((one, other), ("one", "other"), width, display)
    return ["".join(segment.text for segment in line) for line in lines]


def test_layers_of_one_kind_stand_beside_each_other_in_their_order():
    one = parse("INPUT(1,8,8) -> CONV(1,3) -> RELU -> FC(5)")
    other = parse("INPUT(1,8,8) -> CONV(1,3) -> RELU -> CONV(1,3) -> RELU -> FC(5)")
    assert names(one, other) == [
        *[("input", "input"), ("conv1", "conv1"), ("relu1", "relu1")],
        *[(False, "conv2"), (False, "relu2"), ("fc1", "fc1")],
    ]


def test_stages_stand_beside_stages_of_their_size():
    one, other = summarize("vgg16"), summarize("vgg11")
    beside = dict(names(one, other))
    shared = [f"pool{stage}" for stage in range(1, 6)] + [f"conv{stage}_1" for stage in range(1, 5)]
    assert [beside[name] for name in shared] == shared
    assert not any("≠" in line for line in text(one, other))


def test_activations_stand_beside_activations_and_pools_beside_pools():
    one = parse("INPUT(1,8,8) -> RELU -> POOL(2) -> FC(5)")
    other = parse("INPUT(1,8,8) -> STANH -> SUBSAMPLE(2) -> FC(5)")
    assert names(one, other) == [
        ("input", "input"),
        ("relu1", "stanh1"),
        ("pool1", "subsample1"),
        ("fc1", "fc1"),
    ]


def test_every_layer_of_both_is_there_once():
    one, other = summarize("resnet18"), summarize("vgg16")
    first, second = zip(*paired(one, other), strict=True)
    assert [place for place in first if place is not None] == list(range(len(one)))
    assert [place for place in second if place is not None] == list(range(len(other)))


def test_a_network_is_beside_itself_without_a_difference():
    net = summarize("lenet5")
    lines = text(net, net)
    assert not any("≠" in line for line in lines[3:-10])
    assert [line.split()[-1] for line in lines[-7:]] == ["1×"] * 7


def test_layers_that_differ_are_marked():
    one = parse("INPUT(1,8,8) -> CONV(1,3) -> RELU -> FC(5)")
    other = parse("INPUT(1,8,8) -> CONV(2,3) -> RELU -> FC(5)")
    lines = text(one, other)
    marked = [line.split()[0] for line in lines if line.count("≠") == 1 and "  ≠  " in line]
    assert marked == ["conv1", "relu1", "fc1"]
    ascii_lines = text(one, other, display=Display(ColorDepth.NONE, unicode=False))
    assert sum("  !  " in line for line in ascii_lines) == 3


def test_the_totals_stand_below_with_their_ratio():
    one = parse("INPUT(1,8,8) -> FC(5)")  # 5 · 65 = 325 parameters
    other = parse("INPUT(1,8,8) -> FC(10)")
    lines = {line.split()[0]: line.split()[1:] for line in text(one, other)[-7:]}
    assert lines["parameters"] == ["325", "650", "2×"]
    assert lines["multiply-adds"] == ["320", "640", "2×"]
    assert lines["activations"] == ["69", "74", "1.07×"]


@pytest.mark.parametrize(
    ("first", "second", "shown"),
    [(3, 6, "2×"), (3, 1, "0.333×"), (1, 123_456, "123,456×"), (1000, 1, "0.001×"), (0, 5, "")],
)
def test_a_ratio_has_three_digits_that_count(first, second, shown):
    assert show_ratio(first, second, "×") == shown


def test_the_tables_are_no_wider_than_the_terminal():
    one, other = summarize("lenet5"), summarize("lenet5-1998")
    for width in range(40, 130):
        assert block_width(compare_lines((one, other), ("one", "other"), width, PLAIN)) <= width


def test_both_halves_lose_the_same_columns():
    heading = next(
        line for line in text(summarize("vgg16"), summarize("vgg19"), 80) if " B " in line
    )
    assert heading.split() == ["A", "output", "parameters", "B", "output", "parameters"]
