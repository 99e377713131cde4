"""LeNets, the nets of 1989 and nets of one or two layers on pixels."""

PRESETS: dict[str, str] = {
    # LeNet-5 with today's parts: all maps connected, ReLU, max pooling, a softmax at the end.
    "lenet5": (
        "INPUT(1,32,32) -> CONV(6,5) -> RELU -> POOL(2) -> CONV(16,5) -> RELU -> POOL(2)"
        " -> FC(120) -> RELU -> FC(84) -> RELU -> FC(10) -> SOFTMAX"
    ),
    # The PyTorch listing of the NYU lecture, repaired: 50 maps leave its second convolution, and
    # they are 5×5 on a 32×32 image.
    "lecture-lenet": (
        "INPUT(1,32,32) -> CONV(20,5) -> RELU -> POOL(2) -> CONV(50,5) -> RELU -> POOL(2)"
        " -> FC(500) -> RELU -> FC(10) -> SOFTMAX"
    ),
    # LeNet-5 as published (LeCun et al. 1998, section II.B): 60,000 parameters up to F6. Its last
    # layer compared F6 with a drawing of every digit (RBF units); the lectures end in a softmax.
    "lenet5-1998": (
        "INPUT(1,32,32) -> CONV(6,5) -> STANH -> SUBSAMPLE(2) -> STANH"
        " -> CONV(16,5,table=lenet5) -> STANH -> SUBSAMPLE(2) -> STANH"
        " -> CONV(120,5) -> STANH -> FC(84) -> STANH -> FC(10) -> SOFTMAX"
    ),
    # The five nets of the study on 480 digits (LeCun 1989, "Generalization and network design
    # strategies"), from no structure to shared weights. Padding makes 16 → 8 → 4. Their outputs are
    # squashed too, and learned to be ±1 (loss "squared", which sees them before the softmax).
    "digits-1989-net1": "INPUT(1,16,16) -> FC(10) -> STANH -> SOFTMAX",
    "digits-1989-net2": "INPUT(1,16,16) -> FC(12) -> STANH -> FC(10) -> STANH -> SOFTMAX",
    "digits-1989-net3": (
        "INPUT(1,16,16) -> LOCAL(1,3,stride=2,pad=1) -> STANH -> LOCAL(1,5,stride=2,pad=2) -> STANH"
        " -> FC(10) -> STANH -> SOFTMAX"
    ),
    "digits-1989-net4": (
        "INPUT(1,16,16) -> CONV(2,3,stride=2,pad=1,bias=unit) -> STANH"
        " -> LOCAL(1,5,stride=2,pad=2) -> STANH -> FC(10) -> STANH -> SOFTMAX"
    ),
    "digits-1989-net5": (
        "INPUT(1,16,16) -> CONV(2,3,stride=2,pad=1,bias=unit) -> STANH"
        " -> CONV(4,5,stride=2,pad=2,bias=unit) -> STANH -> FC(10) -> STANH -> SOFTMAX"
    ),
    # The first ConvNet on real mail (LeCun et al. 1989, "Backpropagation applied to handwritten zip
    # code recognition"): strides do the work of pooling.
    "belllabs-1989": (
        "INPUT(1,16,16) -> CONV(12,5,stride=2,pad=2,bias=unit) -> STANH"
        " -> CONV(12,5,stride=2,pad=2,table=belllabs,bias=unit) -> STANH"
        " -> FC(30) -> STANH -> FC(10) -> SOFTMAX"
    ),
    # Pooling by itself: average, gain, bias and tanh, as the NYU lecture draws it. Its last layer,
    # a 5×5 convolution for each category, is the FC(10) that covers the 5×5 maps.
    "lenet-1990": (
        "INPUT(1,32,32) -> CONV(4,5) -> TANH -> SUBSAMPLE(2) -> TANH"
        " -> CONV(16,5) -> TANH -> SUBSAMPLE(2) -> TANH -> FC(10) -> SOFTMAX"
    ),
    # One layer on the pixels: its ten rows of weights are templates (ml4a, "Convnets").
    "mlp1": "INPUT(1,32,32) -> FC(10) -> SOFTMAX",
    # Two layers, with the ten hidden units that the same chapter has for MNIST; it does not name
    # their function.
    "mlp2": "INPUT(1,32,32) -> FC(10) -> RELU -> FC(10) -> SOFTMAX",
}

NOTES: dict[str, str] = {
    "lenet5": "LeNet-5 with today's parts; lenet5-1998 is the net as it was published.",
    "lecture-lenet": (
        "The lecture's own listing cannot run: its second convolution makes 20 maps where 50 are"
        " expected, and they are 5×5 on a 32×32 image, not 4×4. Here both are mended."
    ),
    "lenet5-1998": (
        "The paper's 60,000 parameters end at fc1, its F6. It then compared F6 with a drawing of"
        " every digit; here a full connection of 850 parameters and a softmax follow."
    ),
    "belllabs-1989": (
        "Which 8 of the 12 maps each map of the second layer sees was not published: the table is"
        " a guess. The paper's counts, 64,660 connections and 9,760 parameters, come out with it."
    ),
}
