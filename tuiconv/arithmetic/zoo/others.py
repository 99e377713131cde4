"""Nets for small colour images, and nets that answer with more than one class."""


def encoder_decoder(*maps: int) -> str:
    """U-Net from one of its levels down: two convolutions, what is below, two convolutions.

    What is below works at half the size and comes back beside what went around it.
    """
    level = f"[CONV({maps[0]},3,pad=1) -> RELU]*2"
    if len(maps) == 1:
        return level
    below = f"POOL(2) -> {encoder_decoder(*maps[1:])} -> CONVT({maps[0]},2,stride=2)"
    return f"{level} -> CONCAT[ | {below}] -> {level}"


def gated(maps: int, dilation: int) -> str:
    """WaveNet's block: what one dilated convolution found, as far as another lets it through."""
    found = f"CAUSAL({maps},2,dilation={dilation})"
    return f"RES[MUL[{found} -> TANH | {found} -> SIGMOID] -> CONV({maps},1)]"


PRESETS: dict[str, str] = {
    # A small net for CIFAR-10, as ml4a's chapter has one that reads 79 % without giving its sizes:
    # three stages, each of which halves the size and doubles the maps.
    "cifar-convnet": (
        "INPUT(3,32,32) -> CONV(32,3,pad=1) -> RELU -> POOL(2)"
        " -> CONV(64,3,pad=1) -> RELU -> POOL(2)"
        " -> CONV(128,3,pad=1) -> RELU -> POOL(2) -> FC(10) -> SOFTMAX"
    ),
    # All-CNN-C (Springenberg et al. 2014, "Striving for simplicity: the all convolutional net"):
    # nothing but convolutions, whose strides do the work of pooling, up to the mean of every map.
    # 1,369,738 parameters.
    "all-conv": (
        "INPUT(3,32,32) -> DROPOUT(0.2)"
        " -> [CONV(96,3,pad=1) -> RELU]*2 -> CONV(96,3,stride=2,pad=1) -> RELU -> DROPOUT(0.5)"
        " -> [CONV(192,3,pad=1) -> RELU]*2 -> CONV(192,3,stride=2,pad=1) -> RELU -> DROPOUT(0.5)"
        " -> CONV(192,3) -> RELU -> CONV(192,1) -> RELU -> CONV(10,1) -> RELU"
        " -> GLOBALAVGPOOL -> FLATTEN -> SOFTMAX"
    ),
    # An encoder and a decoder with skips (Ronneberger et al. 2015, "U-Net: convolutional networks
    # for biomedical image segmentation", figure 1), for a class of every pixel. Images are 512×512
    # as the paper's first data are. Its convolutions are padded here, so that skips fit as they
    # are. Its dropout "at the end of the contracting path" has no rate there and is left out.
    "unet": (
        f"INPUT(1,512,512) -> {encoder_decoder(64, 128, 256, 512, 1024)} -> CONV(2,1) -> SOFTMAX"
    ),
    # Sound, sample by sample (van den Oord et al. 2016, "WaveNet"): dilations 1, 2, 4 … 512 see
    # 1024 samples, as the paper says of such a block. It leaves open how many maps there are: 32
    # here, for one second at 16 kHz. Its first causal convolution looks at one sample here, so that
    # the net sees what the block does. The paper repeats the block, and adds up what every layer of
    # it found for its output; here the last one's sum goes on alone.
    "wavenet": " -> ".join(
        (
            "INPUT(1,16000) -> CAUSAL(32,1)",
            *(gated(32, 2**layer) for layer in range(10)),
            "RELU -> CONV(256,1) -> RELU -> CONV(256,1) -> SOFTMAX",
        )
    ),
    # Figure 3 of the same paper: four layers of one map, 16 samples.
    "wavenet-figure": (
        "INPUT(1,16) -> CAUSAL(1,2) -> CAUSAL(1,2,dilation=2) -> CAUSAL(1,2,dilation=4)"
        " -> CAUSAL(1,2,dilation=8)"
    ),
    # Redmon et al. 2015, "You only look once: unified, real-time object detection", figure 3 and
    # section 2.2: 24 convolutions, then 7×7 cells of 2 boxes (5 numbers each) and 20 classes.
    # Paddings are those that give its sizes. What the authors gave away later has batch
    # normalisation, and a locally connected layer for the first full connection.
    "yolo": " -> ".join(
        (
            "INPUT(3,448,448) -> CONV(64,7,stride=2,pad=3) -> LEAKYRELU(0.1) -> POOL(2)",
            "CONV(192,3,pad=1) -> LEAKYRELU(0.1) -> POOL(2)",
            "CONV(128,1) -> LEAKYRELU(0.1) -> CONV(256,3,pad=1) -> LEAKYRELU(0.1)",
            "CONV(256,1) -> LEAKYRELU(0.1) -> CONV(512,3,pad=1) -> LEAKYRELU(0.1) -> POOL(2)",
            "[CONV(256,1) -> LEAKYRELU(0.1) -> CONV(512,3,pad=1) -> LEAKYRELU(0.1)]*4",
            "CONV(512,1) -> LEAKYRELU(0.1) -> CONV(1024,3,pad=1) -> LEAKYRELU(0.1) -> POOL(2)",
            "[CONV(512,1) -> LEAKYRELU(0.1) -> CONV(1024,3,pad=1) -> LEAKYRELU(0.1)]*2",
            "CONV(1024,3,pad=1) -> LEAKYRELU(0.1) -> CONV(1024,3,stride=2,pad=1) -> LEAKYRELU(0.1)",
            "[CONV(1024,3,pad=1) -> LEAKYRELU(0.1)]*2",
            "FC(4096) -> LEAKYRELU(0.1) -> DROPOUT(0.5) -> FC(1470)",
        )
    ),
}

NOTES: dict[str, str] = {
    "cifar-convnet": "The lecture quotes 79 % for such a net and not its sizes; these are ours.",
    "unet": (
        "The paper's convolutions have no padding: 572×572 pixels shrink to 388×388, and skips are"
        " cut to fit. Padded, an image of 512×512 gives a class for each of its pixels."
    ),
    "wavenet": (
        "One block, which sees 1024 samples. The paper repeats it and sums what all layers found"
        " for its output; it does not say how many maps there are."
    ),
    "yolo": (
        "The last 1470 numbers are 7·7·30: for each cell of a 7×7 grid two boxes of 5 numbers and"
        " 20 classes."
    ),
}
