"""Every number of the lectures that is arithmetic, and the right one where they err."""

import pytest

from tuiconv.arithmetic import SpecError, expand, parse, summarize
from tuiconv.arithmetic.memory import memory


def sizes(text):
    return [layer.output for layer in parse(text).layers[1:]]


# NYU, "ConvNet evolutions"


def test_one_stage_takes_32_to_28_and_its_pooling_to_14_for_each_of_four_kernels():
    stage = "INPUT(1,32,32) -> CONV(4,5) -> TANH -> AVGPOOL(2)"
    assert sizes(stage) == [(4, 28, 28), (4, 28, 28), (4, 14, 14)]


def test_a_second_stage_of_16_kernels_gives_10_then_5_and_ten_last_kernels_one_cell_each():
    net = "INPUT(4,14,14) -> CONV(16,5) -> TANH -> AVGPOOL(2) -> CONV(10,5)"
    assert sizes(net) == [(16, 10, 10), (16, 10, 10), (16, 5, 5), (10, 1, 1)]


def test_the_first_convnet_on_mail_reads_256_pixels_with_12_kernels_stepped_by_2():
    net = summarize("belllabs-1989")
    assert net.layers[0].units == 256
    first = net.named("conv1")
    assert (first.channels, first.kernel_size, first.stride) == (12, (5, 5), (2, 2))
    assert not any("POOL" in layer.word or layer.word == "SUBSAMPLE" for layer in net)


def along(length):
    net = f"INPUT(1,{length}) -> [CONV(1,3) -> POOL(2)]*2"
    return [length, *(width for _, _, width in sizes(net))]


def test_a_row_of_ten_becomes_8_4_2_and_1():
    assert along(10) == [10, 8, 4, 2, 1]


def test_four_more_inputs_become_4_2_2_and_1_more():
    assert [more - before for more, before in zip(along(14), along(10), strict=True)] == [
        4, 4, 2, 2, 1
    ]  # fmt: skip


def test_one_output_of_that_row_sees_ten_inputs_and_the_next_begins_four_further():
    seen = parse("INPUT(1,10) -> [CONV(1,3) -> POOL(2)]*2").layers[-1].receptive_field
    assert (seen.size[1], seen.jump[1]) == (10, 4)


def test_a_lenet_made_for_32_by_32_gives_9_outputs_side_by_side_on_32_by_64():
    convolutions = (
        "CONV(6,5) -> RELU -> POOL(2) -> CONV(16,5) -> RELU -> POOL(2)"
        " -> CONV(120,5) -> RELU -> CONV(84,1) -> RELU -> CONV(10,1)"
    )
    narrow = parse(convolutions, input=(1, 32, 32))
    assert narrow.output == (10, 1, 1)
    assert narrow.totals.parameters == summarize("lenet5").totals.parameters
    assert (
        parse(convolutions, input=(1, 32, 64)).output == (10, 1, (64 - 32) // 4 + 1) == (10, 1, 9)
    )


def test_a_fully_connected_layer_is_a_convolution_that_covers_its_whole_input():
    connected = parse("INPUT(16,5,5) -> FC(120) -> FC(84)")
    convolved = parse("INPUT(16,5,5) -> CONV(120,5) -> CONV(84,1)")
    for full, conv in zip(connected.layers[1:], convolved.layers[1:], strict=True):
        assert (full.parameters, full.macs) == (conv.parameters, conv.macs)
        assert full.receptive_field.size == conv.receptive_field.size


def test_the_lectures_own_lenet_is_refused_for_500_numbers_where_800_are_expected():
    listing = (
        "INPUT(1,32,32) -> CONV(20,5) -> RELU -> POOL(2) -> CONV(20,5) -> RELU -> POOL(2)"
        " -> FLATTEN(50,4,4) -> FC(500) -> RELU -> FC(10)"
    )
    with pytest.raises(SpecError) as caught:
        parse(listing)
    message = str(caught.value)
    assert caught.value.layer == "flatten1 FLATTEN(50,4,4)"
    assert [layer.name for layer in caught.value.layers][-1] == "pool2"
    assert "20×5×5 = 500" in message
    assert "50×4×4 = 800" in message
    assert "FLATTEN(20,5,5)" in message  # one way to mend it, and the other:
    assert "give conv2 50 maps" in message
    assert "make INPUT 1×28×28" in message


def test_the_repaired_lenet_goes_from_1_over_20_to_50_maps_and_500_units():
    net = summarize("lecture-lenet")
    assert [layer.output for layer in net if layer.parameters] == [
        (20, 28, 28), (50, 10, 10), (500,), (10,)
    ]  # fmt: skip
    assert net.named("pool2").output == (50, 5, 5)
    smaller = summarize("lecture-lenet", input=(1, 28, 28))
    assert smaller.named("pool2").output == (50, 4, 4)  # which is what the listing has in mind


# ml4a, "Convolutional neural networks"


def test_20_filters_of_7_by_7_leave_26_by_26_by_20_and_30_of_5_by_5_then_22_by_22_by_30():
    net = parse("INPUT(3,32,32) -> CONV(20,7) -> CONV(30,5)")
    _, first, second = net
    assert (first.output, second.output) == ((20, 26, 26), (30, 22, 22))
    # a filter is as deep as its input has channels
    assert first.weight_shape == (20, 3, 7, 7)
    assert second.weight_shape == (30, 20, 5, 5)


def test_eight_filters_on_28_by_28_leave_4608_units_where_the_text_says_5000():
    _, conv, pool = parse("INPUT(1,28,28) -> CONV(8,5) -> POOL(2)")
    assert conv.output == (8, 24, 24)
    assert conv.units == 8 * 24 * 24 == 4608
    assert pool.output == (8, 12, 12)


# Rikkyo: how many numbers four maps learn, biases left out as there


@pytest.mark.parametrize("k", [1, 3, 5])
@pytest.mark.parametrize(
    ("channels", "options", "weights"),
    [
        (4, "", lambda k: 4 * k * k * 4),
        (4, ",groups=2", lambda k: 2 * 2 * k * k * 2),
        (4, ",groups=4", lambda k: 4 * k * k * 1),
        (3, "", lambda k: 4 * k * k * 3),
    ],
    ids=["classic", "two groups", "depthwise", "three channels"],
)
def test_four_maps_learn_what_the_slides_say(channels, options, weights, k):
    net = parse(f"INPUT({channels},9,9) -> CONV(4,{k}{options},bias=none)")
    assert net.totals.parameters == weights(k)


def test_a_pointwise_convolution_from_4_to_4_channels_learns_16_numbers():
    assert parse("INPUT(4,9,9) -> CONV(4,1,bias=none)").totals.parameters == 4 * 1 * 1 * 4


# CS231n, "Convolutional neural networks for visual recognition"

PATTERN = "INPUT -> [[CONV -> RELU]*N -> POOL?]*M -> [FC -> RELU]*K -> FC"


@pytest.mark.parametrize(
    ("values", "written_out"),
    [
        ({"N": 0, "M": 0, "K": 0}, "INPUT -> FC"),
        ({"N": 1, "M": 1, "K": 0, "POOL": 0}, "INPUT -> CONV -> RELU -> FC"),
        (
            {"N": 1, "M": 2, "K": 1},
            "INPUT -> [CONV -> RELU -> POOL]*2 -> FC -> RELU -> FC",
        ),
        (
            {"N": 2, "M": 3, "K": 2},
            "INPUT -> [CONV -> RELU -> CONV -> RELU -> POOL]*3 -> [FC -> RELU]*2 -> FC",
        ),
    ],
)
def test_the_layer_pattern_gives_the_four_examples_of_the_note(values, written_out):
    assert expand(PATTERN, **values) == expand(written_out)


@pytest.mark.parametrize("channels", [1, 3, 64])
def test_three_3_by_3_see_what_one_7_by_7_sees_with_27_instead_of_49_weights_for_each_pair(
    channels,
):
    many, one = f"CONV({channels},3,bias=none)", f"CONV({channels},7,bias=none)"
    stack = parse(f"INPUT({channels},9,9) -> {many} -> RELU -> {many} -> RELU -> {many} -> RELU")
    large = parse(f"INPUT({channels},9,9) -> {one} -> RELU")
    assert stack.output == large.output
    assert stack.layers[-1].receptive_field == large.layers[-1].receptive_field
    assert stack.totals.parameters == 27 * channels**2
    assert large.totals.parameters == 49 * channels**2
    nonlinearities = [sum(layer.word == "RELU" for layer in net) for net in (stack, large)]
    assert nonlinearities == [3, 1]


def test_a_stride_of_two_does_what_a_pool_does_to_sizes():
    pooled = parse("INPUT(3,32,32) -> CONV(8,3,pad=1) -> POOL(2)")
    strided = parse("INPUT(3,32,32) -> CONV(8,3,stride=2,pad=1)")
    assert pooled.output == strided.output == (8, 16, 16)
    assert pooled.layers[-1].receptive_field.jump == strided.layers[-1].receptive_field.jump


VGG16 = [
    # layer, its size, its memory as the note prints it, its weights without biases
    ("input", (3, 224, 224), 150e3, 0),
    ("conv1_1", (64, 224, 224), 3.2e6, 1_728),
    ("conv1_2", (64, 224, 224), 3.2e6, 36_864),
    ("pool1", (64, 112, 112), 800e3, 0),
    ("conv2_1", (128, 112, 112), 1.6e6, 73_728),
    ("conv2_2", (128, 112, 112), 1.6e6, 147_456),
    ("pool2", (128, 56, 56), 400e3, 0),
    ("conv3_1", (256, 56, 56), 800e3, 294_912),
    ("conv3_2", (256, 56, 56), 800e3, 589_824),
    ("conv3_3", (256, 56, 56), 800e3, 589_824),
    ("pool3", (256, 28, 28), 200e3, 0),
    ("conv4_1", (512, 28, 28), 400e3, 1_179_648),
    ("conv4_2", (512, 28, 28), 400e3, 2_359_296),
    ("conv4_3", (512, 28, 28), 400e3, 2_359_296),
    ("pool4", (512, 14, 14), 100e3, 0),
    ("conv5_1", (512, 14, 14), 100e3, 2_359_296),
    ("conv5_2", (512, 14, 14), 100e3, 2_359_296),
    ("conv5_3", (512, 14, 14), 100e3, 2_359_296),
    ("pool5", (512, 7, 7), 25e3, 0),
    ("fc6", (4096,), 4096, 102_760_448),
    ("fc7", (4096,), 4096, 16_777_216),
    ("fc8", (1000,), 1000, 4_096_000),
]


@pytest.mark.parametrize(("name", "output", "memory", "weights"), VGG16)
def test_vgg_16_layer_by_layer_is_what_the_note_prints(name, output, memory, weights):
    layer = summarize("vgg16").named(name)
    assert layer.output == output
    assert layer.activations == pytest.approx(memory, rel=0.01)
    biases = output[0] if weights else 0
    assert layer.parameters == weights + biases


def test_the_note_lists_every_layer_of_vgg_16_that_keeps_numbers():
    net = summarize("vgg16")
    assert [layer.name for layer in net if layer.activations] == [name for name, *_ in VGG16]


def test_the_weights_of_vgg_16_add_up_to_138_344_128_and_13_416_biases():
    weights = sum(weights for *_, weights in VGG16)
    assert weights == 138_344_128
    assert summarize("vgg16").totals.parameters == weights + 13_416 == 138_357_544


def test_the_memory_of_vgg_16_adds_up_to_15_237_608_numbers_where_the_note_says_24_million():
    totals = summarize("vgg16").totals
    assert totals.activations == 15_237_608
    assert sum(memory for _, _, memory, _ in VGG16) == pytest.approx(15.2e6, rel=0.01)
    assert f"{4 * totals.activations / 1024**2:.1f}" == "58.1"


def test_memory_counts_activations_twice_and_parameters_three_times_or_more_in_training():
    net = summarize("vgg16")
    activations, parameters = 4 * 15_237_608, 4 * 138_357_544
    forward = memory(net)
    assert (forward.activations, forward.parameters) == (activations, parameters)
    assert memory(net, bytes_per_number=8).total == 2 * forward.total
    learning = memory(net, training="momentum")
    assert learning.activations + learning.activation_gradients == 2 * activations
    of_parameters = learning.parameters + learning.parameter_gradients + learning.optimizer
    assert of_parameters == 3 * parameters


# All of them: the nets that have a name

PARAMETERS = {
    "digits-1989-net1": 2_570,
    "digits-1989-net2": 3_214,
    "digits-1989-net3": 1_226,
    "digits-1989-net4": 1_132,
    "digits-1989-net5": 1_060,
    "belllabs-1989": 9_760,
    "lenet5-1998": 60_000 + 850,
    "alexnet": 60_965_224,
    "alexnet-onecolumn": 61_100_840,
    "googlenet": 6_998_552,
    "vgg11": 132_863_336,
    "vgg13": 133_047_848,
    "vgg16": 138_357_544,
    "vgg19": 143_667_240,
    "resnet18": 11_689_512,
    "resnet34": 21_797_672,
    "resnet50": 25_557_032,
    "resnet101": 44_549_160,
    "resnet152": 60_192_808,
}


@pytest.mark.parametrize(("name", "parameters"), PARAMETERS.items())
def test_a_net_that_has_a_name_learns_as_many_numbers_as_is_known_of_it(name, parameters):
    assert summarize(name).totals.parameters == parameters


LENET5 = {
    "conv1": (156, 122_304),
    "subsample1": (12, 5_880),
    "conv2": (1_516, 151_600),
    "subsample2": (32, 2_000),
    "conv3": (48_120, 48_120),
    "fc1": (10_164, 10_164),
}
"""Trainable parameters and connections."""


@pytest.mark.parametrize(("name", "figures"), LENET5.items())
def test_the_layers_of_lenet_5_have_the_parameters_and_connections_of_its_paper(name, figures):
    layer = summarize("lenet5-1998").named(name)
    assert (layer.parameters, layer.connections) == figures


def test_the_layers_of_lenet_5_add_up_to_60_000_parameters():
    assert sum(parameters for parameters, _ in LENET5.values()) == 60_000
