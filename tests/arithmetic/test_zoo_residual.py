import pytest

from tuiconv.arithmetic import summarize

DEEP = {
    "resnet18": (2, 2, 2, 2),
    "resnet34": (3, 4, 6, 3),
    "resnet50": (3, 4, 6, 3),
    "resnet101": (3, 4, 23, 3),
    "resnet152": (3, 8, 36, 3),
}
"""Blocks in each stage: the paper's table 1."""

BOTTLENECKS = ["resnet50", "resnet101", "resnet152"]


def joins(name):
    return [spec for spec in summarize(name) if spec.word == "RES"]


@pytest.mark.parametrize("name", DEEP)
def test_a_residual_net_has_as_many_layers_that_weigh_as_its_name_says(name):
    # as the paper counts: convolutions of the bodies, the first and the last layer
    net = summarize(name)
    each = 3 if name in BOTTLENECKS else 2
    assert 2 + each * len(joins(name)) == int(name.removeprefix("resnet"))
    projections = sum(join.sources[1] != join.fork for join in joins(name))
    weighing = [spec for spec in net if spec.word in ("CONV", "FC")]
    assert len(weighing) == int(name.removeprefix("resnet")) + projections
    assert projections == (4 if name in BOTTLENECKS else 3)


@pytest.mark.parametrize(("name", "deep"), DEEP.items())
def test_every_stage_of_a_residual_net_has_the_blocks_and_the_sizes_of_the_papers_table(name, deep):
    net = summarize(name)
    assert net.named("conv1").output == (64, 112, 112)
    assert net.named("pool1").output == (64, 56, 56)
    widening = 4 if name in BOTTLENECKS else 1
    stages = [(64, 56, 56), (128, 28, 28), (256, 14, 14), (512, 7, 7)]
    assert [join.output for join in joins(name)] == [
        (widening * maps, high, wide)
        for (maps, high, wide), count in zip(stages, deep, strict=True)
        for _ in range(count)
    ]


@pytest.mark.parametrize(
    ("name", "billions"),
    [
        ("resnet18", 1.8),
        ("resnet34", 3.6),
        ("resnet50", 3.8),
        ("resnet101", 7.6),
        ("resnet152", 11.3),
    ],
)
def test_a_residual_net_costs_the_multiply_adds_of_the_papers_table(name, billions):
    macs = sum(spec.macs for spec in summarize(name) if spec.word in ("CONV", "FC"))
    assert macs == pytest.approx(billions * 1e9, abs=0.1e9)


def test_a_block_of_resnet_18_by_hand():
    net = summarize("resnet18")
    plain, wider = joins("resnet18")[0], joins("resnet18")[2]
    assert plain.sources[1] == plain.fork
    inside = net.layers[plain.fork + 1 : net.layers.index(plain)]
    assert sum(spec.parameters for spec in inside) == 2 * (64 * 64 * 9 + 2 * 64)
    inside = net.layers[wider.fork + 1 : net.layers.index(wider)]
    assert sum(spec.parameters for spec in inside) == (
        (128 * 64 * 9 + 2 * 128) + (128 * 128 * 9 + 2 * 128) + (128 * 64 + 2 * 128)
    )


def test_the_first_block_of_resnet_50_by_hand():
    net = summarize("resnet50")
    first = joins("resnet50")[0]
    inside = net.layers[first.fork + 1 : net.layers.index(first)]
    assert [(spec.output, spec.parameters) for spec in inside if spec.parameters] == [
        ((64, 56, 56), 64 * 64),
        ((64, 56, 56), 2 * 64),
        ((64, 56, 56), 64 * 64 * 9),
        ((64, 56, 56), 2 * 64),
        ((256, 56, 56), 256 * 64),
        ((256, 56, 56), 2 * 256),
        ((256, 56, 56), 256 * 64),
        ((256, 56, 56), 2 * 256),
    ]


@pytest.mark.parametrize("name", BOTTLENECKS)
def test_a_bottlenecks_stride_is_in_its_first_1_by_1_as_published(name):
    striding = [spec for spec in summarize(name) if spec.word == "CONV" and spec.stride == (2, 2)]
    assert [spec.kernel_size for spec in striding] == [(7, 7)] + 6 * [(1, 1)]


@pytest.mark.parametrize(
    ("name", "size"), [("resnet50", 483), ("resnet101", 1027), ("resnet152", 1507)]
)
def test_the_receptive_field_is_the_published_one(name, size):
    # Araujo et al. 2019, "Computing receptive fields of convolutional neural networks"
    last = joins(name)[-1].receptive_field
    assert (last.size, last.jump) == ((size, size), (32, 32))


def test_the_receptive_field_of_resnet_18_by_hand():
    # 7 + 2·2 (pool), 4 apart; then two 3×3 in each block, the first of a stage still at the jump
    # before it
    size = 11 + 4 * 2 * 4 + (2 * 4 + 3 * 2 * 8) + (2 * 8 + 3 * 2 * 16) + (2 * 16 + 3 * 2 * 32)
    last = joins("resnet18")[-1].receptive_field
    assert last.size == (size, size) == (435, 435)


@pytest.mark.parametrize("name", DEEP)
def test_bodies_and_shortcuts_are_aligned(name):
    assert {join.alignment for join in joins(name)} == {""}
