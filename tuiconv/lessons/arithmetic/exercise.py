"""The lecture's LeNet5 as its listing declares it: two faults to be found, one behind the other.

(NYU, "ConvNet Evolutions": its second convolution makes 20 maps where 50 are flattened, and on its
32×32 image they are 5×5 where 4×4 are flattened.)
"""

from dataclasses import dataclass
from math import lcm, prod
from typing import Final

from tuiconv.arithmetic import NetworkSpec, summarize
from tuiconv.arithmetic.layers import Flatten
from tuiconv.arithmetic.mending import maker_of_maps
from tuiconv.arithmetic.specs import Spec
from tuiconv.lessons.arithmetic.reading import Reading
from tuiconv.lessons.scene import Panel, Table, Text

REPAIRED: Final = "lecture-lenet"
"""The preset that is the listing as it was meant."""

TASK: Final = (
    "This LeNet5 stands in a lecture, and cannot run. Find out why: press e, and change its numbers"
    " until everything fits (ctrl+← goes back by a word). x puts the listing back."
)
OTHERS: Final = (
    "Three more faults of the listing are none of arithmetic: fc1 is passed to relu instead of"
    " called, the function is log_softmax, and return stands outside of forward."
)


@dataclass(frozen=True)
class Fault:
    """Something that is flattened, as it arrives and as it is expected."""

    what: str
    arrives: str
    expected: str
    why: tuple[str, ...]
    """Sentences."""

    @property
    def is_mended(self) -> bool:
        """Whether what is expected arrives."""
        return self.arrives == self.expected


def exercise_panels(reading: Reading) -> tuple[Panel, ...]:
    """The task, the faults found so far, and what there is to know about the next."""
    if reading.whole is not None:
        return (Text(verdict_title(reading.whole), verdict(reading.whole)),)
    faults = faults_of(reading)
    if not faults:
        return (Text("exercise", (TASK,)),)
    place = next(place for place, fault in enumerate(faults) if not fault.is_mended)
    table = Table(
        f"fault {place + 1} of 2: what is flattened",
        ("", "arrives", "expected", ""),
        tuple(
            (fault.what, fault.arrives, fault.expected, "✓ fits" if fault.is_mended else "✗")
            for fault in faults[: place + 1]
        ),
    )
    return Text("exercise", (TASK,)), table, Text("why", faults[place].why)


def faults_of(reading: Reading) -> tuple[Fault, ...]:
    """What does not fit at a FLATTEN that says maps, rows and columns; () if there is none."""
    error = reading.error
    if error is None or len(error.expected) != 3:
        return ()
    arriving, expected = error.layers[-1].output, error.expected
    maps, *sides = (*arriving, 1, 1)[:3]
    return (
        Fault("maps", str(maps), str(expected[0]), why_maps(error.layers, expected)),
        Fault(
            "rows × columns",
            "×".join(map(str, sides)),
            f"{expected[1]}×{expected[2]}",
            why_size(error.layers, expected),
        ),
    )


def why_maps(layers: tuple[Spec, ...], expected: tuple[int, ...]) -> tuple[str, ...]:
    """Where the number of maps comes from, and what it would do."""
    maps = layers[-1].output[0]
    last = layers[-1]
    maker = maker_of_maps(layers) or last
    arriving, wanted = prod(layers[-1].output), prod(expected)
    images, rows = lcm(arriving, wanted) // arriving, lcm(arriving, wanted) // wanted
    return (
        f"{maker.name} is {maker}: it makes {maps} maps, and so many are there up to {last.name}."
        f" The listing says view(-1, 4*4*50): {expected[0]} maps.",
        f"One of the two has to change: what {maker.name} makes, or what FLATTEN expects.",
        f"view only counts numbers, {arriving:,} of every image in rows of {wanted:,}. With"
        f" {images} images it would not even complain: {images}·{arriving:,} = {rows}·{wanted:,}.",
    )


def why_size(layers: tuple[Spec, ...], expected: tuple[int, ...]) -> tuple[str, ...]:
    """Where the size of the maps comes from, and which image would give the one expected."""
    return (
        f"From layer to layer a side has {chain(layers)} cells: {layers[-1].output[1]}, not"
        f" {expected[1]}.",
        "The listing's 4×4 is what an image of 28×28 gives, as MNIST's are: 28 → 24 → 12 → 8 → 4."
        " The lecture says 32×32.",
        "Either the image has to change, or what is flattened.",
    )


def chain(layers: tuple[Spec, ...]) -> str:
    """`32 → 28 (conv1) → 14 (pool1)`: the heights, where they change."""
    found = [str(layers[0].output[1])]
    found += [
        f"{layer.output[1]} ({layer.name})"
        for layer in layers[1:]
        if layer.output[1] != layer.input[1]
    ]
    return " → ".join(found)


def verdict_title(network: NetworkSpec) -> str:
    """Whether the exercise is done."""
    return "exercise: right!" if is_listing(network) else "exercise: not yet"


def verdict(network: NetworkSpec) -> tuple[str, ...]:
    """What a network that fits has become, in sentences."""
    if not is_listing(network):
        return (
            "This fits, but it is no longer the lecture's net: two convolutions, each with ReLU and"
            " a pool behind it, and two full connections. x brings the listing back.",
        )
    convolution = network.layers[4]
    arriving = "×".join(map(str, network.layers[6].output))
    sentences = [
        f"{arriving} = {prod(network.layers[6].output):,} numbers leave pool2, and fc1 has a weight"
        f" for each. The net learns {network.totals.parameters:,} numbers."
    ]
    if without_flatten(network) == without_flatten(summarize(REPAIRED)):
        sentences.append(f"It is what the lecture meant: the preset {REPAIRED}.")
    if network.input[1:] != (32, 32):
        size = "×".join(map(str, network.input[1:]))
        sentences.append(f"It reads images of {size}; the lecture's are 32×32.")
    if convolution.output[0] != 50:
        sentences.append(
            f"It fits with {convolution.output[0]} maps from conv2 as well; the lecture's own list"
            " of layers says 4×4×50 behind it, so 50 were meant."
        )
    return (*sentences, OTHERS)


def is_listing(network: NetworkSpec) -> bool:
    """Whether a network has the lecture's layers, whatever their numbers; FLATTEN need not be."""
    words = [layer.word for layer in network if not isinstance(layer, Flatten)]
    return words == [layer.word for layer in summarize(REPAIRED)]


def without_flatten(network: NetworkSpec) -> list[str]:
    """The layers but FLATTEN, which full connection does by itself."""
    return [str(layer) for layer in network if not isinstance(layer, Flatten)]
