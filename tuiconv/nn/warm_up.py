"""The first compile, made visible: run every kernel of a network once."""

from collections.abc import Iterator

import numpy as np

from tuiconv.nn.network import Network


def warm_up(net: Network) -> Iterator[str]:
    """Compile every kernel that training this network needs, one layer at a time.

    Yields:
        What is about to be compiled, such as "conv1 backward".
    """
    activations = [np.zeros((1, *net.spec.input), net.parameters.dtype)]
    for layer in net.layers:
        yield f"{layer.name} forward"
        activations.append(layer.forward(activations[-1]))
    labels = np.zeros(1, np.int64)
    yield "loss"
    gradient = net.loss_gradient(activations[-1], labels)
    net.loss(activations[-1], labels)
    gradients = net.views(np.zeros_like(net.parameters))
    for layer, x in reversed(list(zip(net.layers, activations, strict=False))):
        yield f"{layer.name} backward"
        gradient = layer.backward(gradient, x, gradients[layer.name])
