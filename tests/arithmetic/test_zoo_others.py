from itertools import pairwise

from tuiconv.arithmetic import summarize


def learned(net):
    return [(spec.output, spec.parameters) for spec in net if spec.parameters]


def test_the_cifar_convnet_doubles_the_maps_where_it_halves_the_size():
    net = summarize("cifar-convnet")
    assert learned(net) == [
        ((32, 32, 32), 32 * (3 * 9 + 1)),
        ((64, 16, 16), 64 * (32 * 9 + 1)),
        ((128, 8, 8), 128 * (64 * 9 + 1)),
        ((10,), 10 * (128 * 4 * 4 + 1)),
    ]
    assert net.totals.parameters == 113_738
    assert net.totals.macs == 884_736 + 4_718_592 + 4_718_592 + 20_480


def test_all_conv_has_1_369_738_parameters_and_halves_the_size_by_strides_alone():
    net = summarize("all-conv")
    assert learned(net) == [
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


def test_unet_goes_down_four_times_and_up_again_with_a_skip_at_every_size():
    net = summarize("unet")
    skips = [spec for spec in net if spec.word == "CONCAT"]
    assert [join.inputs for join in skips] == [
        ((maps, size, size), (maps, size, size))
        for maps, size in [(512, 64), (256, 128), (128, 256), (64, 512)]
    ]
    assert all(join.sources[0] == join.fork for join in skips)  # what went around
    assert net.output == (2, 512, 512)


def test_unet_has_23_convolutions_as_its_paper_counts():
    net = summarize("unet")
    assert sum(spec.word in ("CONV", "CONVT") for spec in net) == 23


def test_the_parameters_of_unet_by_hand():
    def both(before, maps):  # two 3×3 convolutions
        return maps * (before * 9 + 1) + maps * (maps * 9 + 1)

    maps = [64, 128, 256, 512, 1024]
    down = both(1, 64) + sum(both(before, after) for before, after in pairwise(maps))
    up = sum(2 * fewer * fewer * 4 + fewer for fewer in maps[:-1])  # 2×2, transposed
    beside = sum(both(2 * fewer, fewer) for fewer in maps[:-1])
    assert summarize("unet").totals.parameters == down + up + beside + 2 * (64 + 1)


def test_every_skip_of_unet_is_aligned_with_what_comes_from_below():
    assert {spec.alignment for spec in summarize("unet") if spec.word == "CONCAT"} == {""}


def test_unet_takes_any_image_that_can_be_halved_four_times():
    assert summarize("unet", input=(1, 32, 48)).output == (2, 32, 48)


def test_one_block_of_wavenet_sees_1024_samples_all_of_them_past():
    net = summarize("wavenet")
    seen = net.layers[-1].receptive_field
    assert (seen.size[1], seen.jump[1], seen.start[1]) == (1024, 1, -1023)
    dilations = [spec.dilation for spec in net if spec.word == "CAUSAL" and spec.kernel == 2]
    assert dilations == [2**layer for layer in range(10) for _ in ("tanh", "sigmoid")]


def test_wavenet_gives_256_scores_for_every_sample():
    net = summarize("wavenet")
    assert net.input == (1, 1, 16_000)
    assert net.output == (256, 1, 16_000)


def test_the_parameters_of_wavenet_by_hand():
    gates, mix = 2 * (32 * 32 * 2 + 32), 32 * 32 + 32
    scores = 256 * (32 + 1) + 256 * (256 + 1)
    assert summarize("wavenet").totals.parameters == (32 + 32) + 10 * (gates + mix) + scores


def test_in_wavenets_figure_one_output_sees_16_samples_and_without_dilation_5():
    net = summarize("wavenet-figure")
    assert net.layers[-1].receptive_field.size == (1, 16)
    assert [spec.receptive_field.size[1] for spec in net] == [1, 2, 4, 8, 16]
    plain = summarize("INPUT(1,16) -> [CAUSAL(1,2)]*4")
    assert plain.layers[-1].receptive_field.size == (1, 5)


def test_yolo_has_24_convolutions_and_the_sizes_of_its_figure():
    net = summarize("yolo")
    convolutions = [spec for spec in net if spec.word == "CONV"]
    assert len(convolutions) == 24
    sizes = [spec.output for spec in net if spec.word in ("CONV", "POOL")]
    halved = [after for before, after in pairwise(sizes) if before[1] != after[1]]
    assert sizes[0] == (64, 224, 224)
    assert halved == [
        (64, 112, 112), (192, 56, 56), (512, 28, 28), (1024, 14, 14), (1024, 7, 7)
    ]  # fmt: skip


def test_the_parameters_of_yolo_by_hand():
    kernels = [7, 3, *[1, 3] * 2, *[1, 3] * 5, *[1, 3] * 2, 3, 3, 3, 3]
    maps = [3, 64, 192, 128, 256, 256, 512, *[256, 512] * 4, 512, 1024, *[512, 1024] * 2]
    maps += [1024] * 4
    by_convolutions = sum(
        after * (before * kernel**2 + 1)
        for (before, after), kernel in zip(pairwise(maps), kernels, strict=True)
    )
    connected = 4096 * (1024 * 7 * 7 + 1) + 1470 * (4096 + 1)
    assert summarize("yolo").totals.parameters == by_convolutions + connected


def test_yolos_1470_outputs_are_a_grid_of_7_by_7_cells_with_2_boxes_and_20_classes():
    assert summarize("yolo").output == (7 * 7 * (2 * 5 + 20),)
