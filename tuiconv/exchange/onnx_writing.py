"""A network of ours as an ONNX model: its graph, its weights, and what its numbers mean."""

import json
from dataclasses import asdict

import onnx
from onnx import TensorProto, helper

import tuiconv
from tuiconv.arithmetic import Spec
from tuiconv.arithmetic.layers import Input
from tuiconv.exchange import SPEC
from tuiconv.exchange.onnx_nodes import Graph, add_layer
from tuiconv.nn.network import Network

OPSET = 17
"""Of 2022: runtimes know it by now, and it has all the operations that are needed."""

IR_VERSION = 8
"""The form of the file that came with that set of operations."""


def onnx_bytes(network: Network, expects: str = "") -> bytes:
    """The content of an ONNX file: a network in evaluation, in float32, for batches of any size.

    The input is called input, every other value after the layer that it leaves, and weights as in
    a checkpoint: conv1.weight.

    Args:
        network: what it computes.
        expects: a sentence about the numbers that it expects. Only with one are its class names and
            preprocessing written, as they are unknown of a network that has learned nothing.

    Raises:
        RequestError: a layer is what no runtime can do.
        UserError: there are more numbers than ONNX allows in a file.
    """
    layers = network.spec.layers
    model = onnx.ModelProto(
        ir_version=IR_VERSION,
        opset_import=[helper.make_opsetid("", OPSET)],
        producer_name="tuiconv",
        producer_version=tuiconv.__version__,
    )
    model.graph.name = "tuiconv"
    graph = Graph(model.graph, network.arrays())
    for layer in layers:
        if not isinstance(layer, Input):
            add_layer(graph, layer, [layers[place].name for place in layer.sources])
    model.graph.input.append(value(layers[0], expects))
    model.graph.output.append(value(layers[-1]))
    known = {SPEC: str(network.spec)}
    if expects:
        known["class_names"] = json.dumps(network.class_names)
        known["preprocessing"] = json.dumps(asdict(network.preprocessing))
    helper.set_model_props(model, known)
    content: bytes = model.SerializeToString(deterministic=True)
    return content


def value(layer: Spec, meaning: str = "") -> onnx.ValueInfoProto:
    """What leaves a layer: its name, its shape with a batch in front, and what it means."""
    shape: list[str | int | None] = ["n", *layer.output]
    return helper.make_tensor_value_info(layer.name, TensorProto.FLOAT, shape, meaning)
