import pytest

from tuiconv.arithmetic import NOTES, PRESETS, SpecError, parse, summarize
from tuiconv.arithmetic.zoo import imagenet, lenets, residual


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_prints_itself_as_a_network_that_is_read_as_the_same(name):
    net = summarize(name)
    assert net == parse(PRESETS[name])
    assert parse(str(net)) == net


def reads(name):
    """The shape of a preset's images, and of what it says of one."""
    net = summarize(name)
    return net.input, net.output


@pytest.mark.parametrize("name", [*lenets.PRESETS, "cifar-convnet", "all-conv"])
def test_a_net_for_small_pictures_ends_in_ten_log_probabilities(name):
    pictures, scores = reads(name)
    assert pictures in ((1, 32, 32), (1, 16, 16), (3, 32, 32))
    assert scores == (10,)
    assert PRESETS[name].endswith(" -> SOFTMAX")


@pytest.mark.parametrize("name", [*imagenet.PRESETS, *residual.PRESETS])
def test_a_net_of_imagenet_ends_in_a_thousand_log_probabilities(name):
    pictures, (scores, *places) = reads(name)
    assert pictures == ((3, 227, 227) if name == "alexnet" else (3, 224, 224))
    assert (scores, places) in ((1000, []), (1000, [1, 1]))
    assert PRESETS[name].endswith(" -> SOFTMAX")


@pytest.mark.parametrize("name", NOTES)
def test_a_note_is_of_a_preset_and_says_one_thing_or_two_on_one_line(name):
    assert name in PRESETS
    assert NOTES[name].endswith(".")
    assert "\n" not in NOTES[name]
    assert len(NOTES[name]) <= 200


def test_the_figures_in_the_notes_are_those_of_the_nets():
    vgg, google = summarize("vgg16").totals, summarize("googlenet").totals
    assert f"{vgg.activations:,} numbers, {4 * vgg.activations / 2**20:.1f} MiB" in NOTES["vgg16"]
    assert f"{google.parameters:,}" in NOTES["googlenet"]
    mail = summarize("belllabs-1989").totals
    assert f"{mail.connections:,} connections" in NOTES["belllabs-1989"]
    assert f"{mail.parameters:,} parameters" in NOTES["belllabs-1989"]
    published = summarize("lenet5-1998")
    assert f"{published.named('fc2').parameters} parameters" in NOTES["lenet5-1998"]
    assert str(*summarize("yolo").output) in NOTES["yolo"]


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
    assert (totals.connections, totals.parameters, totals.units) == (links, weights, units)


def test_the_third_net_shares_nothing_so_that_every_link_has_a_weight_of_its_own():
    learned = [spec for spec in summarize("digits-1989-net3") if spec.parameters]
    assert [(spec.output, spec.connections) for spec in learned] == [
        ((1, 8, 8), 64 * (9 + 1)),
        ((1, 4, 4), 16 * (25 + 1)),
        ((10,), 10 * (16 + 1)),
    ]
    assert all(spec.parameters == spec.connections for spec in learned)


def test_the_layers_of_the_fourth_and_fifth_net_by_hand():
    # a link for every input of a unit and its bias; a weight for every kernel value and every bias
    fourth, fifth = (
        [
            (spec.output, spec.connections, spec.parameters)
            for spec in summarize(name)
            if spec.parameters
        ]
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
    assert (net.totals.units, net.totals.connections, net.totals.parameters) == (1256, 64_660, 9760)
    learned = {spec.name: (spec.output, spec.parameters) for spec in net if spec.parameters}
    assert learned == {
        "conv1": ((12, 8, 8), 1068),
        "conv2": ((12, 4, 4), 2592),
        "fc1": ((30,), 5790),
        "fc2": ((10,), 310),
    }


def test_in_the_bell_labs_net_every_map_sees_8_of_12_channels_and_every_channel_is_seen_by_8():
    connections = summarize("belllabs-1989").layers[3].connection_table
    assert [sum(row) for row in connections] == [8] * 12
    assert [sum(column) for column in zip(*connections, strict=True)] == [8] * 12
    assert len(set(connections)) == 12


def test_lenet5_of_1998_has_the_connections_of_the_paper():
    net = summarize("lenet5-1998")
    links = {spec.name: spec.connections for spec in net if spec.connections}
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


def test_spaces_around_a_name_do_not_matter():
    assert summarize("  lenet5 ") == summarize("lenet5")


@pytest.mark.parametrize("text", ["INPUT(1,8,8)", "INPUT(1,8,8)->FC(2)", "[INPUT(1,8,8)]"])
def test_anything_with_brackets_or_arrows_is_a_network_in_the_language(text):
    assert summarize(text) == parse(text)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("lenet6", "did you mean lenet5? "),
        ("LeNet5", "did you mean lenet5? "),
        ("vgg-16", "did you mean vgg16? "),
        ("ResNet-50", "did you mean resnet50? "),
        ("U-Net", "did you mean unet? "),
        ("zebra", ""),
    ],
)
def test_an_unknown_name_gets_the_nearest_preset_and_the_list(name, hint):
    with pytest.raises(SpecError) as caught:
        summarize(name)
    assert str(caught.value) == (
        f'no preset is called "{name}": {hint}there are {", ".join(PRESETS)};'
        " or write a network, such as INPUT(1,32,32) -> FC(10) -> SOFTMAX"
    )


def test_nothing_at_all_is_an_error_of_the_language():
    with pytest.raises(SpecError, match=r"expected a layer .* found the end"):
        summarize("   ")
