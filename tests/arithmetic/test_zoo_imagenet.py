from math import prod

import pytest

from tuiconv.arithmetic import summarize


def fields(net, places):
    """Receptive field, stride and padding up to each of `places`, alike on both axes."""
    found = {}
    for place in places:
        seen = net.named(place).receptive_field
        assert [len(set(pair)) for pair in (seen.size, seen.jump, seen.start)] == [1, 1, 1]
        found[place] = (seen.size[0], seen.jump[0], -seen.start[0])
    return found


def weighed(net):
    """What leaves the layers that learn, and how many numbers they do."""
    return [(spec.output, spec.parameters) for spec in net if spec.parameters]


# The receptive fields are those of the table that belongs to Araujo et al. 2019, "Computing
# receptive fields of convolutional neural networks": (receptive field, stride, padding).


@pytest.mark.parametrize(
    ("name", "table"),
    [
        (
            "alexnet-v2",
            {
                "conv1": (11, 4, 0),
                "pool1": (19, 8, 0),
                "conv2": (51, 8, 16),
                "conv3": (99, 16, 32),
                "conv4": (131, 16, 48),
                "conv5": (163, 16, 64),
                "pool5": (195, 32, 64),
            },
        ),
        (
            "vgg11",
            {
                "conv1_1": (3, 1, 1),
                "pool1": (4, 2, 1),
                "conv2_1": (8, 2, 3),
                "pool2": (10, 4, 3),
                "conv3_1": (18, 4, 7),
                "conv3_2": (26, 4, 11),
                "pool3": (30, 8, 11),
                "conv4_1": (46, 8, 19),
                "conv4_2": (62, 8, 27),
                "pool4": (70, 16, 27),
                "conv5_1": (102, 16, 43),
                "conv5_2": (134, 16, 59),
                "pool5": (150, 32, 59),
            },
        ),
        (
            "vgg16",
            {
                "conv1_1": (3, 1, 1),
                "pool1": (6, 2, 2),
                "conv2_1": (10, 2, 4),
                "pool2": (16, 4, 6),
                "conv3_1": (24, 4, 10),
                "conv3_2": (32, 4, 14),
                "pool3": (44, 8, 18),
                "conv4_1": (60, 8, 26),
                "conv4_2": (76, 8, 34),
                "pool4": (100, 16, 42),
                "conv5_1": (132, 16, 58),
                "conv5_2": (164, 16, 74),
                "pool5": (212, 32, 90),
            },
        ),
    ],
)
def test_receptive_field_stride_and_padding_are_those_of_the_published_table(name, table):
    assert fields(summarize(name), table) == table


def test_alexnet_as_published_has_the_sizes_of_its_paper_and_half_the_channels_in_a_group():
    assert weighed(summarize("alexnet")) == [
        ((96, 55, 55), 96 * (3 * 121 + 1)),
        ((256, 27, 27), 256 * (48 * 25 + 1)),
        ((384, 13, 13), 384 * (256 * 9 + 1)),
        ((384, 13, 13), 384 * (192 * 9 + 1)),
        ((256, 13, 13), 256 * (192 * 9 + 1)),
        ((4096,), 4096 * (256 * 6 * 6 + 1)),
        ((4096,), 4096 * (4096 + 1)),
        ((1000,), 1000 * (4096 + 1)),
    ]


def test_alexnets_maps_are_55_by_55_on_227_pixels_and_not_on_224():
    assert summarize("alexnet").named("conv1").output == (96, 55, 55)
    assert summarize("alexnet", input=(3, 224, 224)).named("conv1").output == (96, 54, 54)


def test_alexnet_normalises_across_channels_with_the_constants_of_its_paper():
    # the paper adds α times a sum of n squares, LRN takes α times their mean
    found = [spec for spec in summarize("alexnet") if spec.word == "LRN"]
    assert len(found) == 2
    for norm in found:
        assert (norm.size, norm.alpha, norm.beta, norm.k) == (5, 5 * 0.0001, 0.75, 2)


def test_alexnet_in_one_column_has_fewer_maps_at_first_and_the_same_end():
    assert weighed(summarize("alexnet-onecolumn")) == [
        ((64, 55, 55), 64 * (3 * 121 + 1)),
        ((192, 27, 27), 192 * (64 * 25 + 1)),
        ((384, 13, 13), 384 * (192 * 9 + 1)),
        ((256, 13, 13), 256 * (384 * 9 + 1)),
        ((256, 13, 13), 256 * (256 * 9 + 1)),
        ((4096,), 4096 * (256 * 6 * 6 + 1)),
        ((4096,), 4096 * (4096 + 1)),
        ((1000,), 1000 * (4096 + 1)),
    ]


def test_alexnet_v2_is_convolutions_to_the_end_and_reads_larger_images():
    net = summarize("alexnet-v2")
    assert net.named("pool5").output == (256, 5, 5)
    assert net.output == (1000, 1, 1)
    assert net.totals.parameters == sum(
        maps * (channels * kernel * kernel + 1)
        for maps, channels, kernel in [
            (64, 3, 11),
            (192, 64, 5),
            (384, 192, 3),
            (384, 384, 3),
            (256, 384, 3),
            (4096, 256, 5),
            (4096, 4096, 1),
            (1000, 4096, 1),
        ]
    )
    assert summarize("alexnet-v2", input=(3, 224, 224 + 2 * 32)).output == (1000, 1, 3)


def test_zfnet_has_the_sizes_of_its_figure():
    net = summarize("zfnet")
    names = ["conv1", "pool1", "conv2", "pool2", "conv3", "conv4", "conv5", "pool5"]
    sizes = [net.named(name).output for name in names]
    assert [(high, maps) for maps, high, _ in sizes] == [
        (110, 96), (55, 96), (26, 256), (13, 256), (13, 384), (13, 384), (13, 256), (6, 256)
    ]  # fmt: skip
    assert net.totals.parameters == (
        96 * (3 * 49 + 1)
        + 256 * (96 * 25 + 1)
        + 384 * (256 * 9 + 1)
        + 384 * (384 * 9 + 1)
        + 256 * (384 * 9 + 1)
        + 4096 * (256 * 36 + 1)
        + 4096 * (4096 + 1)
        + 1000 * (4096 + 1)
    )


GOOGLENET = {
    "conv1": (64, 112, 112),
    "pool1": (64, 56, 56),
    "conv3": (192, 56, 56),
    "pool2": (192, 28, 28),
    "inception3a": (256, 28, 28),
    "inception3b": (480, 28, 28),
    "inception4a": (512, 14, 14),
    "inception4b": (512, 14, 14),
    "inception4c": (512, 14, 14),
    "inception4d": (528, 14, 14),
    "inception4e": (832, 14, 14),
    "inception5a": (832, 7, 7),
    "inception5b": (1024, 7, 7),
    "globalavgpool1": (1024, 1, 1),
    "fc1": (1000,),
}
"""The paper's table 1."""


def test_googlenet_has_the_sizes_of_its_papers_table():
    net = summarize("googlenet")
    assert {name: net.named(name).output for name in GOOGLENET} == GOOGLENET


def test_an_inception_module_stacks_four_branches_by_hand():
    net = summarize("googlenet")
    join = net.named("inception3a")
    assert join.inputs == ((64, 28, 28), (128, 28, 28), (32, 28, 28), (32, 28, 28))
    inside = net.layers[join.fork + 1 : net.layers.index(join)]
    assert sum(spec.parameters for spec in inside) == (
        64 * (192 + 1)
        + 96 * (192 + 1)
        + 128 * (96 * 9 + 1)
        + 16 * (192 + 1)
        + 32 * (16 * 25 + 1)
        + 32 * (192 + 1)
    )


def test_googlenet_sees_what_its_widest_branches_see():
    # 7 + 2·2 (pool) + 2·4 (3×3) + 2·4 (pool) = 27 pixels, 8 apart; then every module adds the reach
    # of its 5×5, four units, and every pool two, which lie 8, 16 and 32 pixels apart
    modules_and_pools = {
        "inception3a": 27 + 4 * 8,
        "inception3b": 27 + 2 * 4 * 8,
        "pool5": 91 + 2 * 8,
        "inception4e": 107 + 5 * 4 * 16,
        "pool11": 427 + 2 * 16,
        "inception5b": 459 + 2 * 4 * 32,
    }
    found = fields(summarize("googlenet"), modules_and_pools)
    assert {name: size for name, (size, _, _) in found.items()} == modules_and_pools
    assert found["inception5b"] == (715, 32, 3 + 4 + 2 * 16 + 5 * 32 + 2 * 64)


def test_the_branches_of_googlenet_are_aligned():
    joins = [spec for spec in summarize("googlenet") if spec.word == "CONCAT"]
    assert len(joins) == 9
    assert [join.alignment for join in joins] == [""] * 9


@pytest.mark.parametrize(
    ("name", "deep"),
    [
        ("vgg11", (1, 1, 2, 2, 2)),
        ("vgg13", (2, 2, 2, 2, 2)),
        ("vgg16", (2, 2, 3, 3, 3)),
        ("vgg19", (2, 2, 4, 4, 4)),
    ],
)
def test_a_vgg_net_has_as_many_layers_that_weigh_as_its_name_says(name, deep):
    net = summarize(name)
    weighing = [spec.name for spec in net if spec.parameters]
    assert len(weighing) == int(name.removeprefix("vgg"))
    assert weighing == [
        f"conv{stage}_{place}"
        for stage, count in enumerate(deep, 1)
        for place in range(1, count + 1)
    ] + ["fc6", "fc7", "fc8"]
    sizes = [net.named(f"pool{stage}").output for stage in range(1, 6)]
    assert sizes == [(64, 112, 112), (128, 56, 56), (256, 28, 28), (512, 14, 14), (512, 7, 7)]


@pytest.mark.parametrize("name", ["vgg11", "vgg13", "vgg16", "vgg19"])
def test_in_a_vgg_net_most_memory_is_in_the_first_layers_and_most_weights_in_fc6(name):
    net = summarize(name)
    kept = [spec.activations for spec in net]
    assert 2 * sum(kept[: net.layers.index(net.named("pool2")) + 1]) > sum(kept)
    assert net.named("fc6").weight_shape == (4096, 512 * 7 * 7)
    assert 2 * prod(net.named("fc6").weight_shape) > net.totals.parameters
