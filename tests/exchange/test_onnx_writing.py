"""ONNX: onnxruntime computes what the network computes, and the file says what it is."""

import json

import numpy as np
import onnx
import onnxruntime
import pytest

from tuiconv.arithmetic import layers, parse
from tuiconv.errors import RequestError, UserError
from tuiconv.exchange import onnx_nodes
from tuiconv.exchange.onnx_writing import onnx_bytes
from tuiconv.nn.network import Network


def run(content, images):
    """What leaves the model's one output."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    (output,) = onnxruntime.InferenceSession(content, options).run(None, {"input": images})
    return output


def test_onnxruntime_gives_our_outputs(net, images):
    found, expected = run(onnx_bytes(net), images), net(images)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5 * max(1, abs(expected).max()))


def test_the_checker_and_the_inference_of_sizes_find_nothing_wrong(net):
    onnx.checker.check_model(onnx_bytes(net), full_check=True)


def test_every_value_is_called_after_its_layer(net, spec):
    graph = onnx.load_from_string(onnx_bytes(net)).graph
    made = [node.output[0] for node in graph.node]
    assert [node.name for node in graph.node] == made
    assert [name for name in made if "/" not in name] == [each.name for each in spec.layers[1:]]
    assert [value.name for value in graph.output] == [spec.layers[-1].name]
    learned = {each.name for each in graph.initializer if "/" not in each.name}
    assert learned == set(net.arrays())


def test_the_nets_of_these_tests_have_every_kind_of_layer(every_spec):
    assert {type(each) for spec in every_spec for each in spec} >= set(layers.KINDS.values())


def test_batches_have_any_size():
    net = Network.parse("INPUT(1,4,4) -> CONV(2,3) -> LOGPROBPOOL(2) -> FC(3) -> SOFTMAX")
    content, images = onnx_bytes(net), np.ones((7, 1, 4, 4), np.float32)
    assert [run(content, images[:count]).shape for count in (1, 2, 7)] == [(1, 3), (2, 3), (7, 3)]


def test_it_says_which_network_it_is():
    spec = "INPUT(1,4,4) -> a: CONV(2,3,pad=((0,1),1)) -> RES[RELU] -> FC(3)"
    model = onnx.load_from_string(onnx_bytes(Network.parse(spec)))
    assert {each.key: each.value for each in model.metadata_props} == {"spec": spec}
    assert model.producer_name == "tuiconv"


def test_a_trained_network_says_what_it_expects_and_what_its_outputs_mean():
    net = Network(parse("INPUT(1,4,4) -> FC(2) -> SOFTMAX"), class_names=("no", "yes"))
    model = onnx.load_from_string(onnx_bytes(net, "Bright numbers."))
    known = {each.key: each.value for each in model.metadata_props}
    assert json.loads(known["class_names"]) == ["no", "yes"]
    assert json.loads(known["preprocessing"]) == {"mean": 0.1307, "std": 0.3081}
    assert model.graph.input[0].doc_string == "Bright numbers."


def test_a_network_of_float64_is_written_in_float32():
    net = Network(parse("INPUT(1,3,3) -> FC(2)"), 1, dtype=np.float64)
    images = np.random.default_rng(0).standard_normal((2, 1, 3, 3))
    found = run(onnx_bytes(net), images.astype(np.float32))
    np.testing.assert_allclose(found, net(images), rtol=1e-5, atol=1e-6)


def test_the_same_network_gives_the_same_bytes():
    net = Network.parse("INPUT(1,4,4) -> FC(2) -> SOFTMAX", 3)
    assert onnx_bytes(net, "Numbers.") == onnx_bytes(net, "Numbers.")


def test_what_runtimes_do_not_add_behind_a_transposed_convolution_is_refused():
    net = Network.parse("INPUT(1,3,3) -> CONVT(1,2,dilation=2,output_pad=1)")
    with pytest.raises(RequestError, match=r"convt1 CONVT\(1,2,output_pad=1,dilation=2\): .*add 1"):
        onnx_bytes(net)


def test_more_numbers_than_onnx_allows_are_refused(monkeypatch):
    monkeypatch.setattr(onnx_nodes, "LARGEST", 3203)
    net = Network.parse("INPUT(1,20,20) -> FC(2)")
    with pytest.raises(UserError, match=r"fc1.bias: .* 3,208 bytes .* at most 3,203 in a file"):
        onnx_bytes(net)
