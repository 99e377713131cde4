"""The first compile behind the Home screen: every kernel that the screens need."""

from collections.abc import Iterator

import numpy as np


def compile_all(preset: str) -> Iterator[tuple[str, float]]:
    """Compile the kernels of the data, the filters and a network.

    Yields:
        What is about to be compiled, and the share that is done.
    """
    # Numba is imported here and not with the screens: they are painted first.
    yield "importing the compiler", 0.0
    from tuiconv.data.strokes import draw_digits
    from tuiconv.images.apply import apply_filter
    from tuiconv.nn.network import Network
    from tuiconv.nn.warm_up import layer_kernels, training_kernels, warm_up

    net, picture = Network.preset(preset), np.zeros((3, 3, 3), np.uint8)
    kernels = [
        ("filter", lambda: apply_filter(picture, "identity")),
        ("stroke digits", lambda: draw_digits(10, np.random.default_rng(0))),
        *training_kernels(net),
        *layer_kernels(net),
    ]
    for kernel in warm_up(kernels):
        yield kernel.name, kernel.number / (kernel.of + 1)
