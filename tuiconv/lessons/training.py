"""A network in training, seen from inside: one digit, its feature maps, what the network says."""

import numpy as np

from tuiconv.data.dataset import Dataset
from tuiconv.lessons.scene import Bars, Curve, Maps, Scene
from tuiconv.nn.layers import Array
from tuiconv.nn.network import Network


def training_scene(net: Network, losses: list[float], dataset: Dataset, index: int) -> Scene:
    """The loss so far, and everything one digit sets off in the network as it is now.

    Args:
        net: the network in training.
        losses: of every batch so far.
        dataset: where the digit is from.
        index: which digit, from 0.

    Returns:
        A scene with the loss curve, the probabilities, the digit, and a panel of maps per layer.
    """
    image, label = dataset.images[index : index + 1], int(dataset.labels[index])
    activations = net.forward(net.checked(net.preprocessing(image)))
    probabilities = np.exp(log_probabilities(net, activations[-1])[0])
    guess = int(probabilities.argmax())
    names = dataset.class_names
    verdict = "right" if guess == label else f"wrong, is {names[label]}"
    digit = f"digit {index:,}, a {names[label]}"
    said = f"read as {names[guess]}: {verdict}"
    maps = [
        Maps(
            f"{layer.name}  {shape_of(out)}", out[0].reshape(len(out[0]), *out.shape[2:] or (1, 1))
        )
        for layer, out in zip(net.layers, activations[1:], strict=True)
        if layer.name != "softmax"
    ]
    return Scene(
        title=f"{digit}, {said}",
        panels=(
            Curve("loss of each batch" if losses else "loss: no batch yet", np.array(losses)),
            Bars(said, names, probabilities, label),
            Maps(digit, image[0], grey=True),
            *maps,
        ),
    )


def log_probabilities(net: Network, output: Array) -> Array:
    """The network's output as log-probabilities, whether or not it ends in SOFTMAX."""
    from tuiconv_kernels import log_softmax

    return output if net.ends_in_softmax else log_softmax(output)


def shape_of(activation: Array) -> str:
    """`6 maps 28×28` or `84 units`."""
    _, channels, *size = activation.shape
    return f"{channels} maps {size[0]}×{size[1]}" if size else f"{channels} units"
