import pytest

from tuiconv.arithmetic import PRESETS, SpecError, parse, summarize


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_reads_small_pictures_and_ends_in_ten_log_probabilities(name):
    net = summarize(name)
    assert net == parse(PRESETS[name])
    assert net.input in ((1, 32, 32), (1, 16, 16), (3, 32, 32))
    assert net.output == (10,)
    assert str(net).endswith(" -> SOFTMAX")


@pytest.mark.parametrize(
    ("number", "links", "weights", "units"),
    [
        (1, 2570, 2570, 256 + 10),
        (2, 3214, 3214, 256 + 12 + 10),
        (3, 1226, 1226, 256 + 64 + 16 + 10),
        (4, 2266, 1132, 256 + 2 * 64 + 16 + 10),
        (5, 5194, 1060, 256 + 2 * 64 + 4 * 16 + 10),
    ],
)
def test_the_five_nets_of_1989_have_the_links_and_weights_of_the_paper(
    number, links, weights, units
):
    totals = summarize(f"digits-1989-net{number}").totals
    assert (totals.links, totals.parameters, totals.units) == (links, weights, units)


def test_the_layers_of_the_fourth_and_fifth_net_by_hand():
    # a link for every input of a unit and its bias; a weight for every kernel value and every bias
    fourth, fifth = (
        [(spec.output, spec.links, spec.parameters) for spec in summarize(name) if spec.parameters]
        for name in ("digits-1989-net4", "digits-1989-net5")
    )
    first = ((2, 8, 8), 128 * (9 + 1), 2 * 9 + 128)
    assert fourth == [
        first,
        ((1, 4, 4), 16 * (2 * 25 + 1), 16 * (2 * 25 + 1)),
        ((10,), 10 * (16 + 1), 10 * (16 + 1)),
    ]
    assert fifth == [
        first,
        ((4, 4, 4), 64 * (2 * 25 + 1), 4 * 2 * 25 + 64),
        ((10,), 10 * (64 + 1), 10 * (64 + 1)),
    ]


def test_the_bell_labs_net_has_1256_units_64660_connections_and_9760_parameters():
    net = summarize("belllabs-1989")
    assert (net.totals.units, net.totals.links, net.totals.parameters) == (1256, 64_660, 9760)
    learned = {spec.name: (spec.output, spec.parameters) for spec in net if spec.parameters}
    assert learned == {
        "conv1": ((12, 8, 8), 1068),
        "conv2": ((12, 4, 4), 2592),
        "fc1": ((30,), 5790),
        "fc2": ((10,), 310),
    }


def test_in_the_bell_labs_net_every_map_sees_8_of_12_channels_and_every_channel_is_seen_by_8():
    connections = summarize("belllabs-1989").layers[3].connections
    assert [sum(row) for row in connections] == [8] * 12
    assert [sum(column) for column in zip(*connections, strict=True)] == [8] * 12
    assert len(set(connections)) == 12


def test_lenet5_of_1998_has_the_connections_of_the_paper():
    net = summarize("lenet5-1998")
    links = {spec.name: spec.links for spec in net if spec.links}
    assert links.pop("fc2") == 84 * 10 + 10
    assert links == {
        "conv1": 122_304,
        "subsample1": 5880,
        "conv2": 151_600,
        "subsample2": 2000,
        "conv3": 48_120,
        "fc1": 10_164,
    }
    # the paper's total has the 84·10 connections of an output layer without biases
    assert sum(links.values()) + 84 * 10 == 340_908


def test_the_lenet_of_1990_has_4_maps_then_16_each_averaged_with_a_gain_and_a_bias():
    net = summarize("lenet-1990")
    assert [(spec.output, spec.parameters) for spec in net if spec.parameters] == [
        ((4, 28, 28), 4 * (25 + 1)),
        ((4, 14, 14), 4 * 2),
        ((16, 10, 10), 16 * (4 * 25 + 1)),
        ((16, 5, 5), 16 * 2),
        ((10,), 10 * (16 * 25 + 1)),
    ]


def test_the_cifar_convnet_doubles_the_maps_where_it_halves_the_size():
    net = summarize("cifar-convnet")
    assert [(spec.output, spec.parameters) for spec in net if spec.parameters] == [
        ((32, 32, 32), 32 * (3 * 9 + 1)),
        ((64, 16, 16), 64 * (32 * 9 + 1)),
        ((128, 8, 8), 128 * (64 * 9 + 1)),
        ((10,), 10 * (128 * 4 * 4 + 1)),
    ]
    assert net.totals.parameters == 113_738
    assert net.totals.macs == 884_736 + 4_718_592 + 4_718_592 + 20_480


def test_all_conv_has_1_369_738_parameters_and_halves_the_size_by_strides_alone():
    net = summarize("all-conv")
    assert [(spec.output, spec.parameters) for spec in net if spec.parameters] == [
        ((96, 32, 32), 96 * (3 * 9 + 1)),
        ((96, 32, 32), 96 * (96 * 9 + 1)),
        ((96, 16, 16), 96 * (96 * 9 + 1)),
        ((192, 16, 16), 192 * (96 * 9 + 1)),
        ((192, 16, 16), 192 * (192 * 9 + 1)),
        ((192, 8, 8), 192 * (192 * 9 + 1)),
        ((192, 6, 6), 192 * (192 * 9 + 1)),
        ((192, 6, 6), 192 * (192 + 1)),
        ((10, 6, 6), 10 * (192 + 1)),
    ]
    assert net.totals.parameters == 1_369_738  # the paper: about 1.4 million
    assert [spec.p for spec in net if spec.word == "DROPOUT"] == [0.2, 0.5, 0.5]
    assert not any("POOL" in spec.word for spec in net.layers[:-3])


def test_spaces_around_a_name_do_not_matter():
    assert summarize("  lenet5 ") == summarize("lenet5")


@pytest.mark.parametrize("text", ["INPUT(1,8,8)", "INPUT(1,8,8)->FC(2)", "[INPUT(1,8,8)]"])
def test_anything_with_brackets_or_arrows_is_a_network_in_the_language(text):
    assert summarize(text) == parse(text)


@pytest.mark.parametrize(
    ("name", "hint"),
    [("lenet6", "did you mean lenet5? "), ("LeNet5", "did you mean lenet5? "), ("zebra", "")],
)
def test_an_unknown_name_gets_the_nearest_preset_and_the_list(name, hint):
    with pytest.raises(SpecError) as caught:
        summarize(name)
    assert str(caught.value) == (
        f'no preset is called "{name}": {hint}there are lenet5, lecture-lenet, lenet5-1998,'
        " digits-1989-net1, digits-1989-net2, digits-1989-net3, digits-1989-net4,"
        " digits-1989-net5, belllabs-1989, lenet-1990, mlp1, mlp2, cifar-convnet, all-conv;"
        " or write a network, such as INPUT(1,32,32) -> FC(10) -> SOFTMAX"
    )


def test_nothing_at_all_is_an_error_of_the_language():
    with pytest.raises(SpecError, match=r"expected a layer .* found the end"):
        summarize("   ")
