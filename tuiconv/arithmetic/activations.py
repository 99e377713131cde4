"""Layers that are a function of each unit by itself, as specs."""

from dataclasses import dataclass
from typing import ClassVar

from tuiconv.arithmetic.specs import Spec, option


@dataclass(frozen=True, kw_only=True)
class Activation(Spec):
    """A function of each unit by itself: shapes pass unchanged."""

    @property
    def units(self) -> int:
        return 0

    @property
    def activations(self) -> int:
        return 0


@dataclass(frozen=True, kw_only=True)
class ReLU(Activation):
    """Rectified linear unit, max(0, x): `RELU`."""

    word: ClassVar[str] = "RELU"


@dataclass(frozen=True, kw_only=True)
class ReLU6(Activation):
    """Rectified linear unit with a ceiling, min(max(0, x), 6): `RELU6`.

    (Krizhevsky 2010, "Convolutional deep belief networks on CIFAR-10"; MobileNets have it.)
    """

    word: ClassVar[str] = "RELU6"


@dataclass(frozen=True, kw_only=True)
class LeakyReLU(Activation):
    """x above 0, slope · x below, so that no unit is cut off for good: `LEAKYRELU(slope=0.01)`.

    (Maas et al. 2013, "Rectifier nonlinearities improve neural network acoustic models".)
    """

    word: ClassVar[str] = "LEAKYRELU"

    slope: float = option("slope", minimum=0, default=0.01)


@dataclass(frozen=True, kw_only=True)
class Tanh(Activation):
    """Hyperbolic tangent: `TANH`."""

    word: ClassVar[str] = "TANH"


@dataclass(frozen=True, kw_only=True)
class ScaledTanh(Activation):
    """LeCun's squashing function, 1.7159 · tanh(2x/3): `STANH`."""

    word: ClassVar[str] = "STANH"


@dataclass(frozen=True, kw_only=True)
class Sigmoid(Activation):
    """Logistic function, 1 / (1 + e⁻ˣ): `SIGMOID`."""

    word: ClassVar[str] = "SIGMOID"


@dataclass(frozen=True, kw_only=True)
class Shrink(Activation):
    """Soft shrinkage, which draws every value to 0 by a threshold: `SHRINK(threshold=0.5)`."""

    word: ClassVar[str] = "SHRINK"

    threshold: float = option("threshold", minimum=0, default=0.5)


@dataclass(frozen=True, kw_only=True)
class Dropout(Activation):
    """In training every value is 0 by chance, else scaled by 1 / (1 − p): `DROPOUT(p=0.5)`.

    In evaluation it does nothing (Srivastava et al. 2014, "Dropout: a simple way to prevent neural
    networks from overfitting", with the scaling in training instead).
    """

    word: ClassVar[str] = "DROPOUT"

    p: float = option("p", minimum=0, default=0.5)
    """The probability of dropping a value."""

    def check(self) -> None:
        if self.p >= 1:
            raise self.refuse("expected p below 1, so that something is left")
