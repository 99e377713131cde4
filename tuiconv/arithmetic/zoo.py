"""Networks that have a name, written in the layer-pattern language."""

from difflib import get_close_matches

from tuiconv.arithmetic.language import parse
from tuiconv.arithmetic.network import NetworkSpec
from tuiconv.arithmetic.specs import SpecError

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
}


def summarize(network: str) -> NetworkSpec:
    """The arithmetic of a preset (`lenet5`) or of a network in the pattern language.

    Raises:
        SpecError: the text is neither; for a single word the nearest preset is named.
    """
    name = network.strip()
    if name in PRESETS:
        return parse(PRESETS[name])
    if name and all(sign not in name for sign in "()[]>→ "):
        close = get_close_matches(name.lower(), PRESETS, 1)
        hint = f"did you mean {close[0]}? " if close else ""
        raise SpecError(
            f'no preset is called "{name}": {hint}there are {", ".join(PRESETS)};'
            " or write a network, such as INPUT(1,32,32) -> FC(10) -> SOFTMAX"
        )
    return parse(network)
