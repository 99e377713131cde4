import inspect
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import tuiconv_kernels
from tuiconv_kernels import checks, plain
from tuiconv_kernels.jit import kernel


@pytest.mark.parametrize("name", plain.__all__)
def test_a_function_and_its_twin_take_the_same_arguments(name):
    ours = inspect.signature(getattr(tuiconv_kernels, name)).parameters
    theirs = inspect.signature(getattr(plain, name)).parameters
    assert [(p.name, p.default) for p in ours.values()] == [
        (p.name, p.default) for p in theirs.values()
    ]


@pytest.mark.parametrize("name", [name for name in plain.__all__ if name.endswith("_backward")])
def test_a_backward_takes_the_gradient_and_then_the_arguments_of_its_function(name):
    backward = inspect.signature(getattr(tuiconv_kernels, name)).parameters.values()
    forward = inspect.signature(getattr(tuiconv_kernels, name[: -len("_backward")])).parameters
    assert [p.name for p in backward] == ["grad_out", *forward]


def test_a_kernel_divides_by_zero_as_numpy_does():
    @kernel
    def divide(a: np.ndarray, b: np.ndarray, out: np.ndarray) -> None:
        for k in range(len(a)):
            out[k] = a[k] / b[k]

    out = np.empty(3)
    with np.errstate(all="ignore"):
        divide(np.array([1.0, -1, 0]), np.zeros(3), out)
    np.testing.assert_array_equal(out, [np.inf, -np.inf, np.nan])


def test_where_nothing_can_be_written_a_kernel_is_compiled_all_the_same(monkeypatch):
    monkeypatch.setattr("numba.core.caching.CacheImpl._locator_classes", [])

    @kernel
    def double(x):
        return 2 * x

    assert double(3) == 6


def test_only_arrays_that_a_kernel_would_compile_anew_for_are_copied():
    ready = np.zeros((3, 4))
    assert checks.loop_ready(ready) is ready
    frozen = ready.view()
    frozen.flags.writeable = False
    for awkward in (frozen, ready.T, ready[:, ::2]):
        copy = checks.loop_ready(awkward)
        assert copy.flags.c_contiguous
        assert copy.flags.writeable
        assert not np.shares_memory(copy, ready)


def step(seed: int) -> list[np.ndarray]:
    """One training step of a tiny net, and a filter, on data of its own."""
    rng = np.random.default_rng(seed)
    x, weight, bias = (
        rng.standard_normal(shape).astype(np.float32)
        for shape in ((2, 1, 8, 8), (3, 1, 3, 3), (3,))
    )
    maps = tuiconv_kernels.conv2d(x, weight, bias)
    squashed = tuiconv_kernels.scaled_tanh(maps)
    pooled = tuiconv_kernels.max_pool2d(squashed, 2)
    averaged = tuiconv_kernels.avg_pool2d(pooled, 3)
    logits = averaged.reshape(2, 3)
    grad = tuiconv_kernels.cross_entropy_backward(1.0, logits, np.array([0, 2]))
    grad = tuiconv_kernels.avg_pool2d_backward(grad.reshape(2, 3, 1, 1), pooled, 3)
    grad = tuiconv_kernels.max_pool2d_backward(grad, squashed, 2)
    grad = tuiconv_kernels.scaled_tanh_backward(grad, maps)
    grads = tuiconv_kernels.conv2d_backward(grad, x, weight, bias)
    return [*grads, tuiconv_kernels.filter2d(x[0, 0], weight[0, 0])]


def test_threads_that_call_the_same_kernels_at_once_do_not_disturb_each_other():
    seeds = [0, 1, 2, 3] * 5
    alone = [step(seed) for seed in seeds[:4]]
    with ThreadPoolExecutor(2) as pool:
        together = list(pool.map(step, seeds))
    for seed, arrays in zip(seeds, together, strict=True):
        for array, expected in zip(arrays, alone[seed], strict=True):
            np.testing.assert_array_equal(array, expected)
