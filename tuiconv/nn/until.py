"""When to stop training before all epochs are done: `test_accuracy >= 0.99`."""

import math
import operator
from collections.abc import Callable
from dataclasses import dataclass, fields

from tuiconv.errors import RequestError, unknown
from tuiconv.nn.events import EpochDone

OPERATORS: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
"""By how they are written; those of two signs first, as they begin like those of one."""

METRICS = tuple(field.name for field in fields(EpochDone) if field.name != "epochs")


@dataclass(frozen=True)
class Until:
    """A figure of an epoch, compared with a number."""

    metric: str
    sign: str
    bound: float

    def __call__(self, epoch: EpochDone) -> bool:
        """Whether it holds after an epoch."""
        return OPERATORS[self.sign](getattr(epoch, self.metric), self.bound)

    @classmethod
    def parse(cls, text: str) -> "Until":
        """Read a condition: a metric, an operator and a number.

        Args:
            text: such as `test_accuracy >= 0.99`. Metrics are the figures of `EpochDone`.

        Raises:
            RequestError: it is no such condition.
        """
        sign = next((sign for sign in OPERATORS if sign in text), None)
        if sign is None:
            raise RequestError(
                f'until "{text}"; expected a metric, one of {" ".join(OPERATORS)}, and a number,'
                " such as test_accuracy >= 0.99"
            )
        metric, number = (part.strip() for part in text.split(sign, 1))
        if metric not in METRICS:
            raise unknown(f'until "{text}": metric', metric, METRICS)
        try:
            bound = float(number)
        except ValueError:
            bound = math.nan
        if not math.isfinite(bound):
            raise RequestError(f'until "{text}": "{number}"; expected a number after {sign}')
        if metric.endswith("_accuracy") and not 0 <= bound <= 1:
            raise RequestError(f'until "{text}": {number}; an accuracy is 0 to 1, such as 0.99')
        return cls(metric, sign, bound)
