"""What an exporter writes as several ONNX nodes although ONNX has one operation for it."""

from tuiconv.exchange.onnx_graph import Graph, Node

BETWEEN = ("Reshape", "Squeeze", "Unsqueeze", "If")
"""What may lie between two steps; PyTorch asks with an If whether an axis can be squeezed."""


def put_together(graph: Graph) -> None:
    """Replace the division that ends a local response normalisation by an LRN of what it divides.

    Args:
        graph: is changed.
    """
    for place, node in enumerate(graph.nodes):
        if node.operation == "Div":
            graph.nodes[place] = response_norm(graph, node) or node
    graph.keep_needed()


def response_norm(graph: Graph, division: Node) -> Node | None:
    """LRN as PyTorch writes it, x / (k + alpha · mean of x²)^beta; None for any other division.

    The mean is that of an average pool over the channels, as the depth of a volume, with padding.
    """
    power = before(graph, division, 1, "Pow")
    total = before(graph, power, 0, "Add")
    share = before(graph, total, 0, "Mul")
    mean = before(graph, share, 0, "AveragePool")
    squares = before(graph, before(graph, mean, 0, "Pad"), 0, "Mul")
    if not (power and total and share and mean and squares):
        return None
    size, *rest = mean.attributes.get("kernel_shape", (1,))
    if set(squares.inputs) != {division.input(0)} or rest != [1, 1]:
        return None
    attributes = {"size": size}
    for word, node in (("alpha", share), ("bias", total), ("beta", power)):
        attributes[word] = graph.value(node, node.input(1))
    return Node("LRN", division.name, division.inputs[:1], division.outputs, attributes)


def before(graph: Graph, node: Node | None, place: int, operation: str) -> Node | None:
    """The node of an operation that makes an input of another; views between them do not count."""
    if node is None:
        return None
    found = graph.makers.get(node.input(place))
    while found is not None and found.operation in BETWEEN:
        # an If takes its condition first, then what its branches use
        found = graph.makers.get(found.inputs[-1] if found.operation == "If" else found.input(0))
    return found if found is not None and found.operation == operation else None
