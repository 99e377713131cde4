"""The numbers of the Network lesson beside PyTorch's, where it is installed."""

import numpy as np
import pytest

from tuiconv.lessons.network.passing import Passing
from tuiconv.nn.shipped import load_model

torch = pytest.importorskip("torch", reason="PyTorch, to compare with, is not installed")
pytestmark = pytest.mark.slow


def test_all_that_an_image_sets_off_in_lenet5_is_as_in_pytorch():
    net = load_model("lenet5")
    pixels = np.random.default_rng(0).integers(0, 256, net.spec.input).astype(np.uint8)
    passing = Passing(net, pixels, 3)
    parameters = {
        name: torch.tensor(array, requires_grad=True) for name, array in net.arrays().items()
    }
    functional = torch.nn.functional
    expected = [torch.tensor(passing.activations[0], requires_grad=True)]
    for layer in net.layers:
        x, of_layer = (
            expected[-1],
            [parameters.get(f"{layer.name}.{n}") for n in ("weight", "bias")],
        )
        match layer.spec.word:
            case "CONV":
                out = functional.conv2d(x, *of_layer)
            case "FC":
                out = functional.linear(x.flatten(1), *of_layer)
            case "RELU":
                out = functional.relu(x)
            case "POOL":
                out = functional.max_pool2d(x, 2)
            case "SOFTMAX":
                out = functional.log_softmax(x, dim=1)
        out.retain_grad()
        expected.append(out)
    functional.nll_loss(expected[-1], torch.tensor([3])).backward()
    for place, tensor in enumerate(expected):
        for found, wanted in (
            (passing.activations[place], tensor.detach()),
            (passing.gradients[place], tensor.grad),
        ):
            np.testing.assert_allclose(found, wanted.numpy(), rtol=1e-4, atol=1e-5)
    for name, parameter in parameters.items():
        layer, of_layer = name.split(".")
        found = passing.weight_gradients[layer][of_layer]
        np.testing.assert_allclose(found, parameter.grad.numpy(), rtol=1e-3, atol=1e-5)
