"""Filters with numbers to choose, such as `gaussian(2)`: what they take, how a kernel is made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tuiconv.errors import RequestError
from tuiconv.images.filters.filter import Matrix, NamedFilter
from tuiconv.images.filters.number_text import number_text


@dataclass(frozen=True)
class Parameter:
    """A number that a family of filters takes."""

    name: str
    """As it is given: `sigma=2`."""
    symbol: str
    """As it stands in the formula."""
    default: float
    least: float
    most: float
    """Keeps kernels at most 101 pixels a side."""
    meaning: str
    step: int = 0
    """1 for whole numbers, 2 for odd ones, `least` being one; 0 for any that lie between."""

    @property
    def allowed(self) -> str:
        """Which numbers it may be, in words."""
        kind = ("a number", "a whole number", "an odd number")[self.step]
        return f"{kind} from {number_text(self.least)} to {number_text(self.most)}"

    def allows(self, value: float) -> bool:
        """Whether it may be this number."""
        fits = self.least <= value <= self.most
        return fits and not (self.step and (value - self.least) % self.step)


@dataclass(frozen=True)
class Family:
    """Filters that differ by a few numbers only."""

    name: str
    parameters: tuple[Parameter, ...]
    description: str
    """One line: what the picture looks like afterwards, and why."""
    formula: str
    kernel: Callable[..., Matrix]
    """Makes the kernel of the values of the parameters, in their order."""

    def with_values(self, values: Mapping[str, float]) -> NamedFilter:
        """The filter with some values given by name, and the defaults for all others.

        Its name tells all of them, as one may write them: `gaussian(2)`.

        Raises:
            RequestError: a value is not allowed.
        """
        full = {each.name: values.get(each.name, each.default) for each in self.parameters}
        symbols = []
        for each in self.parameters:
            value = full[each.name]
            if not each.allows(value):
                raise RequestError(f"{self.name}: {each.name} is {value}; expected {each.allowed}")
            full[each.name] = value + 0.0  # no −0
            symbols.append(f"{each.symbol} = {number_text(value)}")
        numbers = ", ".join(map(number_text, full.values()))
        return NamedFilter(
            f"{self.name}({numbers})",
            self.kernel(*full.values()),
            self.description,
            f"{self.formula}; {', '.join(symbols)}",
            parameters=full,
        )
