"""One image through a network: the lanes are neighbours in a row, or outputs of a full layer.

In a block, one image would leave all lanes but one idle. Here it stays as it is, (c, h, w), and
gives the same bits as in a block, as every sum adds the same terms in the same order.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from tuiconv_kernels import chain, geometry, weighted
from tuiconv_kernels.activations import AMPLITUDE, SLOPE
from tuiconv_kernels.checks import Array
from tuiconv_kernels.geometry import Layout, image_rows
from tuiconv_kernels.lanes import LANES
from tuiconv_kernels.one_image import halve, maxima, means, pad, weigh
from tuiconv_kernels.program import Program
from tuiconv_kernels.squashing import amplify, squash
from tuiconv_kernels.weighted import Call


class Single:
    """Layers bound to memory for one image, forward only; see `chain.Chain`.

    Args:
        layers: as a chain's, if `fits` says so.
        shape: channels, height and width of the image.
        dtype: of everything.
    """

    def __init__(
        self, layers: Sequence[chain.Layer], shape: chain.Shape, dtype: npt.DTypeLike
    ) -> None:
        self._layout = Layout(1, *shape, lanes=1)
        self._input = self._output = np.zeros(self._layout.size, dtype)
        self._calls: list[Call] = []
        for layer, following in zip(layers, [*layers, None][1:], strict=True):
            match layer:
                case chain.Convolve():
                    rectifies = isinstance(following, chain.Relu)
                    self._convolve(layer, 0.0 if rectifies else -np.inf)
                case chain.Tanh():
                    self._squash(layer.scaled)
                case chain.Pool():
                    self._pool(layer)
                case chain.Flatten():
                    layout = self._layout
                    layer.check((layout.channels, layout.height, layout.width))
                    self._layout = flat(layout)
        self._program = Program(self._calls, dtype)

    @staticmethod
    def fits(layers: Sequence[chain.Layer], shape: chain.Shape) -> bool:
        """Whether these layers can run so: rows long enough for the lanes, and no gaps in them."""
        layout = Layout(1, *shape, lanes=1)
        for before, layer in zip([None, *layers], layers, strict=False):
            if isinstance(layer, chain.Relu):
                if not isinstance(before, chain.Convolve):
                    return False
            elif isinstance(layer, chain.Convolve):
                maps, (height, width) = len(layer.weights.weight), layer.sliding.windows(layout)
                covers = layer.sliding.covers(layout) and layer.weights.groups == 1
                if not covers and (layer.sliding.stride[1] != 1 or width < LANES):
                    return False
                layout = Layout(1, maps, height, width, lanes=1)
            elif isinstance(layer, chain.Pool):
                layout = Layout(1, layout.channels, *layer.sliding.windows(layout), lanes=1)
            elif isinstance(layer, chain.Flatten):
                layout = flat(layout)
            elif not isinstance(layer, chain.Tanh):
                return False
        return True

    def forward(self, x: Array) -> None:
        """Take one image (1, c, h, w) through."""
        self._input[:] = x.reshape(-1)
        self._program.run()

    def outputs(self) -> Array:
        """What leaves the last layer, (1, c, h, w)."""
        layout = self._layout
        return self._output.reshape(1, layout.channels, layout.height, layout.width).copy()

    def _convolve(self, layer: chain.Convolve, floor: float) -> None:
        x, layout, sliding, weights = self._output, self._layout, layer.sliding, layer.weights
        weight, bias = weights.weight, weights.bias
        out = Layout(1, len(weight), *sliding.windows(layout), lanes=1)
        self._layout, self._output = out, np.zeros(out.size, x.dtype)
        if sliding.covers(layout) and weights.groups == 1:
            room = np.zeros(2 * LANES * LANES, x.dtype)
            matrix = weight.reshape(len(weight), -1)
            self._calls.append((weigh, (matrix, x, bias, floor, room, self._output)))
            return
        padded = replace(layout, margin=sliding.padding)
        if sliding.padding != (0, 0):
            wide = np.zeros(padded.size, x.dtype)
            rows = (x, image_rows(layout), wide, image_rows(padded), layout.width)
            self._calls.append((pad, rows))
            x = wide
        tables = geometry.along_rows(sliding, padded, out, weight.shape[1])
        self._calls += weighted.forward(
            x, padded, weight, bias, tables, self._output, out, floor, weights.groups
        )

    def _squash(self, scaled: bool) -> None:
        x, self._output = self._output, np.zeros_like(self._output)
        slope = SLOPE if scaled else 1.0
        if x.dtype == np.float32:
            self._calls.append((squash, (x, slope, self._output)))
        else:
            self._calls.append((np.multiply, (x, slope, self._output)))
            self._calls.append((np.tanh, (self._output, self._output)))
        if scaled:
            self._calls.append((amplify, (self._output, AMPLITUDE, self._output)))

    def _pool(self, layer: chain.Pool) -> None:
        x, layout, sliding = self._output, self._layout, layer.sliding
        out = Layout(1, layout.channels, *sliding.windows(layout), lanes=1)
        self._layout, self._output = out, np.zeros(out.size, x.dtype)
        if layer.is_max_2x2:
            size = (layout.channels, layout.height, layout.width)
            self._calls.append((halve, (x, *size, self._output)))
            return
        tables = geometry.pool_windows(sliding, layout, out)
        windows = (x, layout.plane, tables.starts, tables.cells)
        if layer.averages:
            counts = geometry.window_counts(
                sliding, (layout.height, layout.width), (out.height, out.width)
            )
            self._calls.append((means, (*windows, counts.reshape(-1), self._output)))
        else:
            self._calls.append((maxima, (*windows, self._output)))


def flat(layout: Layout) -> Layout:
    """The same numbers as maps of one cell each."""
    return Layout(1, layout.channels * layout.height * layout.width, 1, 1, lanes=1)
