"""The window of an ONNX node: kernel, stride, dilation, padding, each axis by itself."""

from collections.abc import Sequence
from typing import Any

from tuiconv.arithmetic.sizes import Pair
from tuiconv.exchange.onnx_graph import Node
from tuiconv.exchange.onnx_layers import Tensor


def window(node: Node, tensor: Tensor, kernel: Sequence[int] | None = None) -> dict[str, Any]:
    """The settings of what slides over maps: `kernel`, `stride`, `dilation` and `pad`.

    In 1-D the window is one row high. Padding by a Pad node before this one is added.

    Args:
        node: a convolution or a pool.
        tensor: what it takes.
        kernel: its size for each axis; without it, it stands in `kernel_shape`.
    """
    axes = len(tensor.sizes) - 2
    if axes not in (1, 2):
        raise node.refuse(f"expected maps of one or two axes; found a tensor of {tensor.sizes}")
    if kernel is None and "kernel_shape" not in node.attributes:
        raise node.refuse("expected a kernel_shape")
    sizes = node.numbers("kernel_shape", kernel or [1] * axes)
    if kernel is not None and sizes != list(kernel):
        raise node.refuse(f"expected the kernel_shape {list(kernel)} of its weights; found {sizes}")
    strides = node.numbers("strides", [1] * axes)
    dilations = node.numbers("dilations", [1] * axes)
    if min(*sizes, *strides, *dilations) < 1:
        raise node.refuse(
            f"expected at least 1; found kernel {sizes}, strides {strides}, dilations {dilations}"
        )
    around = tensor.padding[-axes:]
    sides = [size + sum(pads) for size, pads in zip(tensor.sizes[2:], around, strict=True)]
    spans = [dilation * (size - 1) + 1 for size, dilation in zip(sizes, dilations, strict=True)]
    pads = padding(node, sides, spans, strides)
    pads = [(a + c, b + d) for (a, b), (c, d) in zip(pads, around, strict=True)]
    return {
        "kernel": in_2d(sizes, 1),
        "stride": in_2d(strides, 1),
        "dilation": in_2d(dilations, 1),
        "pad": in_2d(pads, (0, 0)),
    }


def padding(
    node: Node, sides: Sequence[int], spans: Sequence[int], strides: Sequence[int]
) -> list[Pair]:
    """(before, behind) for each axis.

    SAME makes ceil(size / stride) places; the padding for it that cannot be halved lies behind for
    SAME_UPPER and before for SAME_LOWER.
    """
    automatic = node.word("auto_pad", "NOTSET")
    axes = len(sides)
    if automatic in ("SAME_UPPER", "SAME_LOWER"):
        pads = []
        for side, span, stride in zip(sides, spans, strides, strict=True):
            total = max((-(-side // stride) - 1) * stride + span - side, 0)
            halves = (total // 2, total - total // 2)
            pads.append(halves if automatic == "SAME_UPPER" else halves[::-1])
        return pads
    if automatic == "VALID":
        return [(0, 0)] * axes
    if automatic != "NOTSET":
        raise node.refuse(
            f"expected auto_pad NOTSET, VALID, SAME_UPPER or SAME_LOWER; found {automatic}"
        )
    given = node.numbers("pads", [0] * 2 * axes)
    if min(given) < 0:
        raise node.refuse(f"expected padding of at least 0; found {given}")
    return list(zip(given[:axes], given[axes:], strict=True))


def in_2d(values: Sequence[Any], row: Any) -> tuple[Any, Any]:  # noqa: ANN401 - a number or a pair
    """(vertical, horizontal); `row` is the vertical one where there is no such axis."""
    vertical, horizontal = values if len(values) == 2 else (row, *values)
    return vertical, horizontal
