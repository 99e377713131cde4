"""How kernels are compared with their twins, and gradients with differences."""

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pytest

from tuiconv_kernels.chain import Chain, Labels
from tuiconv_kernels.program import Program

Array = npt.NDArray[Any]


class CheckGradients(Protocol):
    def __call__(
        self,
        function: Callable[..., Any],
        backward: Callable[..., Any],
        *arrays: Array,
        **options: Any,
    ) -> None: ...


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)


@pytest.fixture(params=[np.float32, np.float64], ids=["float32", "float64"])
def dtype(request: pytest.FixtureRequest) -> type[np.floating[Any]]:
    return request.param


def assert_close(actual: Array, expected: Array) -> None:
    """Same shape, same dtype, and values within a few units of the dtype's last digit."""
    assert actual.dtype == expected.dtype
    assert actual.shape == expected.shape
    tolerance = 1e-5 if expected.dtype == np.float32 else 1e-12
    scale = np.abs(expected).max(initial=0.0)
    np.testing.assert_allclose(actual, expected, rtol=tolerance, atol=tolerance * scale)


@pytest.fixture
def close() -> Callable[[Array, Array], None]:
    return assert_close


@pytest.fixture
def check_gradients(rng: np.random.Generator) -> CheckGradients:
    """Compare `backward` with central differences of `function`, in float64, to 1e-6."""

    def check(
        function: Callable[..., Any],
        backward: Callable[..., Any],
        *arrays: Array,
        **options: Any,
    ) -> None:
        out = function(*arrays, **options)
        # the loss: a fixed random mix of all outputs
        mix = rng.uniform(1, 2, np.shape(out))
        grad_out = mix if np.ndim(out) else float(mix)
        gradients = backward(grad_out, *arrays, **options)
        if not isinstance(gradients, tuple):
            gradients = (gradients,)
        inputs = [array for array in arrays if array.dtype.kind == "f"]
        assert len(gradients) == len(inputs)
        for array, gradient in zip(inputs, gradients, strict=True):
            measured = np.zeros_like(array)
            for place in np.ndindex(array.shape):
                measured[place] = _slope(lambda: function(*arrays, **options), mix, array, place)
            assert gradient.shape == array.shape
            assert np.abs(measured).max() > 1e-3
            error = np.abs(gradient - measured).max() / np.abs(measured).max()
            assert error < 1e-6, f"gradient off by {error}:\n{gradient}\nmeasured:\n{measured}"

    return check


def _slope(
    compute: Callable[[], Any], mix: Array, array: Array, place: tuple[int, ...], step: float = 1e-5
) -> float:
    value = array[place]
    array[place] = value + step
    above = np.sum(mix * compute())
    array[place] = value - step
    below = np.sum(mix * compute())
    array[place] = value
    return float((above - below) / (2 * step))


@pytest.fixture
def learn() -> Callable[..., tuple[float, int]]:
    """Takes images through a chain and back: the sum of their losses, and how many are right."""

    def run(chain: Chain, x: Array, labels: Labels, share: float) -> tuple[float, int]:
        verdict = np.zeros(2)
        Program(chain.learning(x, labels, share, verdict), x.dtype).run()
        return float(verdict[0]), int(verdict[1])

    return run
