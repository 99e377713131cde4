"""The operations of one batch in a row, and in words what the last one did."""

from collections.abc import Sequence
from typing import Final

from tuiconv.errors import RequestError, nearest
from tuiconv.lessons.training.words import shape_words
from tuiconv.nn.network import Network
from tuiconv.runs.stepping.operations import Operation

UPDATE: Final = "update"

AROUND: Final = 2
"""Operations that are shown before and after the one where one stands."""


def operation_name(operation: Operation) -> str:
    """`forward:conv1`, `loss`, `backward:conv1` or `update`."""
    return f"{operation.kind}:{operation.layer}" if operation.layer else operation.kind


def operation_number(operations: Sequence[Operation], name: str) -> int:
    """How many operations are done when the one of a name is; 0 for none.

    Raises:
        RequestError: there is none of that name.
    """
    if not name:
        return 0
    names = list(map(operation_name, operations))
    if name not in names:
        raise RequestError(
            f'operation "{name}"; expected forward:LAYER, loss, backward:LAYER or update, such as'
            f" {names[0]}{nearest(name, names)}"
        )
    return names.index(name) + 1


def operations_row(operations: Sequence[Operation], done: int) -> str:
    """The operations around the last one done, which is in brackets; δ marks the way back."""
    first = max(0, min(done - 1 - AROUND, len(operations) - 2 * AROUND - 1))
    last = min(len(operations), first + 2 * AROUND + 1)
    shown = []
    for k, each in enumerate(operations[first:last], start=first + 1):
        name = f"δ {each.layer}" if each.kind == "backward" else each.layer or each.kind
        shown.append(f"[{name}]" if k == done else name)
    before, after = "… → " * (first > 0), " → …" * (last < len(operations))
    return f"{done} of {len(operations)}: {before}{' → '.join(shown)}{after}"


def told(operation: Operation, net: Network, images: int, loss: float | None, rule: str) -> str:
    """In a sentence what an operation did.

    Args:
        operation: the last one done.
        net: the network.
        images: in the batch.
        loss: the batch's, once it is known.
        rule: how the optimiser updates, such as `sgd, lr 0.02, momentum 0.9`.
    """
    spec = net.spec
    match operation.kind:
        case "forward":
            layer = spec.named(operation.layer)
            arriving = " and ".join(shape_words(spec.layers[k].output) for k in layer.sources)
            what = f"{images} images, {arriving} → {shape_words(layer.output)} each"
            return f"forward through {layer.name}: {what}"
        case "loss":
            shown = "" if loss is None else f" = {loss:.6g}"
            return f"the loss: the mean of −log p[label] over {images} images{shown}"
        case "backward":
            layer = spec.named(operation.layer)
            learned = f"gradients of its {layer.parameters:,} parameters and of "
            before = " and ".join(spec.layers[k].name for k in layer.sources)
            what = f"{learned if layer.parameters else 'gradient of '}what leaves {before}"
            return f"backward through {layer.name}: {what}"
        case _:
            count = spec.totals.parameters
            return f"update: each of {count:,} parameters took a step by {rule}"
