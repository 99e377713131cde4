"""How many bytes a network takes, in the lecture's three parts."""

from dataclasses import dataclass
from fractions import Fraction
from math import prod

from tuiconv.arithmetic.network import NetworkSpec
from tuiconv.errors import RequestError, unknown

BYTES = (4, 8)
"""Of a number in single and in double precision."""

REMEMBERED: dict[str, int] = {
    "sgd": 0,  # without momentum
    "momentum": 1,
    "nesterov": 1,
    "adagrad": 1,
    "rmsprop": 1,
    "adam": 2,
    "natural": 1,
}
"""How many numbers each optimiser remembers for every parameter, besides its gradient."""


PARTS = {
    "activations": "activations",
    "activation_gradients": "  their gradients",
    "parameters": "parameters",
    "parameter_gradients": "  their gradients",
    "optimizer": "  kept by the optimizer",
    "data": "images",
}
"""What the lecture's three parts consist of, and how it is called."""


@dataclass(frozen=True)
class Memory:
    """Bytes, by what they are for."""

    activations: int
    """What leaves the layers and is kept for the way back, INPUT included."""
    activation_gradients: int
    """As much again in training."""
    parameters: int
    parameter_gradients: int
    """As much as the parameters in training."""
    optimizer: int
    """What it remembers of gradients before."""
    data: int
    """The batch of images as it was loaded, of which INPUT holds a copy."""

    @property
    def total(self) -> int:
        """All of it."""
        return (
            self.activations
            + self.activation_gradients
            + self.parameters
            + self.parameter_gradients
            + self.optimizer
            + self.data
        )


def memory(
    network: NetworkSpec, batch: int = 1, bytes_per_number: int = 4, training: str | None = None
) -> Memory:
    """The memory that a network takes (CS231n, "Computational considerations").

    Activations and data grow with the batch, parameters and what goes with them do not. A step of
    training adds a gradient for every activation and every parameter, and what the optimiser
    remembers: with momentum the parameters take room twice, with Adam three times, and their
    gradients once more. Buffers that a library needs while it computes are not counted.

    Args:
        network: the network.
        batch: how many images at once.
        bytes_per_number: 4 (single precision) or 8 (double).
        training: one of `REMEMBERED`; None for a network that only runs forward.

    Raises:
        RequestError: a batch below 1, other numbers than of 4 or 8 bytes, or no such optimiser.
    """
    if batch < 1:
        raise RequestError(f"a batch of {batch}; expected at least 1 image")
    if bytes_per_number not in BYTES:
        raise RequestError(f"{bytes_per_number} bytes a number; expected 4 or 8")
    if training is not None and training not in REMEMBERED:
        raise unknown("optimizer", training, REMEMBERED)
    totals = network.totals
    activations = bytes_per_number * batch * totals.activations
    parameters = bytes_per_number * totals.parameters
    return Memory(
        activations=activations,
        activation_gradients=activations if training else 0,
        parameters=parameters,
        parameter_gradients=parameters if training else 0,
        optimizer=REMEMBERED[training] * parameters if training else 0,
        data=bytes_per_number * batch * prod(network.input),
    )


def mebibytes(size: int) -> str:
    """A number of bytes in MiB, to two decimals, however large it is."""
    hundredths = round(Fraction(100 * size, 2**20))
    return f"{hundredths // 100:,}.{hundredths % 100:02}"
