"""The first compile behind the Home screen: every kernel that the screens need."""

from collections.abc import Iterator
from typing import Final

PRESET: Final = "lenet5"
"""The network that the screens begin with: what it needs is ready before it is asked for."""


def compile_all() -> Iterator[tuple[str, float]]:
    """Compile the kernels of the data, the filters and a network; and import the screens.

    Yields:
        What is done next, and the share that is done.
    """
    # Numba is imported here and not with the screens: they are painted first.
    yield "importing the compiler", 0.0
    import numpy as np

    from tuiconv.data.strokes import draw_digits
    from tuiconv.images.apply import apply_filter
    from tuiconv.lessons.draw.drawing import pixels
    from tuiconv.nn.network import Network
    from tuiconv.nn.warm_up import layer_kernels, training_kernels, warm_up
    from tuiconv.tui.catalogue import SCREENS

    for entry in SCREENS:
        entry.load()

    net, picture = Network.preset(PRESET), np.zeros((3, 3, 3), np.uint8)
    kernels = [
        ("filter", lambda: apply_filter(picture, "identity")),
        ("stroke digits", lambda: draw_digits(10, np.random.default_rng(0))),
        ("a drawing", lambda: pixels((((6.0, 6.0), (20.0, 20.0)),), 2.4)),
        *training_kernels(net),
        *layer_kernels(net),
    ]
    for kernel in warm_up(kernels):
        yield f"compiling {kernel.name}", kernel.number / (kernel.of + 1)
