import pytest

from tuiconv.arithmetic import NetworkSpec, SpecError, Totals, parse, summarize


def layer(text):
    return parse(text).layers[-1]


def test_six_kernels_of_five_by_five_learn_156_numbers():
    conv = layer("INPUT(1,32,32) -> CONV(6,5)")
    assert conv.weight_shape == (6, 1, 5, 5)
    assert conv.parameters == 6 * 1 * 5 * 5 + 6 == 156
    assert conv.macs == 6 * 1 * 5 * 5 * 28 * 28 == 117_600


@pytest.mark.parametrize("k", [1, 3, 5])
@pytest.mark.parametrize(
    ("channels", "options", "weights_per_area"),
    [
        (4, "", 4 * 4),
        (4, ",groups=2", 2 * 2 * 2),
        (4, ",groups=4", 4 * 1),
        (3, "", 4 * 3),
    ],
    ids=["classic", "two groups", "depthwise", "three in"],
)
def test_groups_divide_the_weights_and_every_map_has_a_bias(channels, options, weights_per_area, k):
    conv = layer(f"INPUT({channels},9,9) -> CONV(4,{k},pad=2{options})")
    assert conv.parameters == weights_per_area * k * k + 4
    _, rows, columns = conv.output
    assert conv.macs == weights_per_area * k * k * rows * columns


def test_a_pointwise_convolution_mixes_channels_with_16_weights():
    assert layer("INPUT(4,9,9) -> CONV(4,1)").parameters == 4 * 1 * 1 * 4 + 4


def test_with_lenet5s_table_60_of_96_kernels_are_left_and_only_they_count():
    conv = layer("INPUT(6,14,14) -> CONV(16,5,table=lenet5)")
    assert conv.weight_shape == (16, 6, 5, 5)
    assert conv.parameters == 6 * (3 * 25 + 1) + 9 * (4 * 25 + 1) + (6 * 25 + 1) == 1516
    assert conv.macs == 60 * 25 * 10 * 10
    whole = layer("INPUT(6,14,14) -> CONV(16,5)")
    assert conv.output == whole.output
    assert conv.receptive_field == whole.receptive_field
    assert whole.parameters - conv.parameters == (96 - 60) * 25


def test_lenet5s_table_gives_maps_three_neighbours_four_neighbours_two_pairs_or_all_channels():
    conv = layer("INPUT(6,14,14) -> CONV(16,5,table=lenet5)")
    seen = [{c for c, sees in enumerate(row) if sees} for row in conv.connection_table]
    # neighbours around a circle of six, as in Table I of LeCun et al. 1998
    circle = [
        *[{m % 6, (m + 1) % 6, (m + 2) % 6} for m in range(6)],
        *[{m % 6, (m + 1) % 6, (m + 2) % 6, (m + 3) % 6} for m in range(6)],
        *[{m % 6, (m + 1) % 6, (m + 3) % 6, (m + 4) % 6} for m in range(3)],
        set(range(6)),
    ]
    assert seen == circle
    assert layer("INPUT(6,14,14) -> CONV(16,5)").connection_table is None


def test_subsampling_learns_a_gain_and_a_bias_for_every_map():
    subsample = layer("INPUT(6,28,28) -> SUBSAMPLE(2)")
    assert subsample.output == (6, 14, 14)
    assert subsample.parameters == 6 * 2
    assert subsample.macs == 6 * 14 * 14  # one gain, one product for every unit
    assert subsample.receptive_field == layer("INPUT(6,28,28) -> AVGPOOL(2)").receptive_field


def test_a_bias_for_every_unit_adds_as_many_numbers_as_the_layer_has_units():
    conv = layer("INPUT(1,16,16) -> CONV(12,5,stride=2,pad=2,bias=unit)")
    assert conv.output == conv.bias_shape == (12, 8, 8)
    assert conv.parameters == 12 * 25 + 768 == 1068
    assert conv.connections == 768 * (25 + 1)
    shared = layer("INPUT(1,16,16) -> CONV(12,5,stride=2,pad=2,bias=map)")
    assert shared.bias_shape == (12,)
    assert shared.parameters == 12 * 25 + 12
    assert (shared.macs, shared.connections) == (conv.macs, conv.connections)


def test_a_locally_connected_layer_has_the_sizes_and_links_of_a_convolution_but_shares_nothing():
    local = layer("INPUT(2,9,8) -> LOCAL(3,(3,2),stride=2,pad=1)")
    conv = layer("INPUT(2,9,8) -> CONV(3,(3,2),stride=2,pad=1)")
    assert local.output == conv.output == (3, 5, 5)
    assert local.weight_shape == (3, 5, 5, 2, 3, 2)
    assert local.parameters == local.connections == 75 * (2 * 3 * 2 + 1)
    assert (local.macs, local.connections) == (conv.macs, conv.connections)
    assert local.receptive_field == conv.receptive_field


def test_a_fully_connected_layer_is_the_convolution_that_covers_its_input():
    full = layer("INPUT(16,5,5) -> FC(120)")
    conv = layer("INPUT(16,5,5) -> CONV(120,5)")
    assert full.output == (120,)
    assert conv.output == (120, 1, 1)
    assert full.parameters == conv.parameters == 120 * 400 + 120
    assert full.macs == conv.macs == 120 * 400
    assert full.receptive_field == conv.receptive_field


def test_flattened_maps_are_a_vector_and_its_units_see_all_of_them():
    net = parse("INPUT(1,14,14) -> CONV(16,5) -> POOL(2) -> FLATTEN -> FC(3)")
    flatten, full = net.layers[-2:]
    assert flatten.output == (16 * 5 * 5,)
    assert (flatten.parameters, flatten.macs, flatten.connections, flatten.units) == (0, 0, 0, 0)
    straight = layer("INPUT(1,14,14) -> CONV(16,5) -> POOL(2) -> FC(3)")
    assert (full.parameters, full.connections) == (straight.parameters, straight.connections)
    assert flatten.receptive_field == full.receptive_field == straight.receptive_field
    assert layer("INPUT(1,2,2) -> FC(3) -> FLATTEN").output == (3,)


def test_batch_normalisation_learns_a_scale_and_an_offset_for_every_channel():
    norm = layer("INPUT(3,8,7) -> BATCHNORM(momentum=0.2)")
    assert (norm.momentum, norm.eps) == (0.2, 0.00001)
    assert norm.output == (3, 8, 7)
    assert (norm.parameters, norm.macs, norm.units) == (2 * 3, 3 * 8 * 7, 0)
    assert norm.receptive_field.size == (1, 1)
    vector = layer("INPUT(3,8,7) -> FC(5) -> BATCHNORM")
    assert (vector.output, vector.parameters, vector.macs) == ((5,), 10, 5)


def test_a_transposed_convolution_lays_kernels_side_by_side():
    # 3 kernels of 4, each 2 after the other: 2·(3 − 1) + 4 = 8 cells, less 1 on each side
    laid = layer("INPUT(6,3,5) -> CONVT(4,4,stride=2,pad=1)")
    assert laid.output == (4, 2 * 2 + 4 - 2, 2 * 4 + 4 - 2)
    assert laid.weight_shape == (6, 4, 4, 4)
    assert laid.parameters == 6 * 4 * 16 + 4
    assert laid.macs == 6 * 4 * 16 * 3 * 5
    assert laid.connections == laid.macs + 4 * 6 * 10
    grouped = layer("INPUT(6,3,5) -> CONVT(4,(1,3),stride=(1,2),output_pad=(0,1),groups=2)")
    assert grouped.output == (4, 3, 2 * 4 + 3 + 1)
    assert grouped.parameters == 6 * 2 * 3 + 4


@pytest.mark.parametrize("size", [5, 6, 7, 8])
@pytest.mark.parametrize("options", ["", ",stride=2", ",stride=2,pad=1", ",stride=3,dilation=2"])
def test_a_transposed_convolution_takes_a_convolutions_output_back_to_its_input(size, options):
    down = layer(f"INPUT(1,{size},8) -> CONV(1,2{options})")
    _, rows, columns = down.output
    sizes = {
        layer(f"INPUT(1,{rows},{columns}) -> CONVT(1,2{options},output_pad={pad})").output[1]
        for pad in range(max(down.stride))
    }
    assert size in sizes


def test_a_transposed_convolution_may_cut_off_more_on_one_side():
    laid = layer("INPUT(6,3,5) -> CONVT(4,4,stride=2,pad=((1,0),(0,3)))")
    assert laid.output == (4, 2 * 2 + 4 - 1, 2 * 4 + 4 - 3)


@pytest.mark.parametrize(
    ("text", "weights", "macs"),
    [
        ("INPUT(4,9,8) -> CONV(6,3,groups=2,bias=none)", 6 * 2 * 9, 6 * 2 * 9 * 7 * 6),
        ("INPUT(4,9,8) -> LOCAL(6,3,bias=none)", 6 * 42 * 4 * 9, 6 * 42 * 4 * 9),
        ("INPUT(4,9) -> CAUSAL(6,3,bias=none)", 6 * 4 * 3, 6 * 4 * 3 * 9),
        ("INPUT(4,9,8) -> CONVT(6,3,bias=none)", 6 * 4 * 9, 6 * 4 * 9 * 72),
        ("INPUT(4,9,8) -> FC(6,bias=none)", 6 * 288, 6 * 288),
    ],
)
def test_without_biases_the_weights_are_left(text, weights, macs):
    spec = layer(text)
    assert spec.bias_shape is None
    assert (spec.weights, spec.parameters) == (weights, weights)
    assert (spec.macs, spec.connections) == (macs, macs)
    assert str(parse(text)) == text
    assert layer(text.replace(",bias=none", "")).output == spec.output


def test_a_shuffle_makes_maps_larger_of_channels_and_back():
    shuffle = layer("INPUT(18,4,5) -> SHUFFLE(3)")
    assert shuffle.output == (2, 12, 15)
    assert (shuffle.parameters, shuffle.macs, shuffle.connections, shuffle.units) == (0, 0, 0, 0)
    assert layer("INPUT(18,4,5) -> SHUFFLE(3) -> UNSHUFFLE(3)").output == (18, 4, 5)
    assert layer("INPUT(1,4,6) -> UNSHUFFLE(2)").output == (4, 2, 3)


def test_response_normalisation_costs_three_products_a_unit_and_looks_along_the_channels():
    norm = layer("INPUT(96,5,4) -> LRN(5)")
    assert (norm.size, norm.alpha, norm.beta, norm.k) == (5, 0.0001, 0.75, 1)
    assert norm.output == (96, 5, 4)
    assert (norm.macs, norm.parameters, norm.units) == (3 * 96 * 20, 0, 0)
    assert norm.receptive_field.size == (1, 1)
    alexnet = "INPUT(96,5,4) -> LRN(5,alpha=0.0005,k=2)"
    assert str(parse(alexnet)) == alexnet


def test_a_leaky_unit_has_a_slope_below_zero():
    assert layer("INPUT(1,5,4) -> LEAKYRELU").slope == 0.01
    assert layer("INPUT(1,5,4) -> LEAKYRELU(0.1)").slope == 0.1


def test_a_word_with_a_digit_at_its_end_and_a_number_are_kept_apart_in_a_name():
    net = parse("INPUT(1,5,4) -> [RELU]*61 -> [RELU6]*2")
    assert [each.name for each in net][-3:] == ["relu61", "relu6_1", "relu6_2"]
    assert str(parse(str(net))) == str(net)


def test_what_is_made_anew_is_kept_for_backpropagation_and_an_activation_is_not():
    net = parse(
        "INPUT(4,8,8) -> CONV(8,3,pad=1) -> BATCHNORM -> LEAKYRELU -> LRN(3) -> POOL(2) -> DROPOUT"
        " -> SHUFFLE(2) -> CONVT(3,2) -> UNSHUFFLE(3) -> GLOBALAVGPOOL -> FLATTEN -> FC(5) -> TANH"
    )
    maps = 8 * 8 * 8
    assert [spec.activations for spec in net] == [
        *(4 * 64, maps, maps, 0, maps, maps // 4, 0),
        *(2 * 64, 3 * 81, 3 * 81, 27, 0, 5, 0),
    ]
    assert net.totals.activations == 4 * 64 + 3 * maps + maps // 4 + 2 * 64 + 2 * 3 * 81 + 27 + 5


def test_local_normalisation_keeps_sizes_and_sees_a_window_over_all_channels():
    subtract = layer("INPUT(3,8,7) -> SUBNORM((5,3))")
    assert subtract.output == (3, 8, 7)
    assert subtract.macs == 8 * 7 * (5 + 3)  # over rows, then over columns, of the mean channel
    assert subtract.connections == 3 * 8 * 7 * (3 * 5 * 3)
    assert subtract.receptive_field.size == (5, 3)
    assert subtract.receptive_field.start == (-2, -1)
    divide = layer("INPUT(3,8,7) -> DIVNORM((5,3))")
    assert (divide.output, divide.parameters) == ((3, 8, 7), 0)
    assert divide.macs == subtract.macs + 2 * 3 * 8 * 7  # a square and a division for every unit
    assert layer("INPUT(1,8,7) -> SUBNORM").kernel_size == (9, 9)


def test_in_one_dimension_the_neighbourhood_is_along_the_length_alone():
    norm, row = (layer(f"{start} -> SUBNORM") for start in ("INPUT(3,20)", "INPUT(3,1,20)"))
    assert norm.window.kernel_size == (1, 9)
    assert norm.receptive_field.size == (1, 9)
    assert (norm.macs, norm.connections) == (20 * (1 + 9), 3 * 20 * 3 * 9)
    assert row.window.kernel_size == (9, 9)
    assert str(parse("INPUT(3,20) -> SUBNORM")) == "INPUT(3,20) -> SUBNORM"
    assert layer("INPUT(3,20) -> DIVNORM(5)").window.kernel_size == (1, 5)


def test_whitening_lets_every_unit_see_the_whole_image():
    whiten = layer("INPUT(2,5,4) -> WHITEN")
    assert whiten.output == (2, 5, 4)
    assert (whiten.parameters, whiten.macs, whiten.connections) == (0, 40**2, 40**2)
    seen = whiten.receptive_field
    for unit, axis, size in ((0, 0, 5), (4, 0, 5), (0, 1, 4), (3, 1, 4)):
        first = seen.start[axis] + unit * seen.jump[axis]
        assert first <= 0
        assert first + seen.size[axis] >= size


def test_a_causal_convolution_keeps_the_length_and_sees_the_past_alone():
    causal = layer("INPUT(4,1,20) -> CAUSAL(6,2,dilation=4,groups=2)")
    assert causal.output == (6, 1, 20)
    assert causal.weight_shape == (6, 2, 2)
    assert (causal.parameters, causal.macs) == (6 * 2 * 2 + 6, 6 * 2 * 2 * 20)
    assert causal.connections == causal.macs + 6 * 20
    stack = layer(
        "INPUT(1,1,99) -> CAUSAL(1,2) -> CAUSAL(1,2,dilation=2) -> CAUSAL(1,2,dilation=4)"
    )
    assert stack.receptive_field.size == (1, 8)
    assert stack.receptive_field.start == (0, -7)  # unit t sees t − 7 … t


def test_rounding_up_lets_a_last_window_reach_beyond_the_maps():
    # GoogLeNet's pools: 112 → 56, where rounding down gives 55
    assert layer("INPUT(1,112,111) -> POOL(3,stride=2)").output == (1, 55, 55)
    assert layer("INPUT(1,112,111) -> POOL(3,stride=2,round=up)").output == (1, 56, 55)
    assert layer("INPUT(1,4,5) -> AVGPOOL(2,round=up)").output == (1, 2, 3)
    # a window that would begin in the padding behind is left out
    assert layer("INPUT(1,4,4) -> POOL(2,stride=3,pad=1,round=up)").output == (1, 2, 2)


def test_the_cells_of_a_pool_may_lie_apart():
    pool = layer("INPUT(1,9,9) -> POOL(3,stride=1,dilation=2,pad=2)")
    assert pool.output == (1, 9, 9)
    assert pool.receptive_field.size == (5, 5)
    assert pool.connections == 81 * 9


def test_a_soft_maximum_has_the_sizes_of_a_pool_and_the_largest_of_a_map_those_of_its_mean():
    soft, pool = (
        layer(f"INPUT(3,9,8) -> {word}(2,stride=(2,1))") for word in ("LOGPROBPOOL", "POOL")
    )
    assert soft.beta == 1
    assert (soft.output, soft.connections, soft.receptive_field) == (
        *(pool.output, pool.connections, pool.receptive_field),
    )
    largest, mean = (layer(f"INPUT(3,9,8) -> GLOBAL{kind}POOL") for kind in ("MAX", "AVG"))
    assert (
        (largest.output, largest.connections) == (mean.output, mean.connections) == ((3, 1, 1), 216)
    )


def test_dropout_changes_no_size_and_learns_nothing():
    dropout = layer("INPUT(3,8,8) -> CONV(2,3) -> DROPOUT(0.2)")
    assert dropout.p == 0.2
    assert dropout.output == dropout.input == (2, 6, 6)
    assert (dropout.parameters, dropout.macs, dropout.connections, dropout.units) == (0, 0, 0, 0)
    assert layer("INPUT(3,8,8) -> DROPOUT").p == 0.5


def test_pooling_activations_and_softmax_learn_nothing_and_keep_the_channels():
    text = "INPUT(3,8,8) -> POOL(2) -> AVGPOOL(2) -> RELU -> TANH -> STANH -> SIGMOID -> SOFTMAX"
    net = parse(text)
    assert [spec.output for spec in net] == [(3, 8, 8), (3, 4, 4), *[(3, 2, 2)] * 6]
    connections, units = 3 * (16 + 4) * 4, 3 * (64 + 16 + 4)  # four inputs for each unit of a pool
    assert net.totals == Totals(
        parameters=0, macs=0, connections=connections, units=units, activations=units
    )


def test_a_norm_of_windows_has_the_sizes_of_a_pool_and_a_mean_of_maps_those_of_one_pixel():
    norm, pool = (layer(f"INPUT(3,9,8) -> {word}(2,stride=(2,1))") for word in ("LPPOOL", "POOL"))
    assert norm.power == 2
    assert (norm.output, norm.connections, norm.parameters) == (pool.output, pool.connections, 0)
    assert norm.receptive_field == pool.receptive_field
    mean, whole = layer("INPUT(3,9,8) -> GLOBALAVGPOOL"), layer("INPUT(3,9,8) -> AVGPOOL((9,8))")
    assert mean.output == (3, 1, 1)
    assert (mean.connections, mean.parameters) == (3 * 72, 0)
    assert mean.receptive_field.size == whole.receptive_field.size == (9, 8)


def test_a_pool_moves_by_its_own_size_unless_told_otherwise():
    assert layer("INPUT(1,55,55) -> POOL(3)").output == (1, 18, 18)
    assert layer("INPUT(1,55,55) -> POOL(3,stride=2)").output == (1, 27, 27)
    assert layer("INPUT(1,8,8) -> AVGPOOL((2,4))").output == (1, 4, 2)
    assert layer("INPUT(1,5,5) -> POOL(2,pad=1)").output == (1, 3, 3)


def test_lenet5_has_61706_parameters_and_416520_multiply_adds():
    net = summarize("lenet5")
    parameters = {spec.name: spec.parameters for spec in net if spec.parameters}
    macs = {spec.name: spec.macs for spec in net if spec.macs}
    assert parameters == {"conv1": 156, "conv2": 2416, "fc1": 48_120, "fc2": 10_164, "fc3": 850}
    assert macs == {
        "conv1": 117_600,
        "conv2": 240_000,
        "fc1": 400 * 120,
        "fc2": 120 * 84,
        "fc3": 84 * 10,
    }
    # and a link for each of 4704 + 1600 + 214 biases, and four into each of 1176 + 400 pooled units
    connections = 416_520 + 4704 + 1600 + 214 + 4 * (1176 + 400)
    units = 1024 + 4704 + 1176 + 1600 + 400 + 120 + 84 + 10
    assert net.totals == Totals(
        parameters=61_706, macs=416_520, connections=connections, units=units, activations=units
    )


def test_lenet5_of_1998_has_60000_parameters_before_its_output_layer():
    net = summarize("lenet5-1998")
    parameters = {spec.name: spec.parameters for spec in net if spec.parameters}
    assert parameters == {
        "conv1": 156,
        "subsample1": 12,
        "conv2": 1516,
        "subsample2": 32,
        "conv3": 48_120,
        "fc1": 10_164,
        "fc2": 850,
    }
    assert net.totals.parameters - 850 == 60_000
    assert [spec.output for spec in net if spec.parameters] == [
        (6, 28, 28),
        (6, 14, 14),
        (16, 10, 10),
        (16, 5, 5),
        (120, 1, 1),
        (84,),
        (10,),
    ]


def test_the_pixel_nets_have_one_layer_or_two():
    assert summarize("mlp1").totals.parameters == 10 * 32 * 32 + 10
    assert summarize("mlp2").totals.parameters == 10 * 32 * 32 + 10 + 10 * 10 + 10


def test_the_repaired_lecture_net_has_20_then_50_maps_of_5_by_5_before_500_units():
    net = summarize("lecture-lenet")
    assert net.input == (1, 32, 32)
    assert [spec.output for spec in net if spec.name.startswith(("conv", "pool", "fc"))] == [
        (20, 28, 28),
        (20, 14, 14),
        (50, 10, 10),
        (50, 5, 5),
        (500,),
        (10,),
    ]
    assert net.output == (10,)
    weights = 20 * 25 + 50 * 20 * 25 + 500 * 50 * 5 * 5 + 10 * 500
    assert net.totals.parameters == weights + 20 + 50 + 500 + 10


def test_a_network_is_its_layers_in_order():
    net = parse("INPUT(1,8,8) -> RELU -> FC(2)")
    assert isinstance(net, NetworkSpec)
    assert len(net) == 3
    assert [spec.name for spec in net] == ["input", "relu1", "fc1"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "INPUT(4,8,8) -> CONV(3,9)",
            "conv1 CONV(3,9): 4×8×8 arrives; the window does not fit the height:"
            " floor((8 + 2·0 − 9) / 1) + 1 = 0;"
            " to mend it, take a smaller window, or INPUT(4,9,9) or larger",
        ),
        (
            "INPUT(4,8,8) -> CONV(3,(3,5),dilation=2)",
            "conv1 CONV(3,(3,5),dilation=2): 4×8×8 arrives; the window does not fit the width:"
            " floor((8 + 2·0 − (2·(5 − 1) + 1)) / 1) + 1 = 0;"
            " to mend it, take a smaller window, or INPUT(4,8,9) or larger",
        ),
        (
            "INPUT(1,8,8) -> POOL(2) -> POOL(5)",
            "pool2 POOL(5): 1×4×4 arrives; the window does not fit the height:"
            " floor((4 + 2·0 − 5) / 5) + 1 = 0;"
            " to mend it, take a smaller window, or INPUT(1,10,10) or larger",
        ),
        (
            "INPUT(3,8,8) -> CONV(4,3,groups=2)",
            "conv1 CONV(4,3,groups=2): 3×8×8 arrives; groups 2 must divide its 3 input channels",
        ),
        (
            "INPUT(4,8,8) -> CONV(3,3,groups=2)",
            "conv1 CONV(3,3,groups=2): 4×8×8 arrives; groups 2 must divide its 3 output channels",
        ),
        (
            "INPUT(4,8,8) -> CONV(16,3,table=lenet5)",
            "conv1 CONV(16,3,table=lenet5): 4×8×8 arrives;"
            " table lenet5 connects 6 input channels with 16 maps",
        ),
        (
            "INPUT(6,8,8) -> CONV(12,3,table=lenet5)",
            "conv1 CONV(12,3,table=lenet5): 6×8×8 arrives;"
            " table lenet5 connects 6 input channels with 16 maps",
        ),
        (
            "INPUT(6,8,8) -> CONV(16,3,groups=2,table=lenet5)",
            "conv1 CONV(16,3,groups=2,table=lenet5): 6×8×8 arrives;"
            " expected groups or a table, not both",
        ),
        (
            "INPUT(6,8,8) -> LOCAL(2,9)",
            "local1 LOCAL(2,9): 6×8×8 arrives; the window does not fit the height:"
            " floor((8 + 2·0 − 9) / 1) + 1 = 0;"
            " to mend it, take a smaller window, or INPUT(6,9,9) or larger",
        ),
        (
            "INPUT(6,8,8) -> SUBSAMPLE(9)",
            "subsample1 SUBSAMPLE(9): 6×8×8 arrives; the window does not fit the height:"
            " floor((8 + 2·0 − 9) / 9) + 1 = 0;"
            " to mend it, take a smaller window, or INPUT(6,9,9) or larger",
        ),
        (
            "INPUT(1,8,8) -> FC(84) -> SUBSAMPLE(2)",
            "subsample1 SUBSAMPLE(2): a vector of 84 arrives;"
            " expected maps (channels, height, width)",
        ),
        (
            "INPUT(1,8,8) -> FC(84) -> CONV(3,3)",
            "conv1 CONV(3,3): a vector of 84 arrives; expected maps (channels, height, width)",
        ),
        (
            "INPUT(1,8,8) -> FC(84) -> AVGPOOL(2)",
            "avgpool1 AVGPOOL(2): a vector of 84 arrives; expected maps (channels, height, width)",
        ),
        (
            "INPUT(1,8,8) -> FC(84) -> GLOBALAVGPOOL",
            "globalavgpool1 GLOBALAVGPOOL: a vector of 84 arrives;"
            " expected maps (channels, height, width)",
        ),
        (
            "INPUT(1,8,8) -> DROPOUT(1)",
            "dropout1 DROPOUT(p=1): 1×8×8 arrives; expected p below 1, so that something is left",
        ),
        (
            "INPUT(1,8,8) -> BATCHNORM(momentum=1.5)",
            "batchnorm1 BATCHNORM(momentum=1.5): 1×8×8 arrives; expected a momentum of at most 1,"
            " and eps above 0",
        ),
        (
            "INPUT(1,8,8) -> BATCHNORM(eps=0)",
            "batchnorm1 BATCHNORM(eps=0): 1×8×8 arrives; expected a momentum of at most 1, and eps"
            " above 0",
        ),
        (
            "INPUT(4,8,8) -> CONVT(3,3,groups=2)",
            "convt1 CONVT(3,3,groups=2): 4×8×8 arrives; groups 2 must divide its 3 output channels",
        ),
        (
            "INPUT(4,8,8) -> CONVT(3,3,stride=2,output_pad=2)",
            "convt1 CONVT(3,3,stride=2,output_pad=2): 4×8×8 arrives; expected an output_pad below"
            " the stride or the dilation",
        ),
        (
            "INPUT(4,8,1) -> CONVT(3,3,pad=2)",
            "convt1 CONVT(3,3,pad=2): 4×8×1 arrives; nothing is left of the width:"
            " (1 − 1)·1 + 3 − 2·2 = -1",
        ),
        (
            "INPUT(4,8,8) -> FC(3) -> CONVT(3,3)",
            "convt1 CONVT(3,3): a vector of 3 arrives; expected maps (channels, height, width)",
        ),
        (
            "INPUT(6,8,8) -> SHUFFLE(2)",
            "shuffle1 SHUFFLE(2): 6×8×8 arrives; expected maps, a multiple of 2² = 4",
        ),
        (
            "INPUT(4,8) -> SHUFFLE(2)",
            "shuffle1 SHUFFLE(2): 4×1×8 arrives; expected maps with rows and columns",
        ),
        (
            "INPUT(4,8) -> POOL(9)",
            "pool1 POOL(9): 4×1×8 arrives; the window does not fit the length:"
            " floor((8 + 2·0 − 9) / 9) + 1 = 0;"
            " to mend it, take a smaller window, or INPUT(4,9) or larger",
        ),
        (
            "INPUT(4,8,8) -> POOL(3,pad=((1,2),0))",
            "pool1 POOL(3,pad=((1,2),0)): 4×8×8 arrives; expected a padding of at most half the"
            " window",
        ),
        (
            "INPUT(4,8,8) -> FC(9) -> LRN(5)",
            "lrn1 LRN(5): a vector of 9 arrives; expected maps (channels, height, width)",
        ),
        (
            "INPUT(4,8,8) -> LRN(5,k=0)",
            "lrn1 LRN(5,k=0): 4×8×8 arrives; expected k above 0, so that nothing is divided by 0",
        ),
        (
            "INPUT(6,8,9) -> UNSHUFFLE(2)",
            "unshuffle1 UNSHUFFLE(2): 6×8×9 arrives; expected maps whose sides are multiples of 2",
        ),
        (
            "INPUT(6,8,9) -> SUBNORM((3,4))",
            "subnorm1 SUBNORM(kernel=(3,4)): 6×8×9 arrives; expected a window of odd size, so that"
            " it has a centre",
        ),
        (
            "INPUT(6,8,9) -> LOGPROBPOOL(2,beta=0)",
            "logprobpool1 LOGPROBPOOL(2,beta=0): 6×8×9 arrives; expected beta above 0",
        ),
        (
            "INPUT(6,2,9) -> CAUSAL(2,2)",
            "causal1 CAUSAL(2,2): 6×2×9 arrives; expected maps that are one row high, with time"
            " along their width",
        ),
        (
            "INPUT(6,1,9) -> CAUSAL(4,2,groups=3)",
            "causal1 CAUSAL(4,2,groups=3): 6×1×9 arrives; groups 3 must divide its 4 output"
            " channels",
        ),
        (
            "INPUT(1,8,8) -> FLATTEN -> CONV(3,3)",
            "conv1 CONV(3,3): a vector of 64 arrives; expected maps (channels, height, width)",
        ),
        (
            "INPUT(1,8,8) -> POOL((4,3),pad=2)",
            "pool1 POOL((4,3),pad=2): 1×8×8 arrives; expected a padding of at most half the window",
        ),
    ],
)
def test_a_layer_that_does_not_fit_is_named_with_what_arrives_and_what_it_expected(text, message):
    with pytest.raises(SpecError) as caught:
        parse(text)
    assert str(caught.value) == message
    assert caught.value.exit_status == 2
