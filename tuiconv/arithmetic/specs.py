"""Layer specs: one frozen description per layer of a network, with its arithmetic."""

from collections.abc import Collection
from dataclasses import MISSING, Field, dataclass, field, fields
from decimal import Decimal
from math import prod
from typing import Any, ClassVar, TypeAlias

from tuiconv.arithmetic.sizes import Pair, ReceptiveField, Window
from tuiconv.errors import RequestError

Shape: TypeAlias = tuple[int, ...]
"""(channels, height, width) of maps, or (features,) of a vector; without the batch."""


class SpecError(RequestError):
    """A network that cannot be: the message names the layer, what arrives and what is expected."""


def option(word: str, *, minimum: int = 1, names: Collection[str] = (), **default: Any) -> Any:  # noqa: ANN401 - as dataclasses.field
    """A setting that the layer-pattern language spells `word`: at least `minimum`, or a name."""
    return field(metadata={"word": word, "minimum": minimum, "names": names}, **default)


def show_shape(shape: Shape) -> str:
    """`6×28×28` for maps, `a vector of 84` for a vector."""
    return f"a vector of {shape[0]}" if len(shape) == 1 else "×".join(map(str, shape))


@dataclass(frozen=True, kw_only=True)
class Spec:
    """One layer in its place in a network.

    Every subclass says what leaves the layer (`output`), how many numbers it learns
    (`parameters`), how many multiply-adds one image costs (`macs`) and how many connections it has
    (`links`). Comparisons, sums of a pooling window and activation functions are not counted as
    multiply-adds.
    """

    word: ClassVar[str]
    """The layer's name in the pattern language, such as CONV."""

    name: str
    """Unique within the network, such as conv1."""
    input: Shape
    """The shape that arrives."""
    input_field: ReceptiveField = ReceptiveField()
    """What one arriving unit sees of the input image."""

    def __post_init__(self) -> None:
        self.check()

    def check(self) -> None:
        """Raise SpecError when the layer cannot take what arrives."""

    @property
    def window(self) -> Window:
        """How the layer slides over its input; a single cell unless a subclass says otherwise."""
        return Window()

    @property
    def output(self) -> Shape:
        """The shape that leaves."""
        return self.input

    @property
    def parameters(self) -> int:
        """Numbers learned, biases included."""
        return 0

    @property
    def macs(self) -> int:
        """Multiply-adds for one image, biases not counted."""
        return 0

    @property
    def links(self) -> int:
        """Connections, as the papers of 1989 and 1998 count them.

        Every unit's inputs, those that lie in the padding included, and its bias, whether or not
        their weights are shared.
        """
        return 0

    @property
    def units(self) -> int:
        """Units made here; an activation is a part of those before it and makes none."""
        return prod(self.output)

    @property
    def receptive_field(self) -> ReceptiveField:
        """What one unit of the output sees of the input image."""
        return self.input_field.through(self.window)

    def refuse(self, expected: str) -> SpecError:
        """The error that names this layer, what arrives and what it expected."""
        return SpecError(f"{self.name} {self}: {show_shape(self.input)} arrives; {expected}")

    def __str__(self) -> str:
        """The layer in the pattern language, defaults left out: `CONV(6,5,stride=2)`."""
        words = []
        for setting in options_of(type(self)):
            value = getattr(self, setting.name)
            if setting.default is MISSING:
                words.append(show_value(value))
            elif value != setting.default:
                words.append(f"{setting.metadata['word']}={show_value(value)}")
        return f"{self.word}({','.join(words)})" if words else self.word


def options_of(kind: type[Spec]) -> list[Field[Any]]:
    """The settings of a kind of layer, in the order in which the language takes them."""
    return [setting for setting in fields(kind) if "word" in setting.metadata]


def show_value(value: float | Pair | str) -> str:
    """`5` for a number or an equal pair, `(3,5)` for unequal ones; a name as it is."""
    if isinstance(value, float):  # never with an exponent, which the language does not have
        return f"{Decimal(str(value)):f}".removesuffix(".0")
    if isinstance(value, tuple):
        return str(value[0]) if value[0] == value[1] else f"({value[0]},{value[1]})"
    return str(value)
