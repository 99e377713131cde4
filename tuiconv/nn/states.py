"""Whether arrays, such as those of a file, can be the state of a network's layers."""

from collections.abc import Mapping

import numpy as np

from tuiconv.nn.joins import Layers
from tuiconv.nn.layers import Array


def check_shapes(layers: Layers, arrays: Mapping[str, Array]) -> None:
    """Raise ValueError unless the arrays are what the layers hold, by name and shape."""
    expected = {
        f"{layer.name}.{name}": shape
        for layer in layers
        for name, shape in (layer.parameter_shapes() | layer.buffer_shapes()).items()
    }
    for name in sorted(expected.keys() | arrays.keys()):
        found = arrays[name].shape if name in arrays else "nothing"
        wanted = expected.get(name, "nothing")
        if found != wanted:
            raise ValueError(f"{name}: {found} found; this network expects {wanted}")


def check_connections(layers: Layers, arrays: Mapping[str, Array]) -> None:
    """Raise ValueError unless weights are 0 where the layer's table has no connection."""
    for layer in layers:
        if layer.connections is None:
            continue
        kernels_used = arrays[f"{layer.name}.weight"].any(axis=(2, 3))
        for o, c in np.argwhere(kernels_used & ~layer.connections):
            raise ValueError(
                f"{layer.name}.weight[{o}, {c}]: not 0; {layer.spec} does not connect channel {c}"
                f" with map {o}"
            )


def is_like(value: object, array: Array) -> bool:
    """Whether a value is an array of the same shape and dtype."""
    found = isinstance(value, np.ndarray) and (value.shape, value.dtype)
    return found == (array.shape, array.dtype)
