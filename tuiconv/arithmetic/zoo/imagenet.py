"""The chains that won, or nearly won, ImageNet: AlexNet, ZFNet, GoogLeNet and VGG."""


def inception(
    name: str, one: int, three: tuple[int, int], five: tuple[int, int], pooled: int
) -> str:
    """GoogLeNet's module: 1×1, 3×3 and 5×5 kernels and a pool side by side, their maps stacked.

    Args:
        name: of the module, such as inception3a.
        one: maps of the 1×1 branch.
        three: maps of the 1×1 convolution before the 3×3, and of the 3×3.
        five: the same for the 5×5.
        pooled: maps of the 1×1 convolution behind the pool.
    """
    return (
        f"{name}: CONCAT[CONV({one},1) -> RELU"
        f" | CONV({three[0]},1) -> RELU -> CONV({three[1]},3,pad=1) -> RELU"
        f" | CONV({five[0]},1) -> RELU -> CONV({five[1]},5,pad=2) -> RELU"
        f" | POOL(3,stride=1,pad=1) -> CONV({pooled},1) -> RELU]"
    )


def vgg(*deep: int) -> str:
    """A VGG net with so many 3×3 convolutions before each of its five pools."""
    layers = ["INPUT(3,224,224)"]
    for stage, maps in enumerate((64, 128, 256, 512, 512)):
        for place in range(deep[stage]):
            layers += [f"conv{stage + 1}_{place + 1}: CONV({maps},3,pad=1)", "RELU"]
        layers.append("POOL(2)")
    layers += ["fc6: FC(4096)", "RELU", "DROPOUT(0.5)", "fc7: FC(4096)", "RELU", "DROPOUT(0.5)"]
    return " -> ".join([*layers, "fc8: FC(1000)", "SOFTMAX"])


PRESETS: dict[str, str] = {
    # As published (Krizhevsky et al. 2012, "ImageNet classification with deep convolutional neural
    # networks"): groups of 2 are the two graphics cards, which meet in conv3. The paper adds
    # 0.0001 times a sum of 5 squares where LRN takes alpha times their mean, hence 0.0005.
    "alexnet": (
        "INPUT(3,227,227)"
        " -> CONV(96,11,stride=4) -> RELU -> LRN(5,alpha=0.0005,k=2) -> POOL(3,stride=2)"
        " -> CONV(256,5,pad=2,groups=2) -> RELU -> LRN(5,alpha=0.0005,k=2) -> POOL(3,stride=2)"
        " -> CONV(384,3,pad=1) -> RELU -> CONV(384,3,pad=1,groups=2) -> RELU"
        " -> CONV(256,3,pad=1,groups=2) -> RELU -> pool5: POOL(3,stride=2)"
        " -> fc6: FC(4096) -> RELU -> DROPOUT(0.5) -> fc7: FC(4096) -> RELU -> DROPOUT(0.5)"
        " -> fc8: FC(1000) -> SOFTMAX"
    ),
    # AlexNet for one card (Krizhevsky 2014, "One weird trick for parallelizing convolutional neural
    # networks"), with the padding and the dropout that torchvision has.
    "alexnet-onecolumn": (
        "INPUT(3,224,224) -> CONV(64,11,stride=4,pad=2) -> RELU -> POOL(3,stride=2)"
        " -> CONV(192,5,pad=2) -> RELU -> POOL(3,stride=2)"
        " -> CONV(384,3,pad=1) -> RELU -> CONV(256,3,pad=1) -> RELU -> CONV(256,3,pad=1) -> RELU"
        " -> pool5: POOL(3,stride=2)"
        " -> DROPOUT(0.5) -> fc6: FC(4096) -> RELU -> DROPOUT(0.5) -> fc7: FC(4096) -> RELU"
        " -> fc8: FC(1000) -> SOFTMAX"
    ),
    # The same paper as TF-Slim has it ("alexnet_v2"): nothing but convolutions to the end.
    "alexnet-v2": (
        "INPUT(3,224,224) -> CONV(64,11,stride=4) -> RELU -> POOL(3,stride=2)"
        " -> CONV(192,5,pad=2) -> RELU -> POOL(3,stride=2)"
        " -> CONV(384,3,pad=1) -> RELU -> CONV(384,3,pad=1) -> RELU -> CONV(256,3,pad=1) -> RELU"
        " -> pool5: POOL(3,stride=2)"
        " -> fc6: CONV(4096,5) -> RELU -> DROPOUT(0.5) -> fc7: CONV(4096,1) -> RELU -> DROPOUT(0.5)"
        " -> fc8: CONV(1000,1) -> SOFTMAX"
    ),
    # Zeiler and Fergus 2013, "Visualizing and understanding convolutional networks", figure 3. The
    # paper gives sizes (224, 110, 55, 26, 13, 6) and no padding: a padding of 1 and pools that
    # round up make them. Nor does it give the constants of its contrast normalisation, which are
    # AlexNet's here.
    "zfnet": (
        "INPUT(3,224,224)"
        " -> CONV(96,7,stride=2,pad=1) -> RELU -> POOL(3,stride=2,round=up)"
        " -> LRN(5,alpha=0.0005,k=2)"
        " -> CONV(256,5,stride=2) -> RELU -> POOL(3,stride=2,round=up)"
        " -> LRN(5,alpha=0.0005,k=2)"
        " -> CONV(384,3,pad=1) -> RELU -> CONV(384,3,pad=1) -> RELU -> CONV(256,3,pad=1) -> RELU"
        " -> pool5: POOL(3,stride=2)"
        " -> fc6: FC(4096) -> RELU -> DROPOUT(0.5) -> fc7: FC(4096) -> RELU -> DROPOUT(0.5)"
        " -> fc8: FC(1000) -> SOFTMAX"
    ),
    # Szegedy et al. 2014, "Going deeper with convolutions", table 1 and figure 3, without the two
    # auxiliary classifiers. Pools round up, which is the paper's "same" padding; the constants of
    # its normalisation are those of the copy that comes with Caffe.
    "googlenet": " -> ".join(
        (
            "INPUT(3,224,224) -> CONV(64,7,stride=2,pad=3) -> RELU -> POOL(3,stride=2,round=up)",
            "LRN(5) -> CONV(64,1) -> RELU -> CONV(192,3,pad=1) -> RELU -> LRN(5)",
            "POOL(3,stride=2,round=up)",
            inception("inception3a", 64, (96, 128), (16, 32), 32),
            inception("inception3b", 128, (128, 192), (32, 96), 64),
            "POOL(3,stride=2,round=up)",
            inception("inception4a", 192, (96, 208), (16, 48), 64),
            inception("inception4b", 160, (112, 224), (24, 64), 64),
            inception("inception4c", 128, (128, 256), (24, 64), 64),
            inception("inception4d", 112, (144, 288), (32, 64), 64),
            inception("inception4e", 256, (160, 320), (32, 128), 128),
            "POOL(3,stride=2,round=up)",
            inception("inception5a", 256, (160, 320), (32, 128), 128),
            inception("inception5b", 384, (192, 384), (48, 128), 128),
            "GLOBALAVGPOOL -> DROPOUT(0.4) -> FC(1000) -> SOFTMAX",
        )
    ),
    # Simonyan and Zisserman 2014, "Very deep convolutional networks for large-scale image
    # recognition", table 1, columns A, B, D and E.
    "vgg11": vgg(1, 1, 2, 2, 2),
    "vgg13": vgg(2, 2, 2, 2, 2),
    "vgg16": vgg(2, 2, 3, 3, 3),
    "vgg19": vgg(2, 2, 4, 4, 4),
}

NOTES: dict[str, str] = {
    "alexnet": (
        "The paper speaks of 224×224 pixels, but windows of 11×11, 4 apart, give its 55×55 maps"
        " only on 227×227. Groups of 2 are its two graphics cards."
    ),
    "alexnet-onecolumn": (
        "AlexNet as its author made it for one graphics card in 2014 and as torchvision has it:"
        " fewer maps in conv1 and conv2, no groups, no normalisation. alexnet is the net of 2012."
    ),
    "alexnet-v2": (
        "AlexNet as TF-Slim has it, whose receptive fields are often quoted: nothing but"
        " convolutions, fc6 a 5×5 one, so that it reads larger images too."
    ),
    "zfnet": (
        "The paper gives sizes and no padding. Its 110, 55, 26 and 13 come out with a padding of 1"
        " at first and pools that round up."
    ),
    "googlenet": (
        "The lecture says 4M parameters; they add up to 6,998,552. The two classifiers that helped"
        " to train it are left out."
    ),
    "vgg16": (
        "The lecture adds its memory column up to 24M numbers (93 MB). The column adds up to"
        " 15,237,608 numbers, 58.1 MiB at 4 bytes each. Its weights leave out the biases."
    ),
}
