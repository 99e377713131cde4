"""Whitening: what a net looks at without the correlations of its training images."""

import numpy as np

import tuiconv_kernels as kernels
from tuiconv.arithmetic import layers as specs
from tuiconv.arithmetic.specs import show_shape
from tuiconv.errors import RequestError
from tuiconv.nn.initialisers import Initialiser
from tuiconv.nn.layers import Array, Arrays, Layer

MOST_FEATURES = 4096
"""A picture of 64×64 in grey, or of 32×32 in colour: the work grows with the third power."""


class Whiten(Layer):
    """The image less a mean, times a matrix; both are fitted, and until then let it pass as it is.

    They are kept with what the network learns, but no gradient changes them.
    """

    spec: specs.Whiten

    def __init__(self, spec: specs.Whiten) -> None:
        super().__init__(spec)
        if spec.features > MOST_FEATURES:
            raise RequestError(
                f"{spec.name} {spec}: {show_shape(spec.input)} = {spec.features:,} numbers arrive,"
                f" whose matrix has as many squared; at most {MOST_FEATURES:,} are whitened"
            )

    def buffer_shapes(self) -> dict[str, tuple[int, ...]]:
        return {"mean": self.spec.input, "matrix": (self.spec.features, self.spec.features)}

    def initialise(self, rng: np.random.Generator, initialiser: Initialiser) -> None:
        self.buffers["matrix"][...] = np.eye(self.spec.features)

    @property
    def is_fitted(self) -> bool:
        """Whether it has seen images."""
        return not np.array_equal(self.buffers["matrix"], np.eye(self.spec.features))

    def fit(self, x: Array) -> None:
        """Fit mean and matrix to images (n, c, h, w).

        Raises:
            RequestError: there are fewer than 2.
        """
        if len(x) < 2:
            raise RequestError(
                f"{self.name} {self.spec} is fitted to {len(x)} image; expected at least 2, as one"
                " alone has no correlations"
            )
        whitening = kernels.fit_whitening(x, self.spec.eps)
        self.buffers["mean"][...] = whitening.mean
        self.buffers["matrix"][...] = whitening.matrix

    def whitening(self) -> kernels.Whitening:
        return kernels.Whitening(self.buffers["mean"], self.buffers["matrix"])

    def forward(self, x: Array) -> Array:
        if x.shape[1:] != self.spec.input:
            raise RequestError(
                f"{self.name} {self.spec}: {show_shape(x.shape[1:])} arrives; its matrix is made"
                f" for {show_shape(self.spec.input)}, so the network cannot run on larger images"
            )
        return kernels.whiten(x, self.whitening())

    def backward(self, grad_out: Array, x: Array, gradients: Arrays) -> Array:
        return kernels.whiten_backward(grad_out, x, self.whitening())
