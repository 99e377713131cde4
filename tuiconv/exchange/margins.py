"""What other libraries have to be told of padding, so that their windows lie where ours do."""

from tuiconv.arithmetic.layers import AvgPool, MaxPool
from tuiconv.arithmetic.sizes import Pair


def margins_behind(layer: MaxPool | AvgPool) -> tuple[Pair, Pair]:
    """The cells behind the maps that the last windows reach, along (vertical, horizontal).

    Returns:
        Those in the padding, and those beyond it that rounding up adds; the former can be fewer
        than the padding has.
    """
    window = layer.window
    padded, beyond = [], []
    for axis, behind in enumerate(window.behind):
        size, last = layer.input[1 + axis], layer.output[1 + axis] - 1
        reached = window.sees(last, last, axis)[1] - (size - 1)
        padded.append(min(max(reached, 0), behind))
        beyond.append(max(reached - behind, 0))
    return (padded[0], padded[1]), (beyond[0], beyond[1])
