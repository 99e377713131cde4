"""LeNet-5 on a whole line of digits in one pass: an answer for every place it fits."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from tuiconv.data.dataset import Images
from tuiconv.lessons.dynamic.line import SIDE, STEP, Line
from tuiconv.lessons.dynamic.view import DynamicView
from tuiconv.nn.layers import Array
from tuiconv.nn.network import Network
from tuiconv.nn.reading import ENOUGH, found


@dataclass(frozen=True, eq=False)
class Passing:
    """A line and what the network says of it; place p sees the columns from 4p to 4p + 31."""

    net: Network
    line: Line

    @cached_property
    def log_p(self) -> Array:
        """The log-probabilities (classes, places) of a single pass over the picture."""
        x = self.net.checked(self.net.preprocessing(self.line.pixels[np.newaxis]))
        return self.net.outputs(x).reshape(len(self.net.class_names), -1)

    @cached_property
    def p(self) -> npt.NDArray[np.float64]:
        """The probabilities (classes, places)."""
        return np.exp(self.log_p, dtype=np.float64)

    @property
    def places(self) -> int:
        """How many answers there are."""
        count: int = self.log_p.shape[1]
        return count

    @cached_property
    def digits(self) -> tuple[tuple[int, int, int], ...]:
        """What is read: of each digit the first place, the last, and the class."""
        runs = found(self.p, ENOUGH / STEP)
        return tuple((first, end - 1, label) for first, end, label in runs)

    @property
    def text(self) -> str:
        """The digits read, one after the other."""
        return "".join(self.net.class_names[label] for _, _, label in self.digits)

    def chosen(self, view: DynamicView) -> tuple[int, int]:
        """The class and the place that a view points at."""
        place = self.first_place if view.place is None else view.place
        label = int(self.p[:, place].argmax()) if view.label is None else view.label
        return label, place

    @property
    def first_place(self) -> int:
        """The middle of the first digit that is read, or else where `none` is least probable."""
        if self.digits:
            first, last, _ = self.digits[0]
            return (first + last) // 2
        return int(self.p[-1].argmin())

    def window(self, place: int) -> Images:
        """What a place sees, (1, 32, 32)."""
        return self.line.pixels[:, :, STEP * place : STEP * place + SIDE]

    @cached_property
    def windows(self) -> Images:
        """What all places see, (places, 1, 32, 32)."""
        return np.stack([self.window(place) for place in range(self.places)])

    @cached_property
    def alone(self) -> Array:
        """The log-probabilities (classes, places) of the windows, each cut out and read alone."""
        x = self.net.checked(self.net.preprocessing(self.windows))
        return self.net.outputs(x).reshape(self.places, -1).T
