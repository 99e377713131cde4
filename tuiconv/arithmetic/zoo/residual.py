"""Residual networks, from 18 to 152 layers that weigh."""


def convolution(maps: int, kernel: int, stride: int = 1) -> str:
    """A convolution that keeps sizes but for its stride, and batch normalisation for its bias."""
    options = (f",stride={stride}" if stride > 1 else "") + (",pad=1" if kernel == 3 else "")
    return f"CONV({maps},{kernel}{options},bias=none) -> BATCHNORM"


def basic(maps: int, stride: int) -> str:
    """Two 3×3 convolutions, the body of a block of ResNet-18 and 34."""
    return f"{convolution(maps, 3, stride)} -> RELU -> {convolution(maps, 3)}"


def bottleneck(maps: int, stride: int) -> str:
    """1×1 to fewer maps, 3×3, and 1×1 to four times as many: the body of the deeper nets."""
    narrow = f"{convolution(maps, 1, stride)} -> RELU -> {convolution(maps, 3)}"
    return f"{narrow} -> RELU -> {convolution(4 * maps, 1)}"


def resnet(deep: tuple[int, int, int, int], bottlenecks: bool) -> str:
    """A residual network of so many blocks in each of its four stages.

    The first block of a stage has other sizes behind it than before it, so its shortcut is a 1×1
    convolution; only in the first stage of basic blocks nothing changes.
    """
    body, widening = (bottleneck, 4) if bottlenecks else (basic, 1)
    parts = [f"INPUT(3,224,224) -> {FIRST} -> RELU -> POOL(3,stride=2,pad=1)"]
    for stage, maps in enumerate((64, 128, 256, 512)):
        stride = 1 if stage == 0 else 2
        shortcut = f" | {convolution(widening * maps, 1, stride)}"
        if stage == 0 and not bottlenecks:
            shortcut = ""
        parts.append(f"RES[{body(maps, stride)}{shortcut}] -> RELU")
        parts.append(f"[RES[{body(maps, 1)}] -> RELU]*{deep[stage] - 1}")
    return " -> ".join([*parts, "GLOBALAVGPOOL -> FC(1000) -> SOFTMAX"])


FIRST = "CONV(64,7,stride=2,pad=3,bias=none) -> BATCHNORM"

# He et al. 2015, "Deep residual learning for image recognition", table 1, with projections where
# sizes change (option B). As published ("v1"), a bottleneck's stride is in its first 1×1.
PRESETS: dict[str, str] = {
    "resnet18": resnet((2, 2, 2, 2), bottlenecks=False),
    "resnet34": resnet((3, 4, 6, 3), bottlenecks=False),
    "resnet50": resnet((3, 4, 6, 3), bottlenecks=True),
    "resnet101": resnet((3, 4, 23, 3), bottlenecks=True),
    "resnet152": resnet((3, 8, 36, 3), bottlenecks=True),
}

STRIDE = (
    "As published, strides are in the first 1×1 of a block. torchvision has them in the 3×3"
    " (“v1.5”): the same sizes and parameters, more multiply-adds, a smaller receptive field."
)

END = (
    "The lecture says that no fully connected layer is left at the end. One is: from the means of"
    " the last maps to the classes."
)

NOTES: dict[str, str] = {
    "resnet18": END,
    "resnet34": END,
    "resnet50": STRIDE,
    "resnet101": STRIDE,
    "resnet152": STRIDE,
}
