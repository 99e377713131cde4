"""Where a run was a while ago, in a bounded memory."""

from bisect import bisect_right, insort
from dataclasses import dataclass

import numpy as np

from tuiconv.nn.events import BatchDone
from tuiconv.nn.layers import Arrays
from tuiconv.nn.progress import State
from tuiconv.runs.settings import Settings

MOST = 200
MOST_BYTES = 32 * 1024 * 1024
"""Of all snapshots together."""

FEWEST = 3
"""That are kept however large they are."""


@dataclass(frozen=True, eq=False)
class Snapshot:
    """All that a run needs to go on from here."""

    batches: int
    """How many were learned."""
    last: BatchDone | None
    """The last of them."""
    settings: Settings
    """As they were when the last of them was learned."""
    arrays: Arrays
    """Copies of what the network has learned, by name."""
    state: State
    """The trainer's."""

    @property
    def bytes(self) -> int:
        """Of its arrays."""
        held = [*self.arrays.values(), *self.state.values()]
        return sum(each.nbytes for each in held if isinstance(each, np.ndarray))


class Snapshots:
    """Snapshots of a run, in the order of their batches: ever fewer, the farther from where it is.

    So a memory for few of them reaches back to the beginning, and what has to be repeated to be
    somewhere is but a part of the way there.
    """

    def __init__(self) -> None:
        self._kept: list[Snapshot] = []
        self._bytes = 0

    def keep(self, snapshot: Snapshot) -> None:
        """Add a snapshot; where there are too many, the one that is missed least goes."""
        if self.has(snapshot.batches):
            return
        insort(self._kept, snapshot, key=lambda each: each.batches)
        self._bytes += snapshot.bytes
        while len(self._kept) > FEWEST and (len(self._kept) > MOST or self._bytes > MOST_BYTES):
            self._bytes -= self._kept.pop(self._missed_least(snapshot.batches)).bytes

    def _missed_least(self, here: int) -> int:
        """The place of the one with the least gap without it, measured by its distance."""
        places = [each.batches for each in self._kept]
        if len(places) <= FEWEST + 1:  # too large for more: those near are what matters
            return max(0, len(places) - 1, key=lambda k: abs(places[k] - here))

        def gap(k: int) -> float:
            after = places[min(k + 1, len(places) - 1)]
            return (after - places[k - 1]) / abs(places[k] - here)

        return min((k for k in range(1, len(places)) if places[k] != here), key=gap)

    @property
    def first(self) -> int:
        """After how many batches the first one is."""
        return self._kept[0].batches

    def has(self, batches: int) -> bool:
        """Whether there is one after so many batches."""
        return bool(self._kept) and self.before(batches).batches == batches

    def before(self, batches: int) -> Snapshot:
        """The last that is not after so many batches, or else the first."""
        place = bisect_right(self._kept, batches, key=lambda each: each.batches)
        return self._kept[max(place - 1, 0)]

    def forget_after(self, batches: int) -> None:
        """Forget those after so many batches: there will be others."""
        while self._kept and self._kept[-1].batches > batches:
            self._bytes -= self._kept.pop().bytes
