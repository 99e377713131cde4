"""Graphs as other programs write them, made node by node.

What is read is run with the graph's weights, and onnxruntime must compute the same numbers from the
graph: only then do kernels, strides and the sides of the padding lie where the graph has them.
"""

import random
import sys
from contextlib import suppress

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from tuiconv.arithmetic import parse, summarize
from tuiconv.errors import RequestError, UserError
from tuiconv.exchange import SPEC
from tuiconv.exchange.onnx_reading import read_onnx
from tuiconv.exchange.onnx_writing import onnx_bytes
from tuiconv.nn.network import Network


class Made:
    """A graph in the making; its input is x, and each node's output has the name of the node."""

    def __init__(self, *sizes, opset=18):
        self.sizes, self.opset = sizes, opset
        self.nodes, self.constants = [], []
        self.rng = np.random.default_rng(1)

    def weights(self, name, *sizes):
        self.constants.append(
            numpy_helper.from_array(self.rng.standard_normal(sizes, np.float32) / 4, name)
        )
        return name

    def constant(self, values, dtype=np.int64):
        name = f"constant{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.array(values, dtype), name))
        return name

    def node(self, operation, *inputs, **attributes):
        name = f"{operation.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operation, inputs, [name], name, **attributes))
        return name

    def conv(self, x, name, *sizes, bias=True, **attributes):
        biases = [self.weights(f"{name}.bias", sizes[0])] if bias else []
        return self.node("Conv", x, self.weights(f"{name}.weight", *sizes), *biases, **attributes)

    def linear(self, x, name, outputs, inputs):
        weight, bias = (outputs, inputs), (outputs,)
        both = (self.weights(f"{name}.weight", *weight), self.weights(f"{name}.bias", *bias))
        return self.node("Gemm", x, *both, transB=1)

    def model(self, *outputs):
        values = [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, sizes)
            for name, sizes in (("x", self.sizes), *((output, None) for output in outputs))
        ]
        graph = helper.make_graph(self.nodes, "made", values[:1], values[1:], self.constants)
        opsets = [helper.make_opsetid("", self.opset)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=8)


@pytest.fixture
def read(tmp_path):
    """Reads the graph of a model, from a file."""

    def reader(model, shape=None):
        path = tmp_path / "model.onnx"
        path.write_bytes(model.SerializeToString())
        return read_onnx(path, shape)

    return reader


@pytest.fixture
def check(read):
    """Reads a graph, compares it with a network, and what both compute."""

    def checker(made, output, expected, image=None):
        model = made.model(output)
        found = read(model)
        assert str(parse(found)) == found
        assert found == str(parse(expected))
        spec = parse(found)
        arrays = {ours(each.name): numpy_helper.to_array(each) for each in made.constants}
        assert spec.totals.parameters == sum(
            array.size for name, array in arrays.items() if "." in name
        )
        network = Network(spec)
        state = network.state_dict()
        network.load_state_dict(
            {name: arrays[name].reshape(array.shape) for name, array in state.items()}
        )
        batch, *sizes = (size if isinstance(size, int) else 1 for size in made.sizes)
        x = made.rng.standard_normal((batch, *sizes), np.float32)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        session = onnxruntime.InferenceSession(model.SerializeToString(), options)
        (theirs,) = session.run(None, {"x": x})
        found = network(image(x) if image else x.reshape(batch, *spec.input))
        np.testing.assert_allclose(found.ravel(), theirs.ravel(), rtol=1e-4, atol=1e-5)

    return checker


def ours(name):
    """conv_1.weight for conv.1.weight."""
    owner, dot, kind = name.rpartition(".")
    return owner.replace(".", "_") + dot + kind


def refused(read, made, *outputs, shape=None, error=UserError):
    """The message of the error that a graph is refused with, a single line."""
    with pytest.raises(error) as caught:
        read(made.model(*outputs), shape)
    assert "\n" not in str(caught.value)
    return str(caught.value).split("model.onnx: ")[1]


# Chains


def test_a_chain_of_pytorchs_layers_has_their_names(check):
    made = Made("n", 1, 12, 11)
    x = made.conv("x", "conv1", 4, 1, 3, 3, pads=[1, 1, 1, 1], kernel_shape=[3, 3])
    x = made.node("MaxPool", made.node("Relu", x), kernel_shape=[2, 2], strides=[2, 2])
    x = made.conv(x, "features.3", 6, 4, 3, 2, bias=False, strides=[2, 1])
    x = made.node("Flatten", made.node("Tanh", x))
    x = made.node("LogSoftmax", made.linear(x, "fc1", 10, 6 * 2 * 4), axis=1)
    check(
        made,
        x,
        "INPUT(1,12,11) -> CONV(4,3,pad=1) -> RELU -> POOL(2)"
        " -> features_3: CONV(6,(3,2),stride=(2,1),bias=none) -> TANH -> FLATTEN -> FC(10)"
        " -> SOFTMAX",
    )


def test_a_name_that_is_another_layers_automatic_one_is_not_taken(read):
    made = Made(1, 1, 9, 9)
    x = made.conv("x", "conv2", 2, 1, 3, 3)
    x = made.conv(made.conv(x, "2", 2, 2, 3, 3), "with", 2, 2, 3, 3)
    assert read(made.model(x)) == "INPUT(1,9,9) -> CONV(2,3) -> CONV(2,3) -> CONV(2,3)"


@pytest.mark.parametrize(
    ("automatic", "size", "kernel", "stride", "expected"),
    [
        ("SAME_UPPER", 9, 3, 1, "pad=1"),
        ("SAME_UPPER", 9, 3, 2, "stride=2,pad=1"),  # 5 places reach over (5 − 1)·2 + 3 = 11 cells
        ("SAME_UPPER", 8, 3, 2, "stride=2,pad=((0,1),(0,1))"),  # 4 places reach over 9
        ("SAME_LOWER", 8, 3, 2, "stride=2,pad=((1,0),(1,0))"),
        ("SAME_UPPER", 9, 4, 1, "pad=((1,2),(1,2))"),
        ("SAME_UPPER", 7, 1, 3, "stride=3"),  # 3 places need 7 cells
        ("VALID", 9, 3, 2, "stride=2"),
    ],
)
def test_automatic_padding_is_said_in_numbers(check, automatic, size, kernel, stride, expected):
    made = Made(2, 1, size, size)
    sizes = (2, 1, kernel, kernel)
    x = made.conv("x", "conv1", *sizes, auto_pad=automatic, strides=[stride, stride])
    check(made, x, f"INPUT(1,{size},{size}) -> CONV(2,{kernel},{expected})")


def test_each_side_and_axis_of_a_window_has_its_own_number(check):
    made = Made(2, 4, 11, 12)
    options = {"pads": [1, 2, 0, 3], "dilations": [2, 1], "group": 2}
    x = made.conv("x", "conv1", 6, 2, 3, 2, **options)
    x = made.node("MaxPool", x, kernel_shape=[2, 3], pads=[1, 0, 0, 1], strides=[1, 2])
    check(
        made,
        x,
        "INPUT(4,11,12) -> CONV(6,(3,2),pad=((1,0),(2,3)),dilation=(2,1),groups=2)"
        " -> POOL((2,3),stride=(1,2),pad=((1,0),(0,1)))",
    )


def test_in_one_dimension_maps_are_one_row_high(check):
    made = Made(2, 3, 20)
    x = made.conv("x", "conv1", 4, 3, 3, pads=[1, 1], strides=[2])
    x = made.node("AveragePool", x, kernel_shape=[2], strides=[2])
    x = made.conv(x, "conv2", 4, 4, 2, pads=[0, 1])
    x = made.node("Reshape", x, made.constant([0, -1]))
    check(
        made,
        made.linear(x, "fc1", 3, 20),
        "INPUT(3,20) -> CONV(4,3,stride=2,pad=1) -> AVGPOOL(2) -> CONV(4,2,pad=((0,0),(0,1)))"
        " -> FLATTEN -> FC(3)",
    )


def test_padding_by_all_that_a_kernel_sees_of_the_past_makes_a_causal_convolution(check):
    made = Made(1, 3, 20)
    x = made.conv("x", "causal1", 4, 3, 3, pads=[4, 0], dilations=[2])
    x = made.node("Pad", x, made.constant([0, 0, 1, 0, 0, 0]))
    x = made.conv(x, "causal2", 4, 4, 2)
    check(made, x, "INPUT(3,20) -> CAUSAL(4,3,dilation=2) -> CAUSAL(4,2)")


def test_transposed_convolutions_keep_their_sides(check):
    made = Made(1, 4, 6, 5)
    weights = [made.weights("convt1.weight", 4, 3, 3, 2), made.weights("convt1.bias", 6)]
    options = {"strides": [2, 2], "pads": [0, 1, 2, 0], "output_padding": [1, 0], "group": 2}
    x = made.node("ConvTranspose", "x", *weights, **options)
    check(
        made,
        x,
        "INPUT(4,6,5) -> CONVT(6,(3,2),stride=2,pad=((0,2),(1,0)),output_pad=(1,0),groups=2)",
    )


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"output_shape": [10, 9]}, "pad=((1,0),1)"),  # of (5 − 1)·2 + 3 = 11 rows and columns
        ({"output_shape": [10, 9], "auto_pad": "SAME_UPPER"}, "pad=((0,1),1)"),
        ({"auto_pad": "SAME_UPPER"}, "pad=((0,1),(0,1))"),
        ({"auto_pad": "SAME_LOWER"}, "pad=((1,0),(1,0))"),
    ],
)
def test_a_transposed_convolution_may_say_what_is_left_of_it(check, options, expected):
    made = Made(1, 1, 5, 5)
    x = made.node(
        "ConvTranspose", "x", made.weights("convt1.weight", 1, 2, 3, 3), strides=[2, 2], **options
    )
    check(made, x, f"INPUT(1,5,5) -> CONVT(2,3,stride=2,{expected},bias=none)")


def test_pools_round_and_count_as_they_say(check):
    made = Made(2, 3, 14, 15)
    x = made.node("MaxPool", "x", kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)
    x = made.node("AveragePool", x, kernel_shape=[3, 3], pads=[1, 1, 1, 1])
    x = made.node("AveragePool", x, kernel_shape=[2, 2], pads=[1, 0, 1, 0], count_include_pad=1)
    x = made.node("LpPool", x, kernel_shape=[2, 2], p=3)
    check(
        made,
        x,
        "INPUT(3,14,15) -> POOL(3,stride=2,round=up) -> AVGPOOL(3,stride=1,pad=1,count=inside)"
        " -> AVGPOOL(2,stride=1,pad=(1,0)) -> LPPOOL(2,stride=1,power=3)",
    )


@pytest.mark.parametrize(
    ("operation", "options", "word"),
    [
        ("GlobalAveragePool", {}, "GLOBALAVGPOOL"),
        ("GlobalMaxPool", {}, "GLOBALMAXPOOL"),
        ("ReduceMean", {"axes": [2, 3]}, "GLOBALAVGPOOL"),
        ("ReduceMax", {"axes": [-1, -2], "keepdims": 0}, "GLOBALMAXPOOL -> FLATTEN"),
    ],
)
def test_a_mean_or_maximum_over_all_places_is_a_global_pool(check, operation, options, word):
    made = Made(2, 3, 4, 5, opset=13)
    check(made, made.node(operation, "x", **options), f"INPUT(3,4,5) -> {word}")


def test_normalisations_and_activations_keep_their_settings(read):
    made = Made(1, 3, 8, 8)
    statistics = [made.weights(f"bn.{each}", 3) for each in ("weight", "bias", "mean", "variance")]
    x = made.node("BatchNormalization", "x", *statistics, epsilon=0.001, momentum=0.99)
    x = made.node("LRN", made.node("LeakyRelu", x, alpha=0.2), size=5, alpha=0.0002, bias=2.0)
    x = made.node("Shrink", made.node("Sigmoid", x), lambd=0.25, bias=0.25)
    x = made.node("Dropout", made.node("Dropout", x), made.constant(0.1, np.float32))
    assert read(made.model(x)) == (
        "INPUT(3,8,8) -> bn: BATCHNORM(momentum=0.01,eps=0.001) -> LEAKYRELU(slope=0.2)"
        " -> LRN(5,alpha=0.0002,k=2) -> SIGMOID -> SHRINK(threshold=0.25) -> DROPOUT"
        " -> DROPOUT(p=0.1)"
    )


def test_limits_of_0_and_6_are_a_relu6(check):
    made = Made(2, 2, 6, 6)
    limits = made.constant(0, np.float32), made.constant(6, np.float32)
    x = made.node("Clip", made.conv("x", "conv1", 3, 2, 3, 3), *limits)
    check(made, x, "INPUT(2,6,6) -> CONV(3,3) -> RELU6")


def test_zeros_around_what_a_relu6_leaves_are_the_padding_of_a_pool(check):
    made = Made(1, 2, 7, 7, opset=10)
    x = made.node("Clip", made.conv("x", "conv1", 3, 2, 3, 3), min=0.0, max=6.0)
    x = made.node("Pad", x, pads=[0, 0, 0, 0, 0, 0, 1, 1])
    x = made.node("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2])
    check(made, x, "INPUT(2,7,7) -> CONV(3,3) -> RELU6 -> POOL(2,pad=((0,1),(0,1)))")


def test_before_opset_11_limits_are_attributes(check):
    made = Made(2, 2, 6, 6, opset=9)
    x = made.node("Clip", made.conv("x", "conv1", 3, 2, 3, 3), min=0.0, max=6.0)
    check(made, x, "INPUT(2,6,6) -> CONV(3,3) -> RELU6")


@pytest.mark.parametrize(
    ("limits", "found"),
    [
        ((0, 1), "0 and 1"),
        ((-1, 6), "-1 and 6"),
        ((0, 6.5), "0 and 6.5"),
        ((0, None), "0 and inf"),
        ((None, 6), "-inf and 6"),
        ((None, None), "-inf and inf"),
    ],
)
def test_other_limits_are_refused(read, limits, found):
    message = f'node "clip_0" (Clip): expected limits of 0 and 6; found {found}'
    made = Made(1, 1, 4, 4, opset=9)
    given = zip(("min", "max"), limits, strict=True)
    x = made.node("Clip", "x", **{key: float(each) for key, each in given if each is not None})
    assert refused(read, made, x) == message
    made = Made(1, 1, 4, 4)
    names = ["" if limit is None else made.constant(limit, np.float32) for limit in limits]
    assert refused(read, made, made.node("Clip", "x", *names)) == message


def test_limits_that_are_computed_are_refused(read):
    made = Made(1, 1, 4, 4)
    most = made.node("GlobalMaxPool", "x")
    message = refused(read, made, made.node("Clip", "x", made.constant(0, np.float32), most))
    assert message.startswith('node "clip_1" (Clip): expected a constant; ')


def test_a_tanh_between_two_factors_is_lecuns(check):
    made = Made(1, 1, 6, 6)
    x = made.node("Mul", made.conv("x", "conv1", 2, 1, 3, 3), made.constant(2, np.float32))
    x = made.node("Tanh", made.node("Div", x, made.constant(3, np.float32)))
    x = made.node("Mul", made.constant(1.7159, np.float32), x)
    check(made, x, "INPUT(1,6,6) -> CONV(2,3) -> STANH")


def test_pixels_are_shuffled_by_one_node_or_by_cutting_axes_and_reordering_them(check):
    made = Made(2, 8, 4, 6)
    x = made.node("DepthToSpace", "x", blocksize=2, mode="CRD")  # 2×8×12
    x = made.node("Reshape", x, made.constant([0, 2, 4, 2, 6, 2]))
    x = made.node("Transpose", x, perm=[0, 1, 3, 5, 2, 4])
    x = made.node("Reshape", x, made.constant([0, 8, 4, 6]))
    x = made.node("Tanh", x)
    x = made.node("Reshape", x, made.constant([0, 2, 2, 2, 4, 6]))
    x = made.node("Transpose", x, perm=[0, 1, 4, 2, 5, 3])
    x = made.node("Reshape", x, made.constant([0, 2, 8, 12]))
    x = made.node("Relu", x)
    expected = "INPUT(8,4,6) -> SHUFFLE(2) -> UNSHUFFLE(2) -> TANH -> SHUFFLE(2) -> RELU"
    check(made, x, expected)


# Fully connected layers and the ways to them


def test_a_view_by_the_size_of_the_batch_is_a_flatten(check):
    """PyTorch's x.view(x.size(0), -1)."""
    made = Made("n", 2, 3, 4)
    x = made.node("Relu", "x")
    batch = made.node("Gather", made.node("Shape", x), made.constant(0), axis=0)
    batch = made.node("Unsqueeze", batch, made.constant([0]))
    sizes = made.node("Concat", batch, made.constant([-1]), axis=0)
    x = made.linear(made.node("Reshape", x, sizes), "fc1", 5, 24)
    check(made, x, "INPUT(2,3,4) -> RELU -> FLATTEN -> FC(5)")


def test_the_axes_behind_a_global_pool_may_be_squeezed_away(check):
    made = Made(1, 3, 4, 4)
    x = made.node("GlobalAveragePool", "x")
    x = made.node("Squeeze", made.node("Squeeze", x, made.constant([3])), made.constant([-1]))
    x = made.linear(x, "fc1", 5, 3)
    check(made, x, "INPUT(3,4,4) -> GLOBALAVGPOOL -> FLATTEN -> FC(5)")


def test_a_product_with_a_matrix_and_a_sum_are_a_fully_connected_layer(check):
    made = Made("n", 12)
    turned = made.node("Transpose", made.weights("fc1.weight", 5, 12), perm=[1, 0])
    x = made.node("MatMul", "x", turned)
    x = made.node("Add", made.weights("fc1.bias", 5), x)
    check(made, x, "INPUT(12,1,1) -> FLATTEN -> FC(5)")


def test_a_sum_behind_a_convolution_is_its_biases_for_each_map_or_unit(check):
    made = Made(1, 1, 5, 5)
    x = made.conv("x", "conv1", 2, 1, 3, 3, bias=False)
    x = made.node("Add", x, made.weights("conv1.bias", 2, 1, 1))
    x = made.conv(x, "conv2", 2, 2, 2, 2, bias=False)
    x = made.node("Add", x, made.weights("conv2.bias", 2, 2, 2))
    check(made, x, "INPUT(1,5,5) -> CONV(2,3) -> CONV(2,2,bias=unit)")


def test_means_times_gains_plus_biases_are_lenets_subsampling(check):
    made = Made(1, 3, 6, 6)
    x = made.node("AveragePool", "x", kernel_shape=[2, 2], strides=[2, 2])
    x = made.node("Mul", x, made.weights("subsample1.gain", 3, 1, 1))
    x = made.node("Add", made.weights("subsample1.bias", 3, 1, 1), x)
    check(made, x, "INPUT(3,6,6) -> SUBSAMPLE(2)")


# Keras: channels last, padding apart


def test_an_image_with_its_channels_last_is_taken_as_the_layers_take_it(check):
    """As tf2onnx writes Keras: reordered once before the layers and once before flattening."""
    made = Made("n", 9, 8, 2)
    x = made.conv(made.node("Transpose", "x", perm=[0, 3, 1, 2]), "conv1", 3, 2, 3, 3)
    x = made.node("GlobalMaxPool", made.node("Relu", x))
    x = made.node("Transpose", x, perm=[0, 2, 3, 1])
    x = made.linear(made.node("Reshape", x, made.constant([-1, 3])), "fc1", 4, 3)
    check(
        made,
        x,
        "INPUT(2,9,8) -> CONV(3,3) -> RELU -> GLOBALMAXPOOL -> FLATTEN -> FC(4)",
        image=lambda x: np.ascontiguousarray(x.transpose(0, 3, 1, 2)),
    )


def test_flattening_with_the_channels_last_counts_the_same(read):
    made = Made("n", 2, 9, 8)
    x = made.conv("x", "conv1", 3, 2, 3, 3)
    x = made.node("Flatten", made.node("Transpose", x, perm=[0, 2, 3, 1]))
    x = made.linear(x, "fc1", 4, 7 * 6 * 3)
    assert read(made.model(x)) == "INPUT(2,9,8) -> CONV(3,3) -> FLATTEN -> FC(4)"


def test_a_long_vector_that_is_cut_into_rows_is_an_image(check):
    made = Made("n", 30)
    x = made.conv(made.node("Reshape", "x", made.constant([-1, 1, 5, 6])), "conv1", 2, 1, 3, 3)
    check(made, x, "INPUT(1,5,6) -> CONV(2,3)")


def test_zeros_around_maps_are_the_padding_of_the_layer_behind(check):
    made = Made(1, 1, 7, 7)
    x = made.node("Pad", "x", made.constant([0, 0, 0, 1, 0, 0, 2, 1]))
    x = made.conv(x, "conv1", 2, 1, 3, 3, pads=[1, 1, 1, 1])
    x = made.node(
        "Pad", made.node("Relu", x), made.constant([1, 1, 1, 1]), "", made.constant([2, 3])
    )
    x = made.node("MaxPool", x, kernel_shape=[3, 3], strides=[2, 2])
    x = made.node("Pad", x, made.constant([0, 0, 1, 0, 0, 0, 0, 1]))
    x = made.node("AveragePool", x, kernel_shape=[2, 2])
    check(
        made,
        x,
        "INPUT(1,7,7) -> CONV(2,3,pad=((1,3),2)) -> RELU -> POOL(3,stride=2,pad=1)"
        " -> AVGPOOL(2,stride=1,pad=((1,0),(0,1)))",
    )


def test_padding_by_arithmetic_on_constants_is_worked_out(check):
    """PyTorch's F.pad(x, (2, 1)): pairs from the last axis on, turned round."""
    made = Made("n", 3, 9)
    rest = made.node("ConstantOfShape", made.constant([4]))
    pairs = made.node("Concat", made.constant([2, 1]), made.node("Cast", rest, to=7), axis=0)
    pairs = made.node("Reshape", pairs, made.constant([-1, 2]))
    turn = [made.constant([value]) for value in (-1, -(2**63), 0, -1)]
    pairs = made.node("Transpose", made.node("Slice", pairs, *turn), perm=[1, 0])
    pads = made.node("Cast", made.node("Reshape", pairs, made.constant([-1])), to=7)
    x = made.conv(made.node("Pad", "x", pads), "conv1", 2, 3, 3)
    check(made, x, "INPUT(3,9) -> CONV(2,3,pad=((0,0),(2,1)))")


# Branches


def test_a_residual_block_has_its_shortcut_last(check):
    made = Made(1, 3, 8, 8)
    stem = made.conv("x", "conv1", 4, 3, 1, 1)
    x = made.node("Relu", made.conv(stem, "conv2", 4, 4, 3, 3, pads=[1, 1, 1, 1]))
    x = made.node("Relu", made.node("Add", stem, x))
    body = made.conv(x, "conv3", 6, 4, 3, 3, pads=[1, 1, 1, 1], strides=[2, 2])
    x = made.node("Add", body, made.conv(x, "down", 6, 4, 1, 1, strides=[2, 2]))
    check(
        made,
        x,
        "INPUT(3,8,8) -> CONV(4,1) -> RES[CONV(4,3,pad=1) -> RELU] -> RELU"
        " -> RES[CONV(6,3,stride=2,pad=1) | down: CONV(6,1,stride=2)]",
    )


def test_an_inception_module_stacks_its_branches_in_their_order(check):
    made = Made(1, 3, 6, 6)
    one = made.conv("x", "conv1", 2, 3, 1, 1)
    three = made.conv("x", "conv2", 2, 3, 1, 1)
    three = made.conv(made.node("Relu", three), "conv3", 4, 2, 3, 3, pads=[1, 1, 1, 1])
    pooled = made.node("MaxPool", "x", kernel_shape=[3, 3], pads=[1, 1, 1, 1])
    x = made.node("Concat", one, three, "x", pooled, axis=-3)
    check(
        made,
        x,
        "INPUT(3,6,6) -> CONCAT[CONV(2,1) | CONV(2,1) -> RELU -> CONV(4,3,pad=1) |"
        " | POOL(3,stride=1,pad=1)]",
    )


def test_a_stack_of_stacks_that_was_written_as_one_is_taken_apart(check):
    """As PyTorch writes the branches of Inception v3 that divide once more."""
    made = Made(1, 3, 6, 6)
    one = made.conv("x", "conv1", 2, 3, 1, 1)
    trunk = made.node("Relu", made.conv("x", "conv2", 2, 3, 1, 1))
    row = made.conv(trunk, "conv3", 2, 2, 1, 3, pads=[0, 1, 0, 1])
    column = made.conv(trunk, "conv4", 2, 2, 3, 1, pads=[1, 0, 1, 0])
    x = made.node("Concat", one, row, column, axis=1)
    check(
        made,
        x,
        "INPUT(3,6,6) -> CONCAT[CONV(2,1) | CONV(2,1) -> RELU"
        " -> CONCAT[CONV(2,(1,3),pad=(0,1)) | CONV(2,(3,1),pad=(1,0))]]",
    )


def test_a_u_net_is_branches_inside_branches(check):
    made = Made(1, 1, 8, 8)
    first = made.conv("x", "conv1", 2, 1, 3, 3, pads=[1, 1, 1, 1])
    second = made.node("MaxPool", first, kernel_shape=[2, 2], strides=[2, 2])
    second = made.conv(second, "conv2", 3, 2, 1, 1)
    x = made.node("MaxPool", second, kernel_shape=[2, 2], strides=[2, 2])
    x = made.node("ConvTranspose", x, made.weights("up2.weight", 3, 2, 2, 2), strides=[2, 2])
    x = made.conv(made.node("Concat", second, x, axis=1), "conv3", 2, 5, 1, 1)
    x = made.node("ConvTranspose", x, made.weights("up1.weight", 2, 2, 2, 2), strides=[2, 2])
    x = made.node("Concat", x, first, axis=1)
    check(
        made,
        x,
        "INPUT(1,8,8) -> CONV(2,3,pad=1) -> CONCAT[POOL(2) -> CONV(3,1)"
        " -> CONCAT[ | POOL(2) -> up2: CONVT(2,2,stride=2,bias=none)]"
        " -> CONV(2,1) -> up1: CONVT(2,2,stride=2,bias=none) | ]",
    )


def test_a_dense_block_is_a_stack_that_grows(check):
    made = Made(1, 2, 5, 5)
    features = ["x"]
    for number, channels in enumerate((2, 5, 8), 1):
        stack = made.node("Concat", *features, axis=1) if features[1:] else "x"
        features.append(made.conv(stack, f"conv{number}", 3, channels, 1, 1))
    x = made.node("Concat", *features, axis=1)
    check(
        made,
        x,
        "INPUT(2,5,5) -> CONCAT[ | CONV(3,1)] -> CONCAT[ | CONV(3,1)] -> CONCAT[ | CONV(3,1)]",
    )


def test_a_gate_is_a_product_of_branches(check):
    made = Made(1, 2, 5, 5)
    gate = made.node("Sigmoid", made.conv("x", "conv2", 3, 2, 1, 1))
    x = made.node("Mul", made.node("Tanh", made.conv("x", "conv1", 3, 2, 1, 1)), gate)
    check(made, x, "INPUT(2,5,5) -> MUL[CONV(3,1) -> TANH | CONV(3,1) -> SIGMOID]")


# Response normalisation, which PyTorch writes as eight nodes


def test_response_normalisation_as_pytorch_writes_it_is_one_layer(check):
    made = Made(1, 6, 4, 4)
    x = made.conv("x", "conv1", 6, 6, 1, 1)
    squares = made.node("Mul", x, x)
    volume = made.node("Unsqueeze", squares, made.constant([1]))
    volume = made.node("Pad", volume, made.constant([0, 0, 2, 0, 0, 0, 0, 2, 0, 0]))
    means = made.node("AveragePool", volume, kernel_shape=[5, 1, 1])
    means = made.node("Squeeze", means, made.constant([1]))
    share = made.node("Mul", means, made.constant(0.3, np.float32))
    total = made.node("Add", share, made.constant(2, np.float32))
    power = made.node("Pow", total, made.constant(0.75, np.float32))
    x = made.node("Relu", made.node("Div", x, power))
    check(made, x, "INPUT(6,4,4) -> CONV(6,1) -> LRN(5,alpha=0.3,k=2) -> RELU")


# The size of the input


def test_another_image_may_be_given_than_the_model_is_for(read):
    made = Made("n", 1, "height", "width")
    x = made.node("GlobalAveragePool", made.conv("x", "conv1", 2, 1, 3, 3))
    assert read(made.model(x), (1, 9, 8)) == "INPUT(1,9,8) -> CONV(2,3) -> GLOBALAVGPOOL"
    message = refused(read, made, x, error=RequestError)
    assert message == (
        'it leaves the size of its input "x" open, (n, 1, height, width);'
        " say the size with --input, such as --input 3,224,224"
    )
    message = refused(read, made, x, shape=(1, 9), error=RequestError)
    assert message == "its input is (n, 1, height, width); (1, 9) is given for it"


def test_an_image_is_given_with_its_channels_first_even_to_a_model_that_has_them_last(read):
    made = Made("n", 9, 9, 2)
    x = made.conv(made.node("Transpose", "x", perm=[0, 3, 1, 2]), "conv1", 3, 2, 3, 3)
    assert read(made.model(x), (2, 7, 8)) == "INPUT(2,7,8) -> CONV(3,3)"


def test_weights_that_do_not_fit_another_image_are_named(read):
    made = Made("n", 1, 4, 4)
    x = made.linear(made.node("Flatten", "x"), "fc1", 3, 16)
    assert refused(read, made, x, shape=(1, 5, 5)) == (
        'node "gemm_1" (Gemm): its weights take 16 numbers; 25 arrive'
    )


# Models of ours


def test_a_model_of_ours_is_read_back_exactly(read, spec):
    model = onnx.load_from_string(onnx_bytes(Network(spec)))
    assert parse(read(model)) == spec


def test_a_model_of_ours_takes_another_image_where_its_layers_do(read):
    spec = summarize("INPUT(1,12) -> CAUSAL(2,3) -> CONV(2,2) -> GLOBALMAXPOOL")
    model = onnx.load_from_string(onnx_bytes(Network(spec)))
    expected = "INPUT(1,30) -> CAUSAL(2,3) -> CONV(2,2) -> GLOBALMAXPOOL"
    assert read(model, (1, 30)) == expected


@pytest.mark.parametrize("changed", ["weights", "nodes", "output"])
def test_what_a_model_of_ours_says_does_not_count_when_its_graph_was_changed(read, changed):
    written = "INPUT(1,6,6) -> CONV(2,3) -> RELU -> CONV(2,1)"
    model = onnx.load_from_string(onnx_bytes(Network(parse(written))))
    graph = model.graph
    expected = written
    if changed == "weights":
        kept = [each for each in graph.initializer if each.name != "conv1.weight"]
        del graph.initializer[:], graph.node[0].attribute[:]
        wide = numpy_helper.from_array(np.zeros((2, 1, 5, 5), np.float32), "conv1.weight")
        graph.initializer.extend([*kept, wide])
        expected = "INPUT(1,6,6) -> CONV(2,5) -> RELU -> CONV(2,1)"
    elif changed == "nodes":
        graph.node[1].op_type = "Tanh"
        graph.node[1].output[0] = graph.node[2].input[0] = "tanh1"
        expected = "INPUT(1,6,6) -> CONV(2,3) -> TANH -> CONV(2,1)"
    else:
        graph.output[0].name = "relu1"
        expected = "INPUT(1,6,6) -> CONV(2,3) -> RELU"
    assert [each.key for each in model.metadata_props] == [SPEC]
    assert read(model) == expected


# What cannot be said


def test_an_operation_that_is_no_layer_is_named_with_all_that_are(read):
    made = Made(1, 1, 4, 4)
    x = made.node("Elu", made.node("Relu", "x"))
    message = refused(read, made, x)
    assert message.startswith('node "elu_1" (Elu): no layer does that; known are Add, AveragePool,')
    made.nodes[-1].name = ""
    made.nodes[-1].domain = "com.example"
    message = refused(read, made, x)
    assert message.startswith('the com.example.Elu that makes "elu_1": no layer does that;')


def test_layers_that_branches_share_without_nesting_are_named(read):
    made = Made(1, 1, 4, 4)
    shared = made.conv("x", "conv1", 1, 1, 1, 1)
    first = made.node("Add", "x", shared)
    x = made.node("Add", shared, made.conv(first, "conv2", 1, 1, 1, 1))
    assert refused(read, made, x) == (
        'node "conv_0" (Conv): branches that are not nested share it,'
        " which RES, CONCAT and MUL cannot say"
    )


@pytest.mark.parametrize(
    ("operation", "inputs", "attributes", "found"),
    [
        ("Transpose", [], {"perm": [0, 1, 3, 2]}, "it takes 3×4×6 in another order, as 3×6×4"),
        ("Reshape", [[0, 6, 3, 4]], {}, "it takes 3×4×6 in another order, as 6×3×4"),
        ("Reshape", [[0, 5, -1]], {}, "a tensor of (2, 3, 4, 6) has no rows of (2, 5, -1)"),
        ("Flatten", [], {"axis": 2}, "expected vectors or maps for a batch of 2; found a tensor"),
        ("Mul", [0.5], {}, "it takes what is multiplied by a constant, which no layer does"),
        ("Mul", [[0.5] * 6], {}, "it multiplies by constants, which no layer does"),
        ("Add", [[[0.5]]], {}, "it adds a constant that is no bias of the layer before"),
        ("Sum", [0.5, 0.5], {}, "expected one constant beside what a layer makes, or none"),
        ("Div", [[0.5] * 6], {}, "it divides, which no layer does"),
        ("Pad", [[0, 0, 1, 1, 0, 0, 1, 1]], {}, "it takes padded maps, as only a convolution"),
        ("Pad", [[0, 1, 0, 0, 0, 0, 0, 0]], {}, "expected padding around maps, of at least 0"),
        ("Pad", [[0] * 8], {"mode": "reflect"}, "expected padding with a constant; found reflect"),
        ("Softmax", [], {"axis": -1}, "expected it over the channels, axis 1; found axis -1"),
        ("Softmax", [], {"axis": 1}, "expected it only as the last layer"),
        ("Shrink", [], {"lambd": 0.5}, "expected a bias equal to lambd, soft shrinkage"),
        ("SpaceToDepth", [], {"blocksize": 2}, "expected one channel, as the pieces of several"),
        ("LpPool", [], {"kernel_shape": [2, 2], "pads": [1] * 4}, "expected no padding, dilations"),
        ("MaxPool", [], {"kernel_shape": [2]}, "expected 2 numbers for kernel_shape; found [2]"),
        ("MaxPool", [], {}, "expected a kernel_shape"),
        ("MaxPool", [], {"kernel_shape": [9, 2]}, "the window does not fit the height"),
        ("ReduceMean", [[1]], {}, "expected it over all places of maps; found axes [1]"),
        ("Concat", [[[[[1.0]]]]], {"axis": 1}, "expected what a layer makes; "),
    ],
)
def test_what_no_layer_does_is_refused_with_its_numbers(read, operation, inputs, attributes, found):
    made = Made(2, 3, 4, 6)
    kinds = [np.float32 if "." in str(each) else np.int64 for each in inputs]
    constants = map(made.constant, inputs, kinds)
    x = made.node(operation, made.node("Tanh", "x"), *constants, **attributes)
    assert found in refused(read, made, made.node("Tanh", x))


def test_zeros_around_maps_below_zero_are_no_padding_of_a_maximum(read):
    made = Made(1, 1, 4, 4)
    x = made.node("Pad", made.node("Tanh", "x"), made.constant([0, 0, 1, 1, 0, 0, 1, 1]))
    x = made.node("MaxPool", x, kernel_shape=[2, 2])
    assert "the 0 around its maps could be the largest value" in refused(read, made, x)


def test_shapes_that_only_broadcasting_makes_equal_are_refused(read):
    made = Made(1, 3, 4, 4)
    x = made.node("Mul", "x", made.node("GlobalAveragePool", "x"))
    assert "expected equal shapes; found 3×4×4 and 3×1×1" in refused(read, made, x)


def test_weights_of_two_layers_in_one_are_refused(read):
    made = Made(1, 1, 4, 4)
    weight = made.weights("conv1.weight", 1, 1, 1, 1)
    x = made.node("Conv", made.node("Conv", "x", weight), weight)
    assert refused(read, made, x) == (
        'node "conv_1" (Conv): it shares its weights with node "conv_0" (Conv), which no layer can'
    )


def test_fewer_biases_than_outputs_are_refused(read):
    made = Made(1, 4)
    weights = made.weights("fc1.weight", 3, 4), made.weights("fc1.bias", 1)
    x = made.node("Gemm", "x", *weights, transB=1)
    assert "expected a bias for each of 3; found 1" in refused(read, made, x)


@pytest.mark.parametrize("scaled", [{"alpha": 0.5}, {"beta": 2.0}, {"transA": 1}])
def test_a_scaled_or_turned_product_is_refused(read, scaled):
    made = Made(1, 4)
    weights = made.weights("fc1.weight", 4, 3), made.weights("fc1.bias", 3)
    assert "(Gemm): expected" in refused(read, made, made.node("Gemm", "x", *weights, **scaled))


def test_weights_for_other_channels_are_refused(read):
    made = Made(1, 2, 4, 4)
    x = made.conv("x", "conv1", 4, 3, 1, 1)
    assert "its weights take 3 channels; 2 arrive" in refused(read, made, x)


def test_a_model_with_several_inputs_or_outputs_is_refused(read):
    made = Made(1, 1, 4, 4)
    one, two = made.node("Relu", "x"), made.node("Tanh", "x")
    assert refused(read, made, one, two) == (
        "it has 2 outputs (relu_0, tanh_1); a network with one is expected"
    )
    model = made.model(one)
    model.graph.input.append(helper.make_tensor_value_info("y", TensorProto.FLOAT, [1]))
    with pytest.raises(UserError, match=r"it has 2 inputs \(x, y\); a network with one"):
        read(model)


def test_tensors_that_nothing_makes_are_named(read):
    made = Made(1, 1, 4, 4)
    assert 'takes "y", which no node before it makes' in refused(
        read, made, made.node("Sum", "x", "y")
    )
    made = Made(1, 1, 4, 4)
    x = made.node("Conv", "x", "kernels")
    assert 'expected a constant; "kernels" is none' in refused(read, made, x)


# Files


def test_weights_may_be_kept_in_a_file_that_is_not_there(read):
    made = Made(1, 1, 8, 8)
    model = made.model(made.conv("x", "conv1", 4, 1, 3, 3))
    for tensor in model.graph.initializer:
        tensor.ClearField("raw_data")
        tensor.data_location = TensorProto.EXTERNAL
        tensor.external_data.add(key="location", value="elsewhere.bin")
    assert read(model) == "INPUT(1,8,8) -> CONV(4,3)"


@pytest.mark.parametrize("content", [b"", b"\0" * 99, b"lenet5", b"\x89PNG\r\n\x1a\n" * 99])
def test_a_file_of_something_else_is_no_model(tmp_path, content):
    path = tmp_path / "model.onnx"
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"model.onnx is no ONNX model"):
        read_onnx(path)


def test_without_the_package_onnx_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(UserError, match=r'to read ONNX, pip install "tuiconv\[onnx\]"'):
        read_onnx(tmp_path / "model.onnx")


def test_a_directory_and_a_missing_file_are_no_model(tmp_path):
    with pytest.raises(UserError, match="is no file; an ONNX model is expected"):
        read_onnx(tmp_path)
    with pytest.raises(FileNotFoundError):
        read_onnx(tmp_path / "missing.onnx")


def test_a_file_cut_off_or_changed_anywhere_is_a_network_or_an_error(tmp_path):
    made = Made("n", 1, 6, 6)
    x = made.conv("x", "conv1", 2, 1, 3, 3, pads=[1, 1, 0, 0])
    x = made.node("Mul", made.node("Tanh", x), made.constant(1.7159, np.float32))
    x = made.node("Concat", x, made.node("MaxPool", x, kernel_shape=[1, 1]), axis=1)
    sizes = made.node("Concat", made.constant([0]), made.constant([-1]), axis=0)
    x = made.linear(made.node("Reshape", x, sizes), "fc1", 2, 100)
    content = made.model(x).SerializeToString()
    path, chance = tmp_path / "model.onnx", random.Random(1)
    damaged = [content[:end] for end in range(0, len(content), 3)]
    for _ in range(700):
        place = chance.randrange(len(content))
        changed = bytes([content[place] ^ chance.randrange(1, 256)])
        damaged.append(content[:place] + changed + content[place + 1 :])
    for each in damaged:
        path.write_bytes(each)
        with suppress(UserError):
            parse(read_onnx(path))
