"""A text as a network: as far as it goes, and what is wrong with the rest."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from tuiconv.arithmetic import PRESETS, NetworkSpec, SpecError, parse, summarize
from tuiconv.arithmetic.explaining import notes
from tuiconv.arithmetic.tokens import TOKEN, skip
from tuiconv.lessons.arithmetic.rows import layer_rows, spare_columns

LISTING: Final = "lecture-listing"
"""What the lecture's network is called as its listing declares it."""

TEXTS: Final = {
    **PRESETS,
    # ReLU and pool stand as in its forward(); view(-1, 4*4*50) is what a FLATTEN expects.
    LISTING: (
        "INPUT(1,32,32) -> CONV(20,5) -> RELU -> POOL(2) -> CONV(20,5) -> RELU -> POOL(2)"
        " -> FLATTEN(50,4,4) -> FC(500) -> RELU -> FC(10) -> SOFTMAX"
    ),
}
"""The text of every network that has a name here."""

MOST_CUTS: Final = 40
"""Places before an error at which a text is cut to find what of it is a network."""


@dataclass(frozen=True)
class Reading:
    """What a text means."""

    name: str
    """"" if it has none."""
    text: str
    """In the pattern language; what was written, if that is no name."""
    spec: NetworkSpec | None
    """The layers, up to the one that does not fit; None if not even INPUT can be read."""
    error: SpecError | None
    """Why there are no more."""

    @property
    def whole(self) -> NetworkSpec | None:
        """The network, if nothing is wrong with it."""
        return None if self.error else self.spec

    @cached_property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """The layers as rows of a table; of a deep network that takes longer than to draw it."""
        return () if self.spec is None else layer_rows(self.spec)

    @cached_property
    def spare(self) -> tuple[int, ...]:
        """The columns of that table that may be left out."""
        return spare_columns(self.rows)

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What there is to know of it."""
        return () if self.spec is None else tuple(notes(self.name, self.spec))


def read(written: str) -> Reading:
    """What a name or a text means."""
    name = written.strip() if written.strip() in TEXTS else ""
    text = TEXTS[name] if name else written
    try:
        return Reading(name, text, summarize(text), None)
    except SpecError as error:
        if error.layers:
            return Reading(name, text, NetworkSpec(error.layers), error)
        end = len(text) if error.at is None else error.at
        return Reading(name, text, next(networks_before(text, end), None), error)


def networks_before(text: str, end: int) -> Iterator[NetworkSpec]:
    """The networks that a text begins with, the longest first: it is cut before an arrow.

    Args:
        text: in the pattern language.
        end: where it begins to be wrong.
    """
    open_brackets = 0
    cuts: list[str] = []
    position = skip(text, 0)
    while position < end and (sign := TOKEN.match(text, position)):
        if sign[0] in ("->", "→"):
            cuts.append(text[:position] + "]" * open_brackets)
        open_brackets += (sign[0] == "[") - (sign[0] == "]")
        position = skip(text, sign.end())
    for cut in cuts[: -MOST_CUTS - 1 : -1]:
        try:
            yield parse(cut)
        except SpecError as error:
            if error.layers:
                yield NetworkSpec(error.layers)
