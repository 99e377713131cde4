"""Layers that make the size of numbers even, as specs."""

from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import ClassVar

from tuiconv.arithmetic.sizes import Pair, Window
from tuiconv.arithmetic.sliding import Covering, Sliding
from tuiconv.arithmetic.specs import Spec, option


@dataclass(frozen=True, kw_only=True)
class BatchNorm(Spec):
    """Batch normalisation: `BATCHNORM(momentum=0.1,eps=0.00001)`.

    In training every channel gets mean 0 and variance 1 over the batch and all places, in
    evaluation by running statistics of the batches before; a learned scale and offset for every
    channel follow (Ioffe and Szegedy 2015, "Batch normalization"). It costs a multiply-add for
    every unit, as in evaluation it is a line through each channel's values.
    """

    word: ClassVar[str] = "BATCHNORM"

    momentum: float = option("momentum", minimum=0, default=0.1)
    """The weight of a new batch in the running statistics."""
    eps: float = option("eps", minimum=0, default=0.00001)
    """Added to the variance, so that no channel is divided by 0."""

    def check(self) -> None:
        if self.momentum > 1 or self.eps == 0:
            raise self.refuse("expected a momentum of at most 1, and eps above 0")

    @property
    def channels(self) -> int:
        """How many have statistics, a scale and an offset of their own; of a vector every unit."""
        return self.input[0]

    @property
    def parameters(self) -> int:
        return 2 * self.channels

    @property
    def parameter_formula(self) -> str:
        return f"{self.channels}·2 = {self.parameters:,}"

    @property
    def macs(self) -> int:
        return prod(self.output)

    @property
    def units(self) -> int:
        return 0


@dataclass(frozen=True, kw_only=True)
class LocalNorm(Sliding):
    """What compares every cell with its neighbourhood in all channels, under a Gaussian window.

    The window is one over rows and then one over columns of the channels' mean; that, and a product
    or two for every unit, is what it costs.
    """

    kernel_size: Pair = option("kernel", default=(9, 9))
    products: ClassVar[int]
    """For every unit, besides the window's."""

    def check(self) -> None:
        super().check()
        if any(size % 2 == 0 for size in self.kernel_size):
            raise self.refuse("expected a window of odd size, so that it has a centre")

    @cached_property
    def window(self) -> Window:
        height, width = self.kernel_size
        if self.is_1d:  # there is but the one row
            height = 1
        return Window((height, width), padding=(height // 2, width // 2))

    def output_formula(self, axis: int) -> str:
        return ""

    @property
    def macs(self) -> int:
        _, height, width = self.input
        return height * width * sum(self.window.kernel_size) + self.products * prod(self.output)

    @property
    def connections(self) -> int:
        return prod(self.output) * self.input[0] * prod(self.window.kernel_size)


@dataclass(frozen=True, kw_only=True)
class SubtractiveNorm(LocalNorm):
    """Every cell less the weighted mean around it, a high-pass: `SUBNORM(kernel=9)`."""

    word: ClassVar[str] = "SUBNORM"
    products: ClassVar[int] = 0


@dataclass(frozen=True, kw_only=True)
class DivisiveNorm(LocalNorm):
    """Every cell divided by the contrast around it: `DIVNORM(kernel=9)`.

    The contrast is the root of the weighted mean of squares, and at least its mean over the image
    (Jarrett et al. 2009, "What is the best multi-stage architecture for object recognition?"). So
    everything depends a little on the whole image; the receptive field is that of the window.
    """

    word: ClassVar[str] = "DIVNORM"
    products: ClassVar[int] = 2


@dataclass(frozen=True, kw_only=True)
class ResponseNorm(Spec):
    """Local response normalisation: `LRN(size,alpha=0.0001,beta=0.75,k=1)`.

    Every value is divided by (k + alpha · the mean square of `size` channels around its own at the
    same place) to the power beta, so that strong answers of one map weaken others (Krizhevsky et
    al. 2012, "ImageNet classification with deep convolutional neural networks", section 3.3; there
    alpha is not divided by the size). It costs three multiply-adds for every unit: its square, the
    sum of squares times alpha plus k, and the product of what came with the power.
    """

    word: ClassVar[str] = "LRN"

    size: int = option("size")
    """Of its channels, the value's own is in the middle, or just behind it."""
    alpha: float = option("alpha", minimum=0, default=0.0001)
    beta: float = option("beta", minimum=0, default=0.75)
    k: float = option("k", minimum=0, default=1.0)

    def check(self) -> None:
        if len(self.input) != 3:
            raise self.refuse("expected maps (channels, height, width)")
        if self.k == 0:
            raise self.refuse("expected k above 0, so that nothing is divided by 0")

    @property
    def macs(self) -> int:
        return 3 * prod(self.output)

    @property
    def units(self) -> int:
        return 0


@dataclass(frozen=True, kw_only=True)
class Whiten(Covering):
    """Whitening: `WHITEN(eps=0.00001)`, straight behind INPUT.

    The image less the mean of the training images, times the symmetric matrix that takes their
    correlations away (ZCA: Krizhevsky 2009, "Learning multiple layers of features from tiny
    images", appendix A). Both are fitted once, before training, and not learned by gradient.
    """

    word: ClassVar[str] = "WHITEN"

    eps: float = option("eps", minimum=0, default=0.00001)
    """Added to every variance, so that a direction without any is not divided by 0."""

    def check(self) -> None:
        if self.eps == 0:
            raise self.refuse("expected eps above 0")

    @property
    def features(self) -> int:
        """The numbers of an image."""
        return prod(self.input)

    @cached_property
    def window(self) -> Window:
        """Wherever it stands, it reaches over the whole image."""
        _, height, width = self.input
        return Window((2 * height - 1, 2 * width - 1), padding=(height - 1, width - 1))

    @property
    def macs(self) -> int:
        return self.features**2

    @property
    def connections(self) -> int:
        return self.features**2
