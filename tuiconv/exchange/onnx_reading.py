"""ONNX in: a model of PyTorch, Keras or ours as a network in the layer-pattern language."""

import re
from collections.abc import Sequence
from dataclasses import replace
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING

from tuiconv.arithmetic import NetworkSpec, Shape, Spec, SpecError, parse
from tuiconv.arithmetic.weighted import Weighted
from tuiconv.errors import UserError
from tuiconv.exchange import SPEC
from tuiconv.exchange.onnx_graph import Graph, Node, load_model
from tuiconv.exchange.onnx_layers import Layer, Layers, show_layer
from tuiconv.exchange.onnx_operations import OPERATIONS
from tuiconv.exchange.onnx_patterns import put_together
from tuiconv.exchange.series_parallel import (
    Branches,
    Chain,
    NotNestedError,
    decompose,
    in_order,
)

if TYPE_CHECKING:
    import onnx

NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)


def read_onnx(path: Path, input: Shape | None = None) -> str:  # noqa: A002 - as for parse
    """Read the network of an ONNX model.

    Only sizes are read: weights may be missing, and nothing is run. Layers are called after their
    weights, `layer1.0.conv1.weight` is `layer1_0_conv1`. A model that `tuiconv export` wrote says
    itself which network it is, which is taken as long as its graph has the same sizes.

    Args:
        path: of the file.
        input: of the image, (channels, height, width) or (channels, length), instead of what the
            model says; needed if the model leaves it open.

    Returns:
        The network in the layer-pattern language, as `parse` takes it.

    Raises:
        UserError: the file is no ONNX model, or its graph is no network of layers and nested
            branches that the language knows; the message names the node and its operation.
        SpecError: its layers do not fit each other.
        OSError: the file cannot be read.
    """
    model = load_model(path)
    try:
        graph = Graph(model, input)
        put_together(graph)
        network = own_network(model, graph, input) or network_of(graph)
    except UserError as error:
        error.args = (f"{path}: {error}",)
        raise
    return str(network)


def own_network(model: "onnx.ModelProto", graph: Graph, shape: Shape | None) -> NetworkSpec | None:
    """The network that a model of ours says it is, if its graph has the same layers and weights."""
    texts = [each.value for each in model.metadata_props if each.key == SPEC]
    try:
        network = parse("".join(texts), shape)
    except SpecError:
        return None
    made = {name.split("/")[0] for node in model.graph.node for name in node.output}
    is_ours = graph.output == network.layers[-1].name and graph.image[1:] == network.input
    if not is_ours or made != {layer.name for layer in network.layers[1:]}:
        return None
    for layer in network:
        weights = graph.sizes.get(f"{layer.name}.weight", ())
        if isinstance(layer, Weighted) and prod(weights) != prod(layer.weight_shape):
            return None
    return network


def network_of(graph: Graph) -> NetworkSpec:
    """The network of a graph, by its nodes."""
    layers = read_layers(graph)
    try:
        chain = decompose([layer.sources for layer in layers])
    except NotNestedError as error:
        raise layers[error.place].node.refuse(
            "branches that are not nested share it, which RES, CONCAT and MUL cannot say"
        ) from error
    written = [layers[place] for place in (0, *in_order(chain))]
    check_weights(written)
    network = parse(" -> ".join((show_layer(layers[0]), *show_chain(chain, layers))))
    return NetworkSpec(tuple(map(renamed, network, names(written, network))))


def read_layers(graph: Graph) -> list[Layer]:
    """The layers that the nodes between input and output are, in their order."""
    layers = Layers(graph)
    image = Node("input", graph.input, (), (graph.input,), {})
    layers.add_image(image)
    for node in graph.nodes:
        if node.operation == "Shape" and not layers.tensors.keys().isdisjoint(node.inputs):
            graph.keep_numbers(node.outputs[0], layers.sizes(node))
            continue
        if graph.fold(node) or layers.tensors.keys().isdisjoint(node.inputs):
            continue
        if node.operation not in OPERATIONS:
            raise node.refuse(f"no layer does that; known are {', '.join(OPERATIONS)}")
        layers.tensors[node.outputs[0]] = OPERATIONS[node.operation](layers, node)
    end = layers.tensor(Node("output", graph.output, (graph.output,), (), {}))
    for layer in layers.layers[: end.place]:
        if layer.word == "SOFTMAX":
            raise layer.node.refuse("expected it only as the last layer")
    return layers.layers[: end.place + 1]


def check_weights(layers: Sequence[Layer]) -> None:
    """Refuse what the language cannot say: weights of two layers in one, gains without biases."""
    users: dict[str, Layer] = {}
    for layer in layers:
        if layer.word == "SUBSAMPLE" and "bias" in layer.settings:
            raise layer.node.refuse("it is multiplied by gains; expected an Add of biases behind")
        if layer.word == "BATCHNORM":  # fresh ones are alike, which some exporters write once
            continue
        if layer.weights in users:
            other = users[layer.weights].node
            raise layer.node.refuse(f"it shares its weights with {other}, which no layer can")
        if layer.weights:
            users[layer.weights] = layer


def show_chain(chain: Chain, layers: Sequence[Layer]) -> list[str]:
    """Layers and joins in the language. What arrives stands last in a sum, as RES has it."""
    items = []
    for item in chain:
        if isinstance(item, Branches):
            word = layers[item.join].word
            branches = sorted(item.chains, key=lambda branch: word == "RES" and not branch)
            shown = (" -> ".join(show_chain(branch, layers)) for branch in branches)
            items.append(f"{word}[{' | '.join(shown)}]")
        else:
            items.append(show_layer(layers[item]))
    return items


def names(layers: Sequence[Layer], network: NetworkSpec) -> list[str]:
    """What the layers are called: after their weights where that is a name and not another's."""
    taken = {layer.name for layer in network} | {"with"}
    found = []
    for layer, spec in zip(layers, network, strict=True):
        owner, _, kind = layer.weights.rpartition(".")
        wanted = owner.replace(".", "_")
        is_free = kind == "weight" and NAME.fullmatch(wanted) and wanted not in taken
        found.append(wanted if is_free else spec.name)
        taken.add(found[-1])
    return found


def renamed(layer: Spec, name: str) -> Spec:
    """The same layer under another name."""
    return replace(layer, name=name)
