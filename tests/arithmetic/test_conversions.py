import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tuiconv.arithmetic import SpecError, parse, summarize
from tuiconv.arithmetic.conversions import (
    CONVERSIONS,
    with_convolutions,
    with_full_layers,
    with_small_kernels,
    with_strided_convolutions,
)


def test_by_hand_lenet_becomes_convolutions_all_the_way():
    net = with_convolutions(summarize("lenet5"))
    assert str(net) == (
        "INPUT(1,32,32) -> CONV(6,5) -> RELU -> POOL(2) -> CONV(16,5) -> RELU -> POOL(2)"
        " -> CONV(120,5) -> RELU -> CONV(84,1) -> RELU -> CONV(10,1) -> SOFTMAX"
    )
    assert net.output == (10, 1, 1)
    assert net.totals.parameters == summarize("lenet5").totals.parameters


def converted(convert, text):
    return str(convert(parse(text))).removeprefix("INPUT(4,6,6) -> ")


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        ("FC(3)", "CONV(3,6)"),
        ("FC(3,bias=none)", "CONV(3,6,bias=none)"),
        ("FLATTEN(4,6,6) -> DROPOUT -> FC(3)", "DROPOUT -> CONV(3,6)"),
        ("FLATTEN -> FC(3) -> FLATTEN -> FC(2)", "CONV(3,6) -> CONV(2,1)"),
        ("FC(3) -> BATCHNORM -> FC(2)", "CONV(3,6) -> BATCHNORM -> CONV(2,1)"),
        ("GLOBALAVGPOOL -> FC(3)", "GLOBALAVGPOOL -> CONV(3,1)"),
        ("GLOBALAVGPOOL -> FLATTEN -> SOFTMAX", "GLOBALAVGPOOL -> FLATTEN -> SOFTMAX"),
        ("FLATTEN -> RELU", "FLATTEN -> RELU"),
        # statistics of 144 features are not those of 4 maps
        ("FLATTEN -> BATCHNORM -> FC(3)", "FLATTEN -> BATCHNORM -> FC(3)"),
        ("FC(3) -> RES[FC(3) -> RELU]", "CONV(3,6) -> RES[CONV(3,1) -> RELU]"),
        ("CONCAT[FC(3) | FLATTEN -> FC(2)] -> FC(1)", "CONCAT[CONV(3,6) | CONV(2,6)] -> CONV(1,1)"),
    ],
)
def test_full_connection_becomes_a_convolution_where_it_can(layers, expected):
    assert converted(with_convolutions, f"INPUT(4,6,6) -> {layers}") == expected


def test_a_join_of_a_convolution_and_of_a_vector_is_refused():
    net = parse("INPUT(4,6,6) -> CONCAT[FC(3) | FLATTEN]")
    with pytest.raises(SpecError, match=r"concat1 CONCAT\[…\]: expected branches that all become"):
        with_convolutions(net)


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        ("CONV(3,6) -> RELU -> CONV(2,1) -> SOFTMAX", "FC(3) -> RELU -> FC(2) -> SOFTMAX"),
        ("CONV(3,6,bias=none)", "FC(3,bias=none)"),
        ("CONV(3,6,bias=unit,stride=2)", "FC(3)"),
        ("CONV(3,6) -> FLATTEN(3,1,1) -> FC(2)", "FC(3) -> FC(2)"),
        ("CONV(3,5) -> CONV(2,1)", "CONV(3,5) -> CONV(2,1)"),
        ("CONV(3,8,pad=1)", "CONV(3,8,pad=1)"),
        ("CONV(3,6,pad=1)", "CONV(3,6,pad=1)"),
        ("CONV(4,6,groups=2)", "CONV(4,6,groups=2)"),
        ("CONV(4,3,dilation=2) -> CONV(2,2)", "CONV(4,3,dilation=2) -> FC(2)"),
        ("CONV(3,6) -> GLOBALAVGPOOL", "CONV(3,6) -> GLOBALAVGPOOL"),
        ("CONV(3,6) -> RELU -> POOL(1)", "CONV(3,6) -> RELU -> POOL(1)"),
        ("CONV(3,6) -> RES[CONV(3,1)]", "CONV(3,6) -> RES[CONV(3,1)]"),
        ("CONV(3,6) -> CONV(8,1) -> CONVT(2,2)", "CONV(3,6) -> CONV(8,1) -> CONVT(2,2)"),
    ],
)
def test_a_convolution_becomes_full_connection_where_it_can(layers, expected):
    assert converted(with_full_layers, f"INPUT(4,6,6) -> {layers}") == expected


def test_back_from_convolutions_a_network_is_what_it_was():
    for name in ("lenet5", "lecture-lenet", "belllabs-1989", "mlp2", "vgg16", "resnet18"):
        net = summarize(name)
        assert with_full_layers(with_convolutions(net)) == net


def test_names_that_were_given_are_kept_and_others_are_numbered_anew():
    net = parse("INPUT(3,9,9) -> first: CONV(4,5) -> RELU -> CONV(4,3) -> out: FC(2)")
    assert [layer.name for layer in with_convolutions(net)] == (
        ["input", "first", "relu1", "conv2", "out"]
    )
    assert [layer.name for layer in with_small_kernels(net)] == (
        ["input", "first_1", "relu1", "first_2", "relu2", "conv3", "out"]
    )


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        ("AVGPOOL(2)", "CONV(4,2,stride=2,groups=4,bias=none)"),
        (
            "AVGPOOL((3,2),stride=1,pad=((1,0),0))",
            "CONV(4,(3,2),pad=((1,0),0),groups=4,bias=none)",
        ),
        ("AVGPOOL(2,round=up)", "CONV(4,2,stride=2,groups=4,bias=none)"),  # it comes out even
        ("AVGPOOL(4,stride=3,round=up)", "AVGPOOL(4,stride=3,round=up)"),
        ("AVGPOOL(3,pad=1,count=inside)", "AVGPOOL(3,pad=1,count=inside)"),
        ("AVGPOOL(3,count=inside)", "CONV(4,3,stride=3,groups=4,bias=none)"),
        ("SUBSAMPLE(2)", "CONV(4,2,stride=2,groups=4)"),
        ("POOL(2)", "CONV(4,2,stride=2)"),
        ("POOL(3,stride=2,pad=1,dilation=2)", "CONV(4,3,stride=2,pad=1,dilation=2)"),
        ("POOL(4,stride=3,round=up)", "CONV(4,4,stride=3,pad=((0,1),(0,1)))"),
        ("LPPOOL(3)", "CONV(4,3,stride=3)"),
        ("GLOBALMAXPOOL", "GLOBALMAXPOOL"),
    ],
)
def test_pooling_becomes_a_strided_convolution(layers, expected):
    text = f"INPUT(4,6,6) -> {layers}"
    assert converted(with_strided_convolutions, text) == expected
    before, after = parse(text).layers[-1], parse(f"INPUT(4,6,6) -> {expected}").layers[-1]
    assert after.output == before.output
    assert after.receptive_field == before.receptive_field


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        ("CONV(8,7,pad=3)", "[CONV(8,3,pad=1) -> RELU]*2 -> CONV(8,3,pad=1)"),
        ("CONV(8,5,pad=1)", "CONV(8,3,pad=1) -> RELU -> CONV(8,3)"),
        ("CONV(8,(5,1),pad=((4,0),1))", "CONV(8,(3,1),pad=((2,0),1)) -> RELU -> "
         "CONV(8,(3,1),pad=((2,0),0))"),
        ("CONV(8,(3,5))", "CONV(8,3) -> RELU -> CONV(8,(1,3))"),
        ("CONV(8,5,pad=4,dilation=2,groups=4,bias=none)",
         "CONV(8,3,pad=2,dilation=2,groups=4,bias=none) -> RELU -> "
         "CONV(8,3,pad=2,dilation=2,groups=4,bias=none)"),
        ("CONV(8,3)", "CONV(8,3)"),
        ("CONV(8,4)", "CONV(8,4)"),
        ("CONV(8,5,stride=2,pad=2)", "CONV(8,5,stride=2,pad=2)"),
        ("CONV(8,5,bias=unit)", "CONV(8,5,bias=unit)"),
    ],
)  # fmt: skip
def test_a_large_kernel_becomes_a_stack_of_three_by_three(layers, expected):
    text = f"INPUT(4,6,6) -> {layers}"
    assert with_small_kernels(parse(text)) == parse(f"INPUT(4,6,6) -> {expected}")


@pytest.mark.parametrize("channels", [1, 8, 64])
def test_three_of_three_by_three_have_27_weights_where_one_of_seven_by_seven_has_49(channels):
    one = parse(f"INPUT({channels},32,32) -> CONV({channels},7,pad=3)")
    stack = with_small_kernels(one, relu=False)
    weights = [sum(conv.weights for conv in net.layers[1:]) for net in (one, stack)]
    assert weights == [49 * channels**2, 27 * channels**2]
    assert one.totals.macs == 49 * channels**2 * 32**2
    assert stack.totals.macs == 27 * channels**2 * 32**2
    assert stack.layers[-1].receptive_field == one.layers[-1].receptive_field


def test_the_table_of_the_first_lenet_stays_and_so_does_every_network_nothing_fits():
    assert "CONV(16,5,table=lenet5)" in str(with_small_kernels(summarize("lenet5-1998")))
    net = parse("INPUT(1,9,9) -> LOCAL(2,5) -> TANH -> CONVT(1,5)")
    for convert in CONVERSIONS.values():
        assert convert(net) == net


def test_long_networks_are_converted_too():
    net = parse("INPUT(1,5,5) -> FLATTEN -> [RELU]*5000 -> FC(2)")
    assert len(with_convolutions(net)) == len(net) - 1


kernels = st.sampled_from([1, 3, 5, 7])
pads = st.integers(0, 6)
lengths = st.integers(1, 12)


@given(kernels, kernels, pads, pads, pads, pads, st.integers(1, 3), lengths, lengths)
def test_a_stack_leaves_the_sizes_and_sees_what_one_sees(
    kernel_height, kernel_width, top, bottom, left, right, dilation, height, width
):
    conv = (
        f"CONV(2,({kernel_height},{kernel_width}),pad=(({top},{bottom}),({left},{right})),"
        f"dilation={dilation})"
    )
    try:
        one = parse(f"INPUT(2,{height},{width}) -> {conv}")
    except SpecError:
        assume(False)
    last = with_small_kernels(one).layers[-1]
    assert last.output == one.output
    assert last.receptive_field == one.layers[-1].receptive_field


sides = st.integers(1, 5)


@given(sides, sides, sides, sides, st.integers(0, 2), st.integers(0, 2), st.integers(1, 2), lengths)
def test_a_strided_convolution_leaves_the_sizes_and_sees_what_a_pool_does(
    height, width, down, across, above, below, dilation, length
):
    pool = (
        f"POOL(({height},{width}),stride=({down},{across}),pad=(({above},{below}),0),round=up,"
        f"dilation={dilation})"
    )
    try:
        net = parse(f"INPUT(2,{length},7) -> {pool}")
    except SpecError:
        assume(False)
    new = with_strided_convolutions(net)
    assert new.output == net.output
    assert new.layers[-1].receptive_field == net.layers[-1].receptive_field
