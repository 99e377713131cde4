"""Layer specs: one frozen description per layer of a network, with its arithmetic."""

from collections.abc import Collection
from dataclasses import MISSING, Field, dataclass, field, fields
from decimal import Decimal
from functools import cached_property
from math import prod
from typing import Any, ClassVar, Final, TypeAlias

from tuiconv.arithmetic.sizes import SINGLE, Padding, Pair, ReceptiveField, Window
from tuiconv.errors import RequestError

Shape: TypeAlias = tuple[int, ...]
"""(channels, height, width) of maps, or (features,) of a vector; without the batch."""


class SpecError(RequestError):
    """A network that cannot be: the message names the layer, what arrives and what is expected."""

    layers: tuple["Spec", ...] = ()
    """The layers before the one that does not fit."""
    layer: str = ""
    """The layer that does not fit, such as `conv2 CONV(16,5)`."""
    expected: Shape = ()
    """What a FLATTEN expects and does not get."""
    is_too_small: bool = False
    """Whether a window does not fit into what arrives."""
    at: int | None = None
    """Where in the text it is, from 0; None if nowhere in particular."""


def option(word: str, *, minimum: int = 1, names: Collection[str] = (), **default: Any) -> Any:  # noqa: ANN401 - as dataclasses.field
    """A setting that the layer-pattern language spells `word`.

    A number, or a pair of them, of at least `minimum`; one of `names` if there are any.
    """
    return field(metadata={"word": word, "minimum": minimum, "names": names}, **default)


def show_shape(shape: Shape) -> str:
    """`6×28×28` for maps, `a vector of 84` for a vector."""
    return f"a vector of {shape[0]}" if len(shape) == 1 else "×".join(map(str, shape))


@dataclass(frozen=True, kw_only=True)
class Spec:
    """One layer in its place in a network.

    Every subclass says what leaves the layer (`output`), how many numbers it learns
    (`parameters`), how many multiply-adds one image costs (`macs`) and how many connections it has
    (`connections`). Comparisons, sums of a pooling window or of branches, and activation functions
    are not counted as multiply-adds.
    """

    word: ClassVar[str]
    """The layer's name in the pattern language, such as CONV."""
    is_numbered: ClassVar[bool] = True
    """Whether layers of the kind are told apart by numbers; else there is but one."""

    name: str
    """Unique within the network, such as conv1."""
    input: Shape
    """The shape that arrives."""
    input_field: ReceptiveField = ReceptiveField()
    """What one arriving unit sees of the input image."""
    sources: tuple[int, ...] = ()
    """The places, among the layers of the network, of those whose output arrives."""
    is_1d: bool = False
    """Whether the maps are one row high and a single number counts along their length."""

    def __post_init__(self) -> None:
        self.check()

    def check(self) -> None:
        """Raise SpecError when the layer cannot take what arrives."""

    @cached_property
    def window(self) -> Window:
        """How the layer slides over its input; a single cell unless a subclass says otherwise."""
        return SINGLE

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
    def connections(self) -> int:
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
    def activations(self) -> int:
        """Numbers kept for backpropagation, for one image.

        What is made anew counts. What can be done in the place of its input, as a ReLU, or is only
        another view of it, as FLATTEN, does not (CS231n, "Case studies": the memory of VGG-16).
        """
        return prod(self.output)

    @cached_property
    def receptive_field(self) -> ReceptiveField:
        """What one unit of the output sees of the input image."""
        return self.input_field.through(self.window)

    @property
    def discarded(self) -> Pair:
        """Rows and columns at the end of what arrives that no window reaches."""
        return (0, 0)

    @property
    def parameter_formula(self) -> str:
        """How `parameters` comes about, such as `6·(1·5·5)+6 = 156`; "" if nothing is learned."""
        return ""

    def output_formula(self, axis: int) -> str:
        """How the size along `axis` (0 vertical, 1 horizontal) comes about, in numbers.

        "" where the layer leaves sizes as they are.
        """
        return ""

    def sees(self, first: int, last: int, axis: int) -> tuple[int, int]:
        """The first and the last arriving cell, along `axis`, on which some output cells depend.

        Args:
            first: the first of these output cells.
            last: the last of them.
            axis: 0 vertical, 1 horizontal.

        Returns:
            Cells below 0 or past the end are padding. The last is before the first if there are
            none.
        """
        return self.window.sees(first, last, axis)

    def reaches(self, first: int, last: int, axis: int) -> tuple[int, int]:
        """The first and the last output cell, along `axis`, that depend on some arriving cells.

        The arguments are as for `sees`; cells below 0 or past the output's end do not exist.
        """
        return self.window.reaches(first, last, axis)

    def refuse(self, expected: str) -> SpecError:
        """The error that names this layer, what arrives and what it expected."""
        return SpecError(f"{self.name} {self}: {show_shape(self.input)} arrives; {expected}")

    def __str__(self) -> str:
        """The layer in the pattern language, defaults left out: `CONV(6,5,stride=2)`."""
        words = []
        for setting in options_of(type(self)):
            value = getattr(self, setting.name)
            if setting.default is MISSING:
                words.append(show_value(value, setting, self.is_1d))
            elif value != setting.default:
                shown = show_value(value, setting, self.is_1d)
                words.append(f"{setting.metadata['word']}={shown}")
        return f"{self.word}({','.join(words)})" if words else self.word


OPTIONS: Final[dict[type[Spec], tuple[Field[Any], ...]]] = {}
"""What `options_of` has found: it is asked for every layer of a network while a text is written."""


def options_of(kind: type[Spec]) -> tuple[Field[Any], ...]:
    """The settings of a kind of layer, in the order in which the language takes them."""
    if kind not in OPTIONS:
        OPTIONS[kind] = tuple(each for each in fields(kind) if "word" in each.metadata)
    return OPTIONS[kind]


def automatic_name(kind: type[Spec], number: int) -> str:
    """What the layer is called that is number `number` of its kind: conv1, relu6_1."""
    word = kind.word.lower()
    if not kind.is_numbered:
        return word
    # relu61 is the 61st RELU
    return f"{word}_{number}" if word[-1].isdigit() else f"{word}{number}"


def show_value(value: float | Padding | str, setting: Field[Any], is_1d: bool) -> str:
    """The value as the language writes it.

    `5` for a number or an equal pair, `(3,5)` for unequal ones, a name as it is. In one dimension a
    pair is one number if it does nothing vertically.
    """
    if isinstance(value, float):  # never with an exponent, which the language does not have
        return f"{Decimal(str(value)):f}".removesuffix(".0")
    if not isinstance(value, tuple):
        return str(value)
    vertical, horizontal = value
    alone = setting.metadata["minimum"] if is_1d else horizontal
    if vertical == alone and not isinstance(horizontal, tuple):
        return str(horizontal)
    sides = (f"({side[0]},{side[1]})" if isinstance(side, tuple) else str(side) for side in value)
    return f"({','.join(sides)})"
