"""What a pool makes of its window: number by number, then the formula."""

import math
from dataclasses import dataclass

from tuiconv.lessons.convolution.look import Look
from tuiconv.lessons.convolution.meetings import Meeting
from tuiconv.lessons.network.digits import exact, short


@dataclass(frozen=True)
class Step:
    """A number of the window, and what becomes of it."""

    meeting: Meeting
    x: float
    adds: str
    so_far: str


@dataclass(frozen=True)
class Pooled:
    """An output of a pool."""

    heads: tuple[str, str]
    """Above what a number adds, and above what there is so far."""
    steps: tuple[Step, ...]
    formula: str
    """With the numbers in it."""
    value: float
    """What it gives."""
    winner: Meeting | None = None
    """Of a max pool: the first of the largest."""


def pooled(look: Look) -> Pooled:
    """How the output under the cursor comes about."""
    view = look.view
    met = [each for each in look.chosen if look.is_inside("input", each.input)]
    x = [look.x_at(look.channel, each.input) for each in met]
    match view.operation:
        case "max":
            return largest(met, x)
        case "average":
            height, width = look.sliding.spec.window.kernel_size
            whole, count = math.fsum(x), height * width
            formula = f"{short(whole)} / {count}"
            if count > len(x):
                formula += f", as {count - len(x)} zeros of the padding count"
            steps = summed(met, x, x, [exact(each) for each in x])
            return Pooled(("adds", "sum so far"), steps, formula, whole / count)
        case "lp":
            powers = [abs(each) ** view.power for each in x]
            p = f"{view.power:g}"
            formula = f"{short(math.fsum(powers))}^(1/{p})"
            texts = [
                f"|{exact(each)}|^{p} = {short(to)}" for each, to in zip(x, powers, strict=True)
            ]
            value = math.fsum(powers) ** (1 / view.power)
            return Pooled((f"|x|^{p}", "sum so far"), summed(met, x, powers, texts), formula, value)
    beta = f"{view.beta:g}"
    top = max(x)
    powers = [math.exp(view.beta * (each - top)) for each in x]
    texts = [
        f"exp({beta}·{exact(each)} − {beta}·{exact(top)}) = {short(to)}"
        for each, to in zip(x, powers, strict=True)
    ]
    total = math.fsum(powers)
    formula = (
        f"{exact(top)} + log({short(total)}) / {beta}, the largest number taken out of the sum"
    )
    heads = f"exp({beta}·x − {beta}·{exact(top)})", "sum so far"
    value = top + math.log(total) / view.beta
    return Pooled(heads, summed(met, x, powers, texts), formula, value)


def largest(met: list[Meeting], x: list[float]) -> Pooled:
    """The winner of a window."""
    steps, best = [], 0
    for i, (each, value) in enumerate(zip(met, x, strict=True)):
        wins = i == 0 or value > x[best]
        best = i if wins else best
        steps.append(Step(each, value, "larger" if wins else "not larger", exact(x[best])))
    row, column = met[best].input
    formula = f"the largest of {len(x)}, that of row {row}, column {column}"
    return Pooled(("than before", "largest so far"), tuple(steps), formula, x[best], met[best])


def summed(
    met: list[Meeting], x: list[float], adds: list[float], texts: list[str]
) -> tuple[Step, ...]:
    """A step for each number, with the sum so far."""
    return tuple(
        Step(each, value, text, short(math.fsum(adds[: i + 1])))
        for i, (each, value, text) in enumerate(zip(met, x, texts, strict=True))
    )
