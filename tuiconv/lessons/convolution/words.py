"""What the Convolution screen says: of a place, of sizes, and of itself."""

from collections.abc import Iterator, Sequence
from typing import Final

from tuiconv.arithmetic import layers as specs
from tuiconv.lessons.convolution.choices import SIDES
from tuiconv.lessons.convolution.look import Look
from tuiconv.lessons.convolution.pools import pooled
from tuiconv.lessons.convolution.terms import Term, Terms, terms_of
from tuiconv.lessons.convolution.view import At, Operation, Pair
from tuiconv.lessons.network.digits import exact, in_brackets, short

FEW: Final = 12
"""Products that are written in a line; of more, only how many there are."""

OPERATIONS: Final[dict[Operation, str]] = {
    "correlation": "What networks call convolution is a correlation: the kernel is laid on as it"
    " is. Mathematics turns it half round first (the setting flipped); a network that learns its"
    " kernels learns them turned as well, and nobody needs to turn them.",
    "flipped": "This is the convolution of mathematics: the kernel is turned half round before it"
    " is laid on. The order of two convolutions then does not matter.",
    "transposed": "The transposed convolution lays the whole kernel, times an input, on the output,"
    " `stride` cells beside that of the next input, and adds up where they overlap. Padding cuts"
    " rows and columns off.",
    "max": "Of each window the largest number goes on; its gradient goes to that winner alone."
    " Padding never wins: it is −∞.",
    "average": "Of each window the mean goes on: every number has the same share, and so has its"
    " gradient. Padding counts as 0.",
    "lp": "Of each window (Σ |x|^p)^(1/p) goes on. p = 1 adds up; the larger p, the more the"
    " largest number counts, until it is a max pool.",
    "log-prob": "Of each window (1/β)·log Σ exp(β·x) goes on, a soft maximum; the larger β, the"
    " nearer it comes to the largest number. (The lecture's formula has lost its log.)",
}

KEYS: Final = (
    "The arrow keys move the window from output to output; space lets it move by itself. t goes to"
    " the weights and to the inputs: of a weight you see every input that it ever meets, of an"
    " input every output that it has a part in. The mouse does the same: hover over a number.",
    "Enter shows the window with its products, and once more the sum, line by line. b turns to the"
    " way back: where the gradient of an output goes, and what a gradient is the sum of. The"
    " gradients δ of the output are made up, small and whole, so that you can follow.",
    "Comma and full stop choose a setting, + and − change it, along both axes or, after a, along"
    " rows or columns only. n and N go to the next example, x back to its own settings. Shift with"
    " ← → chooses the map, with ↑ ↓ the channel.",
)


def help_of(look: Look) -> tuple[str, ...]:
    """What there is to see, in sentences."""
    given = look.sliding.given
    return (given.about, *given.notes, OPERATIONS[look.view.operation], *KEYS)


def kernels_of(look: Look) -> tuple[str, ...]:
    """The operation that computed this."""
    names: dict[Operation, str] = {
        "correlation": "conv2d",
        "flipped": "conv2d",
        "transposed": "conv_transpose2d",
        "max": "max_pool2d",
        "average": "avg_pool2d",
        "lp": "lp_pool2d",
        "log-prob": "log_prob_pool2d",
    }
    return (names[look.view.operation] + ("_backward" if look.view.backward else ""),)


def size_lines(look: Look) -> Iterator[str]:
    """How many rows and columns leave, by the formula, and what is left out."""
    spec = look.sliding.spec
    formulas = [spec.output_formula(axis) for axis in (0, 1)]
    for side, formula in zip(SIDES, formulas, strict=True):
        yield f"{side}: {formula}"
    if isinstance(spec, specs.TransposedConv):
        return
    rows, columns = look.meetings.reached()
    left = [
        [at for at in range(size) if at not in met]
        for size, met in zip(look.size_of("input"), (rows, columns), strict=True)
    ]
    words = [
        f"{side if len(each) > 1 else side[:-1]} {listed(each)}"
        for side, each in zip(SIDES, left, strict=True)
        if each
    ]
    if words:
        yield f"no window reaches {' and '.join(words)} of the input"


def listed(numbers: Sequence[int]) -> str:
    """`3`, `3 and 5`, `3, 5 and 7`."""
    *most, last = map(str, numbers)
    return f"{', '.join(most)} and {last}" if most else last


def place(at: At, look: Look, cell: Pair | None = None) -> str:
    """`output[0,1]`; with its map in front where there are several."""
    view, sliding = look.view, look.sliding
    row, column = look.cell if cell is None else cell
    numbers = {
        "output": [view.map] * (len(sliding.out) > 1),
        "input": [look.channel] * (len(sliding.x) > 1),
        "weight": [view.map, view.channel] * look.has_kernels,
    }[at]
    return f"{at}[{','.join(map(str, (*numbers, row, column)))}]"


def kernel_name(look: Look, map_: int, channel: int) -> str:
    """`kernel 1,2`: that of map 1 for channel 2; of one alone just `kernel`."""
    return f"kernel {map_},{channel}" if look.has_kernels else "kernel"


def named(look: Look, at: At, term: Term) -> str:
    """A place that a product is of: `input[0,1,2]`."""
    sliding, meeting = look.sliding, term.meeting
    row, column = getattr(meeting, at)
    numbers = {
        "output": [term.map] * (len(sliding.out) > 1),
        "input": [term.channel] * (len(sliding.x) > 1),
        "weight": [term.map, term.channel] * look.has_kernels,
    }[at]
    return f"{at}[{','.join(map(str, (*numbers, row, column)))}]"


def sum_text(found: Terms) -> str:
    """`8·0.3 + 7·0.2`, and the bias; of many products only how many there are."""
    if len(found.terms) > FEW:
        text = f"Σ of {len(found.terms)} products"
    else:
        products = [f"{in_brackets(term.left)}·{in_brackets(term.right)}" for term in found.terms]
        text = " + ".join(products) or "0"
    return text if found.bias is None else f"{text} + bias {exact(found.bias)}"


def counted(found: Terms) -> str:
    """`9 products`, `27 products and a bias`."""
    count = len(found.terms)
    bias = " and a bias" if found.bias is not None else ""
    return f"{count} product{'s' * (count != 1)}{bias}"


def telling(look: Look) -> str:
    """The place under the cursor, in a line."""
    view = look.view
    here = place(view.at, look)
    if look.is_pool and not view.backward:
        return pool_telling(look, here)
    found = terms_of(look)
    if found.stored is not None:
        name = f"∂loss/∂{here}" if view.backward else here
        total = rounded(found.stored)
        return (
            f"{name} = {total}"
            if view.depth == "number"
            else f"{name} = {sum_text(found)} = {total}"
        )
    count = len(found.terms)
    if view.backward:
        value = exact(look.delta_at(view.map, look.cell))
        to = f"{count} input{'s' * (count != 1)}"
        if look.is_pool:
            return f"δ of {here} is {value}: it goes to {to} by their shares"
        return f"δ of {here} is {value}: by the weights it goes to {to}, by these to the weights"
    if view.at == "weight":
        return f"{here} = {exact(found.terms[0].right)} meets {count} inputs, one for each output"
    units = len({term.meeting.output for term in found.terms})
    maps = f" of each of {len(look.sliding.out)} maps" * (len(look.sliding.out) > 1)
    number = exact(look.x_at(look.channel, look.cell))
    return f"{here} = {number} has a part in {units} output{'s' * (units != 1)}{maps}"


def pool_telling(look: Look, here: str) -> str:
    """As `telling`, of a pool."""
    if look.view.at == "output":
        stored = float(look.sliding.out[look.view.map, *look.cell])
        return f"{here} = {pooled(look).formula} = {rounded(stored)}"
    units = [each.output for each in look.chosen if look.is_inside("output", each.output)]
    number = exact(look.x_at(look.channel, look.cell))
    return f"{here} = {number} is in {len(units)} window{'s' * (len(units) != 1)}"


def rounded(stored: float) -> str:
    """In six digits; where float32 is something else, that, too."""
    few, whole = short(stored), exact(stored)
    return few if few == whole else f"{few} (float32: {whole})"
