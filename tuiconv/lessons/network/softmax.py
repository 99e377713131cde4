"""The softmax fraction, spelled out so that the numbers shown give the numbers shown."""

from collections.abc import Sequence
from decimal import Context, Decimal
from typing import Final

import numpy as np

from tuiconv.lessons.network.digits import exact
from tuiconv.lessons.network.passing import Passing
from tuiconv.lessons.scene import Table, Text

MOST: Final = 12
"""Classes that have a row; the others are added up in one."""
LAST: Final = Decimal("0.000001")
"""The last place of a probability."""
DECIMALS: Final = range(3, 40)
"""Of an exponential, as few are shown as give the quotients."""
LARGE: Final = 80.0
"""Beyond this the largest score is taken off all, so that no exponential is too large."""


def fraction(passing: Passing, chosen: int) -> tuple[Table, Text]:
    """A row for each class, and the quotient of one.

    Args:
        passing: an image in a network with one answer.
        chosen: the class whose quotient is spelled out.
    """
    names = passing.net.class_names
    scores = passing.scores[0].reshape(-1).astype(np.float64)
    shift = float(scores.max()) if np.abs(scores).max() > LARGE else 0.0
    exact_powers = [Decimal(score).exp(Context(60)) for score in (scores - shift).tolist()]
    powers, shares = spelled(exact_powers)
    total = sum(powers)
    rows = classes_shown(passing, chosen)
    lines = [(names[k], exact(scores[k]), f"{powers[k]:,f}", f"{shares[k]:f}") for k in rows]
    others = [k for k in range(len(names)) if k not in rows]
    if others:
        left, rest = (sum(each[k] for k in others) for each in (powers, shares))
        lines.append((f"{len(others)} others", "", f"{left:,f}", f"{rest:f}"))
    lines.append(("sum", "", f"{total:,f}", f"{sum(shares):f}"))
    power = "exp(a)" if not shift else f"exp(a − {exact(shift)})"
    decimals = -int(powers[0].as_tuple().exponent)
    terms = " + ".join(f"exp({exact(scores[k] - shift)})" for k in rows[:2])
    text = Text(
        f"p({names[chosen]}) = {power} / sum of all {power}",
        (
            f"exp({exact(scores[chosen] - shift)}) / ({terms} + …)",
            f"= {powers[chosen]:,f} / {total:,f} = {shares[chosen]:f}",
            f"{power} is rounded to {decimals} decimals and p to {-int(LAST.as_tuple().exponent)};"
            " the numbers shown give the quotients shown",
        ),
    )
    head = ("class", "score a", power, "p")
    return Table("softmax", head, tuple(lines), rows.index(chosen), "classes"), text


def classes_shown(passing: Passing, chosen: int) -> list[int]:
    """The classes that have a row: the most probable ones, and the chosen one."""
    rows: list[int] = np.argsort(-passing.scores.reshape(-1), kind="stable")[:MOST].tolist()
    return sorted(rows if chosen in rows else [*rows[:-1], chosen])


def spelled(powers: Sequence[Decimal]) -> tuple[list[Decimal], list[Decimal]]:
    """Exponentials with as few decimals as give, divided by their sum, the right probabilities."""
    whole = sum(powers, Decimal(0))
    shares = [(each / whole).quantize(LAST) for each in powers]
    shown: list[Decimal] = []
    for decimals in DECIMALS:
        shown = [
            each.quantize(Decimal(1).scaleb(-decimals), context=Context(90)) for each in powers
        ]
        total = sum(shown, Decimal(0))
        if total and [(each / total).quantize(LAST) for each in shown] == shares:
            break
    return shown, shares


def can_be_spelled(passing: Passing) -> bool:
    """Whether there is one finite score for each class."""
    return passing.scores[0].size == len(passing.net.class_names) and bool(
        np.isfinite(passing.scores).all()
    )
