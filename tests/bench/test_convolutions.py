import numpy as np
import pytest

import tuiconv_kernels as kernels
from tuiconv.arithmetic import summarize
from tuiconv.bench import convolutions
from tuiconv.bench.convolutions import IMAGES, LAYERS, ConvolutionLayer, prepared
from tuiconv_kernels.blocks import from_blocks
from tuiconv_kernels.program import Program

SMALL = [
    ConvolutionLayer("plain", channels=2, size=6, maps=3, kernel=3),
    ConvolutionLayer("pooled", channels=2, size=7, maps=3, kernel=4, pools=True),
    ConvolutionLayer("padded", channels=3, size=5, maps=2, kernel=3, padding=1),
    ConvolutionLayer("full", channels=2, size=3, maps=5, kernel=3),
]
small = pytest.mark.parametrize("layer", SMALL, ids=[layer.name for layer in SMALL])


def by_name(name):
    (found,) = (layer for layer in LAYERS if layer.name == name)
    return found


def test_operations_worked_by_hand():
    # conv2: 16 maps of 10 × 10, each number from 6 · 5 · 5 products; two operations a product
    assert by_name("conv2").operations == 2 * 32 * 16 * 10 * 10 * 6 * 5 * 5
    # of the 3 · 32 meetings of taps with pixels along an axis, two are with padding
    assert by_name("3x3").operations == 2 * 32 * 64 * 32 * (3 * 32) ** 2
    assert by_name("3x3").input_gradient_operations == 2 * 32 * 64 * 32 * (3 * 32 - 2) ** 2


@pytest.mark.parametrize("name", ["conv1", "conv2", "fc1"])
def test_layers_of_lenet5_do_the_multiply_adds_that_its_summary_says(name):
    (spec,) = (layer for layer in summarize("lenet5") if layer.name == name)
    assert by_name(name).operations == 2 * IMAGES * spec.macs
    assert by_name(name).input_gradient_operations == by_name(name).operations


@pytest.mark.slow
@small
def test_an_input_gradient_adds_up_as_many_products_as_are_counted(layer):
    # with ones for all numbers, every product adds 1
    x = np.ones((1, layer.channels, layer.size, layer.size))
    weight = np.ones((layer.maps, layer.channels, layer.kernel, layer.kernel))
    grad = np.ones((1, layer.maps, layer.out, layer.out))
    grad_x, _, _ = kernels.conv2d_backward(grad, x, weight, padding=layer.padding)
    assert layer.input_gradient_operations == 2 * IMAGES * grad_x.sum()


def images(data, layout):
    return from_blocks(data, layout, IMAGES)


@pytest.mark.slow
@small
def test_the_forward_kernel_computes_the_layer(layer):
    stage = prepared(layer)
    stage.out.data[:] = np.nan
    Program(convolutions.forward(stage), np.float32).run()
    x = images(stage.x.data, stage.x.layout)
    weights = stage.weights
    sums = kernels.conv2d(x, weights.weight, weights.bias, padding=layer.padding)
    expected = kernels.relu(kernels.max_pool2d(sums, 2) if layer.pools else sums)
    found = images(stage.out.data, stage.out.layout)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.slow
@small
def test_the_backward_kernels_compute_the_gradients_of_input_and_weight(layer):
    stage = prepared(layer)
    stage.x.grad[:] = np.nan
    stage.weights.grad_weight[:] = np.nan
    Program(convolutions.input_gradient(stage), np.float32).run()
    Program(convolutions.weight_gradient(stage), np.float32).run()
    grad = images(stage.grad, stage.grad_layout)
    x = images(stage.x.data, stage.x.layout)
    grad_x, grad_weight, _ = kernels.conv2d_backward(
        grad, x, stage.weights.weight, padding=layer.padding
    )
    found = images(stage.x.grad, stage.x.layout)
    np.testing.assert_allclose(found, grad_x, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(stage.weights.grad_weight, grad_weight, rtol=1e-4, atol=1e-3)


def test_a_small_kernel_is_repeated_and_all_its_work_counted(monkeypatch):
    layer = SMALL[0]
    monkeypatch.setattr(convolutions, "OPERATIONS", 3 * layer.operations)
    monkeypatch.setattr(convolutions, "Program", FakeProgram)
    case = convolutions.kernels_of(layer)[0]
    side = case.ours(1)
    side.call()
    assert (case.name, side.work) == ("kernel/plain/forward", 3 * layer.operations)
    assert len(side.call.__self__.calls) == 3


class FakeProgram:
    """A list of calls that are not made."""

    def __init__(self, calls, dtype):
        self.calls = calls

    def run(self):
        pass


def test_the_roof_is_a_matrix_product_of_two_operations_a_cell_and_term(monkeypatch):
    monkeypatch.setattr(convolutions, "ROOF_SIZE", 4)
    side = convolutions.roof(1)
    assert side.work == 2 * 4**3
    product = side.call()
    assert (product.shape, product.dtype) == ((4, 4), np.float32)
    assert np.abs(product).sum() > 0
