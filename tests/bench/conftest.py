"""What tests of the bench share."""

import pytest

from tuiconv.bench.cases import Case, Peer, Side, Unit

PEER = Peer("Peer")


@pytest.fixture
def told():
    """Makes a case whose sides tell their figures without being timed."""

    def make(name="a/case", ours=6.0, theirs=2.0, *, more_is_better=True, peer=PEER):
        unit = Unit("points", more_is_better)
        return Case(
            name,
            unit,
            peer,
            lambda threads: Side(lambda: ours),
            None if theirs is None else lambda threads: Side(lambda: theirs),
        )

    return make
