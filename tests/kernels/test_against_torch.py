"""Random configurations beside PyTorch, where it is installed; nothing else needs it."""

from contextlib import suppress

import numpy as np
import pytest

import tuiconv_kernels as kernels

torch = pytest.importorskip("torch", reason="PyTorch, to compare with, is not installed")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.parametrize(
        ("dtype", "tolerance"),
        [(np.float64, 1e-12), (np.float32, 1e-4)],
        ids=["float64", "float32"],
    ),
]

CONFIGURATIONS = 120
"""Of each operation, for each dtype."""


def pair(rng, least, most):
    return tuple(rng.integers(least, most + 1, 2).tolist())


def window(rng):
    return {"stride": pair(rng, 1, 3), "padding": pair(rng, 0, 3), "dilation": pair(rng, 1, 3)}


def convolution(rng):
    """Shapes of x, weight and bias, and the options of conv2d."""
    groups, (inputs, outputs) = int(rng.integers(1, 4)), pair(rng, 1, 5)
    x = (int(rng.integers(1, 40)), groups * inputs, *pair(rng, 1, 40))
    weight = (groups * outputs, inputs, *pair(rng, 1, 5))
    return [x, weight, (groups * outputs,)], window(rng) | {"groups": groups}


def transposed_convolution(rng):
    """The same for conv_transpose2d."""
    groups, (inputs, outputs) = int(rng.integers(1, 4)), pair(rng, 1, 5)
    x = (int(rng.integers(1, 20)), groups * inputs, *pair(rng, 1, 16))
    weight = (groups * inputs, outputs, *pair(rng, 1, 4))
    options = {"groups": groups, "output_padding": pair(rng, 0, 1)}
    return [x, weight, (groups * outputs,)], window(rng) | options


def pool(rng):
    """The shape of x, and what the options of both pools have in common."""
    x = (int(rng.integers(1, 20)), int(rng.integers(1, 5)), *pair(rng, 1, 30))
    kernel_size = pair(rng, 1, 5)
    options = {"kernel_size": kernel_size, "ceil_mode": bool(rng.random() < 0.5)}
    # PyTorch refuses more, whatever the dilation
    padding = tuple(int(rng.integers(0, taps // 2 + 1)) for taps in kernel_size)
    return [x], window(rng) | options | {"padding": padding}


def max_pool(rng):
    return pool(rng)


def avg_pool(rng):
    shapes, options = pool(rng)
    del options["dilation"]
    return shapes, options | {"count_include_pad": bool(rng.random() < 0.5)}


def deviation(actual, expected):
    """The largest difference, beside the largest number."""
    assert actual.shape == expected.shape
    assert actual.dtype == expected.dtype
    return np.abs(actual - expected).max() / max(np.abs(expected).max(), 1)


def largest_deviation(name, arrays, options, rng):
    """Of the results and all gradients; None where there is nothing to compare."""
    tensors = [None if a is None else torch.from_numpy(a).requires_grad_() for a in arrays]
    reference = getattr(torch.nn.functional, name)
    try:
        ours = getattr(kernels, name)(*arrays, **options)
    except ValueError:
        # PyTorch refuses them, or gives nothing
        with suppress(RuntimeError):
            assert reference(*tensors, **options).numel() == 0
        return None
    if name == "max_pool2d" and (kernels.max_pool2d_with_indices(*arrays, **options)[1] < 0).any():
        # a window that lies around the whole map: there PyTorch writes outside its memory
        return None
    theirs = reference(*tensors, **options)
    grad_out = rng.standard_normal(ours.shape).astype(ours.dtype)
    grads = getattr(kernels, f"{name}_backward")(grad_out, *arrays, **options)
    theirs.backward(torch.from_numpy(grad_out))
    pairs = [(ours, theirs.detach().numpy())]
    for grad, tensor in zip(grads if isinstance(grads, tuple) else [grads], tensors, strict=True):
        if tensor is not None:
            pairs.append((grad, tensor.grad.numpy()))
    return max(deviation(actual, expected) for actual, expected in pairs)


@pytest.mark.parametrize(
    ("name", "draw"),
    [
        ("conv2d", convolution),
        ("conv_transpose2d", transposed_convolution),
        ("max_pool2d", max_pool),
        ("avg_pool2d", avg_pool),
    ],
)
def test_results_and_gradients_are_pytorchs(name, draw, dtype, tolerance, rng):
    compared = 0
    while compared < CONFIGURATIONS:
        shapes, options = draw(rng)
        arrays = [rng.standard_normal(shape).astype(dtype) for shape in shapes]
        if len(arrays) == 3 and rng.random() < 0.2:
            arrays[2] = None
        found = largest_deviation(name, arrays, options, rng)
        if found is not None:
            assert found <= tolerance, f"{shapes} with {options} is off by {found}"
            compared += 1
