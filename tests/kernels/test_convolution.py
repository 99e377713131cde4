from types import ModuleType

import numpy as np
import pytest
import scipy.signal
from hypothesis import given, settings
from hypothesis import strategies as st

import tuiconv_kernels
from tuiconv_kernels import conv2d, conv2d_backward, plain

both = pytest.mark.parametrize("kernels", [tuiconv_kernels, plain], ids=["kernel", "plain"])

LECTURE_KERNEL = [[0.2, 0.0, 0.4], [0.1, 0.3, 0.2], [0.0, 0.1, 0.1]]
LECTURE_GRID = [
    [0, 2, 2, 0, 1, 0, 0],
    [1, 8, 7, 5, 2, 3, 0],
    [3, 6, 9, 7, 6, 1, 0],
    [1, 4, 5, 2, 4, 0, 1],
    [0, 2, 2, 1, 2, 1, 4],
]

# x, weight, options
SHAPES = {
    "no options": ((2, 3, 6, 5), (4, 3, 3, 2), {}),
    "one pixel": ((1, 1, 1, 1), (1, 1, 1, 1), {}),
    "1x1 kernel": ((2, 3, 4, 5), (2, 3, 1, 1), {}),
    "stride": ((2, 2, 7, 8), (3, 2, 3, 3), {"stride": 2}),
    "stride in one axis": ((2, 2, 6, 9), (3, 2, 2, 3), {"stride": (1, 3)}),
    "stride beyond the kernel": ((2, 1, 8, 7), (2, 1, 2, 1), {"stride": (3, 2)}),
    "padding": ((2, 2, 4, 3), (3, 2, 3, 3), {"padding": (1, 2)}),
    "padding beyond the kernel": ((1, 1, 2, 2), (2, 1, 1, 2), {"padding": 3}),
    "dilation": ((2, 2, 7, 6), (3, 2, 3, 2), {"dilation": (2, 3)}),
    "two groups": ((2, 4, 5, 5), (6, 2, 2, 3), {"groups": 2}),
    "depthwise": ((2, 3, 5, 4), (6, 1, 3, 3), {"groups": 3, "padding": 1}),
    "everything": (
        (2, 4, 7, 6),
        (6, 2, 3, 2),
        {"stride": (2, 3), "padding": (2, 1), "dilation": (1, 2), "groups": 2},
    ),
    "stride and dilation share a factor": (
        (1, 2, 9, 9),
        (2, 2, 3, 3),
        {"stride": 2, "dilation": 2},
    ),
    "kernel covers the input": ((3, 2, 4, 5), (5, 2, 4, 5), {"stride": 2}),
    "kernel covers the input, in groups": ((3, 2, 3, 3), (4, 1, 3, 3), {"groups": 2}),
    "kernel covers the padded input": ((3, 1, 2, 2), (2, 1, 4, 4), {"padding": 1}),
    "empty batch": ((0, 2, 5, 5), (3, 2, 2, 2), {}),
    "empty batch, kernel covers the input": ((0, 2, 3, 3), (3, 2, 3, 3), {}),
}
table = pytest.mark.parametrize(("x_shape", "weight_shape", "options"), SHAPES.values(), ids=SHAPES)


def draw(rng, dtype, *shapes):
    return [rng.standard_normal(shape).astype(dtype) for shape in shapes]


@both
def test_the_lectures_window_gives_6_2_and_its_right_neighbour_5_9(kernels: ModuleType):
    x = np.array(LECTURE_GRID, np.float64).reshape(1, 1, 5, 7)
    weight = np.array(LECTURE_KERNEL).reshape(1, 1, 3, 3)
    first = 0.4 * 2 + 0.1 * 1 + 0.3 * 8 + 0.2 * 7 + 0.1 * 6 + 0.1 * 9
    out = kernels.conv2d(x, weight)
    assert out.shape == (1, 1, 3, 5)
    np.testing.assert_allclose(out[0, 0, 0, :2], [first, 5.9])
    np.testing.assert_allclose(out[0, 0, 0, 0], 6.2)


@both
def test_stride_padding_dilation_and_bias_by_hand(kernels: ModuleType):
    x = np.array([[1.0, 2, 3], [4, 5, 6], [7, 8, 9]]).reshape(1, 1, 3, 3)
    weight = np.array([[1.0, 10], [100, 1000]]).reshape(1, 1, 2, 2)
    bias = np.array([0.5])
    out = kernels.conv2d(x, weight, bias, stride=2, padding=1)
    np.testing.assert_array_equal(out[0, 0], [[1000.5, 2300 + 900.5], [40 + 7000.5, 9865.5]])
    out = kernels.conv2d(x, weight, bias, dilation=2)
    np.testing.assert_array_equal(out[0, 0], [[1 + 30 + 700 + 9000.5]])


@both
def test_a_group_of_maps_sees_its_own_channels_only(kernels: ModuleType):
    x = np.array([1.0, 2, 3, 4]).reshape(1, 4, 1, 1)
    weight = np.array([[1.0, 10], [100, 1000]]).reshape(2, 2, 1, 1)
    out = kernels.conv2d(x, weight, groups=2)
    np.testing.assert_array_equal(out.reshape(-1), [1 + 20, 300 + 4000])


@both
def test_gradients_by_hand(kernels: ModuleType):
    x = np.array([[1.0, 2, 3]]).reshape(1, 1, 1, 3)
    weight = np.array([[10.0, 20]]).reshape(1, 1, 1, 2)
    grad_out = np.array([[0.5, 0.25]]).reshape(1, 1, 1, 2)
    grads = kernels.conv2d_backward(grad_out, x, weight, np.zeros(1))
    grad_x, grad_weight, grad_bias = grads
    np.testing.assert_array_equal(grad_x.reshape(-1), [5, 20 * 0.5 + 10 * 0.25, 5])
    np.testing.assert_array_equal(grad_weight.reshape(-1), [0.5 + 0.5, 1 + 0.75])
    np.testing.assert_array_equal(grad_bias, [0.75])


@table
def test_forward_agrees_with_its_twin(x_shape, weight_shape, options, rng, dtype, close):
    x, weight, bias = draw(rng, dtype, x_shape, weight_shape, weight_shape[0])
    close(conv2d(x, weight, bias, **options), plain.conv2d(x, weight, bias, **options))
    close(conv2d(x, weight, **options), plain.conv2d(x, weight, **options))


@table
def test_backward_agrees_with_its_twin(x_shape, weight_shape, options, rng, dtype, close):
    x, weight, bias = draw(rng, dtype, x_shape, weight_shape, weight_shape[0])
    grad_out = draw(rng, dtype, conv2d(x, weight, **options).shape)[0]
    expected = plain.conv2d_backward(grad_out, x, weight, bias, **options)
    for actual, wanted in zip(
        conv2d_backward(grad_out, x, weight, bias, **options), expected, strict=True
    ):
        close(actual, wanted)


def test_without_a_bias_there_is_no_gradient_of_it(rng):
    x, weight, grad_out = draw(rng, np.float64, (1, 1, 4, 4), (1, 1, 3, 3), (1, 1, 2, 2))
    assert conv2d_backward(grad_out, x, weight)[2] is None


def test_forward_agrees_with_scipy(rng):
    x, weight = draw(rng, np.float64, (1, 1, 9, 8), (1, 1, 4, 3))
    expected = scipy.signal.correlate2d(x[0, 0], weight[0, 0], mode="valid")
    np.testing.assert_allclose(conv2d(x, weight)[0, 0], expected, rtol=1e-12)


@pytest.mark.parametrize(
    "name", ["no options", "everything", "depthwise", "kernel covers the input"]
)
def test_gradients_agree_with_differences(name, rng, check_gradients):
    x_shape, weight_shape, options = SHAPES[name]
    arrays = draw(rng, np.float64, x_shape, weight_shape, weight_shape[0])
    check_gradients(conv2d, conv2d_backward, *arrays, **options)


geometries = st.fixed_dictionaries(
    {
        "stride": st.tuples(st.integers(1, 3), st.integers(1, 3)),
        "padding": st.tuples(st.integers(0, 2), st.integers(0, 2)),
        "dilation": st.tuples(st.integers(1, 2), st.integers(1, 2)),
    }
)


@settings(deadline=None, max_examples=25)
@given(options=geometries, seed=st.integers(0, 1000))
def test_the_gradient_of_x_is_the_adjoint(options, seed):
    rng = np.random.default_rng(seed)
    x, weight = draw(rng, np.float64, (1, 2, 6, 7), (2, 2, 2, 3))
    out = conv2d(x, weight, **options)
    y = rng.standard_normal(out.shape)
    grad_x, grad_weight, _ = conv2d_backward(y, x, weight, **options)
    np.testing.assert_allclose(np.sum(out * y), np.sum(x * grad_x), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(np.sum(out * y), np.sum(weight * grad_weight), rtol=1e-9, atol=1e-9)


@settings(deadline=None, max_examples=15)
@given(options=geometries, a=st.floats(-3, 3), b=st.floats(-3, 3))
def test_it_is_linear_in_the_input_and_in_the_kernel(options, a, b):
    rng = np.random.default_rng(3)
    x, other, weight = draw(rng, np.float64, (1, 1, 5, 6), (1, 1, 5, 6), (2, 1, 2, 2))
    mixed = conv2d(a * x + b * other, weight, **options)
    expected = a * conv2d(x, weight, **options) + b * conv2d(other, weight, **options)
    np.testing.assert_allclose(mixed, expected, rtol=1e-9, atol=1e-9)
    doubled = conv2d(x, a * weight, **options)
    np.testing.assert_allclose(doubled, a * conv2d(x, weight, **options), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("stride", [1, 2])
def test_when_the_input_moves_by_a_stride_the_map_moves_by_a_pixel(stride, rng):
    x, weight = draw(rng, np.float64, (1, 2, 8, 10), (3, 2, 3, 3))
    moved = np.roll(x, (stride, stride), axis=(2, 3))
    out, moved_out = conv2d(x, weight, stride=stride), conv2d(moved, weight, stride=stride)
    np.testing.assert_allclose(moved_out[:, :, 1:, 1:], out[:, :, :-1, :-1], rtol=1e-12)


def test_float32_keeps_five_digits_over_a_whole_batch(rng):
    shapes = (32, 2, 10, 10), (3, 2, 5, 5), 3, (32, 3, 6, 6)
    x, weight, bias, grad_out = draw(rng, np.float32, *shapes)
    grad_out += 1
    wide = [array.astype(np.float64) for array in (x, weight, bias, grad_out)]
    actual = conv2d(x, weight, bias), *conv2d_backward(grad_out, x, weight, bias)
    expected = conv2d(*wide[:3]), *conv2d_backward(wide[3], *wide[:3])
    for narrow, exact in zip(actual, expected, strict=True):
        assert narrow.dtype == np.float32
        assert np.abs(narrow - exact).max() < 1e-5 * np.abs(exact).max()


def test_long_float32_sums_lose_no_digits():
    grad_out = np.full((2, 1, 200, 200), 0.1, np.float32)
    x, weight, bias = np.ones_like(grad_out), np.ones((1, 1, 1, 1), np.float32), np.zeros(1)
    _, grad_weight, grad_bias = conv2d_backward(grad_out, x, weight, bias.astype(np.float32))
    np.testing.assert_allclose(grad_weight, 8000, rtol=2e-5)
    np.testing.assert_allclose(grad_bias, 8000, rtol=2e-5)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_bad_pixel_reaches_the_cells_whose_window_holds_it_and_no_others(bad, rng):
    x, weight = draw(rng, np.float32, (1, 1, 6, 6), (1, 1, 3, 3))
    x[0, 0, 2, 5] = bad
    with np.errstate(all="ignore"):
        out = conv2d(x, weight)
    expected = np.ones((4, 4), bool)
    expected[:3, 3] = False
    np.testing.assert_array_equal(np.isfinite(out[0, 0]), expected)


def test_a_bad_gradient_stays_visible(rng):
    shapes = (1, 1, 5, 5), (1, 1, 2, 2), 1, (1, 1, 4, 4)
    x, weight, bias, grad_out = draw(rng, np.float32, *shapes)
    grad_out[0, 0, 1, 1] = np.nan
    grad_x, grad_weight, grad_bias = conv2d_backward(grad_out, x, weight, bias)
    assert np.argwhere(np.isnan(grad_x[0, 0])).tolist() == [[1, 1], [1, 2], [2, 1], [2, 2]]
    assert np.isnan(grad_weight).all()
    assert np.isnan(grad_bias).all()


def test_an_infinite_weight_on_the_padding_gives_nan_as_infinity_times_zero_does():
    x, weight = np.ones((1, 1, 2, 2)), np.full((1, 1, 3, 3), np.inf)
    for convolve in (conv2d, plain.conv2d):
        with np.errstate(all="ignore"):
            assert np.isnan(convolve(x, weight, padding=1)).all()


def test_views_and_read_only_arrays_work_and_are_left_alone(rng):
    wide, weight = draw(rng, np.float64, (2, 2, 6, 12), (3, 2, 3, 3))
    view = wide[:, :, ::-1, ::2]
    before = wide.copy()
    view.flags.writeable = weight.flags.writeable = False
    np.testing.assert_array_equal(conv2d(view, weight), conv2d(view.copy(), weight.copy()))
    np.testing.assert_array_equal(wide, before)


def lenet5_connections():
    """Which of the 16 maps of LeNet-5's third layer sees which of the 6 channels (Table I)."""
    table = np.zeros((16, 6), bool)
    for k in range(6):
        table[k, [k, (k + 1) % 6, (k + 2) % 6]] = True
        table[6 + k, [k, (k + 1) % 6, (k + 2) % 6, (k + 3) % 6]] = True
    for k in range(3):
        table[12 + k, [k, k + 1, k + 3, (k + 4) % 6]] = True
    table[15] = True
    return table


@both
def test_a_map_adds_up_the_channels_it_is_connected_to(kernels: ModuleType):
    x = np.array([1.0, 2, 3]).reshape(1, 3, 1, 1)
    weight = np.array([[1.0, 10, 100], [1, 10, 100]]).reshape(2, 3, 1, 1)
    connections = np.array([[True, False, True], [False, True, False]])
    out = kernels.conv2d(x, weight, connections=connections)
    np.testing.assert_array_equal(out.reshape(-1), [1 + 300, 20])
    grad_out = np.array([0.5, 0.25]).reshape(1, 2, 1, 1)
    grad_x, grad_weight, _ = kernels.conv2d_backward(grad_out, x, weight, connections=connections)
    np.testing.assert_array_equal(grad_x.reshape(-1), [0.5, 10 * 0.25, 100 * 0.5])
    np.testing.assert_array_equal(grad_weight.reshape(2, 3), [[0.5, 0, 1.5], [0, 0.5, 0]])


@both
def test_every_unit_may_have_its_own_bias(kernels: ModuleType):
    x, weight = np.ones((2, 1, 2, 3)), np.ones((1, 1, 2, 2))
    bias = np.array([[[0.5, -1]]])
    np.testing.assert_array_equal(kernels.conv2d(x, weight, bias)[1, 0], [[4.5, 3]])
    grad_out = np.array([[1.0, 2], [10, 20]]).reshape(2, 1, 1, 2)
    grad_bias = kernels.conv2d_backward(grad_out, x, weight, bias)[2]
    np.testing.assert_array_equal(grad_bias, [[[1 + 10, 2 + 20]]])


# x, weight, options
CONNECTED = {
    "no options": ((2, 3, 6, 5), (4, 3, 3, 2), {}),
    "one pixel": ((1, 1, 1, 1), (2, 1, 1, 1), {}),
    "one row, one column": ((2, 3, 1, 5), (2, 3, 1, 5), {"padding": (0, 2)}),
    "everything": (
        (2, 3, 7, 6),
        (4, 3, 3, 2),
        {"stride": (2, 3), "padding": (2, 1), "dilation": (1, 2)},
    ),
    "kernel covers the input": ((3, 2, 4, 5), (5, 2, 4, 5), {}),
    "empty batch": ((0, 2, 5, 5), (3, 2, 2, 2), {}),
}
connected = pytest.mark.parametrize(
    ("x_shape", "weight_shape", "options"), CONNECTED.values(), ids=CONNECTED
)


@connected
@pytest.mark.parametrize("table", ["all connected", "some", "none"])
@pytest.mark.parametrize("bias_of", ["map", "unit"])
def test_connections_and_both_kinds_of_bias_agree_with_their_twin(
    x_shape, weight_shape, options, table, bias_of, rng, dtype, close
):
    x, weight = draw(rng, dtype, x_shape, weight_shape)
    shape = conv2d(x, weight, **options).shape
    bias_shape = shape[1:] if bias_of == "unit" else shape[1:2]
    bias, grad_out = draw(rng, dtype, bias_shape, shape)
    connections = {
        "all connected": None,
        "some": rng.random(weight_shape[:2]) < 0.5,
        "none": np.zeros(weight_shape[:2], bool),
    }[table]
    options = {**options, "connections": connections}
    close(conv2d(x, weight, bias, **options), plain.conv2d(x, weight, bias, **options))
    actual = conv2d_backward(grad_out, x, weight, bias, **options)
    expected = plain.conv2d_backward(grad_out, x, weight, bias, **options)
    for ours, theirs in zip(actual, expected, strict=True):
        close(ours, theirs)


@pytest.mark.parametrize("name", ["no options", "everything", "kernel covers the input"])
def test_gradients_over_connections_agree_with_differences(name, rng, check_gradients):
    x_shape, weight_shape, options = CONNECTED[name]
    x, weight = draw(rng, np.float64, x_shape, weight_shape)
    bias = rng.standard_normal(conv2d(x, weight, **options).shape[1:])
    connections = np.arange(len(weight) * x_shape[1]).reshape(weight_shape[:2]) % 3 > 0
    check_gradients(conv2d, conv2d_backward, x, weight, bias, **options, connections=connections)


def test_lenet5s_third_layer_has_1516_parameters_and_151600_connections(rng):
    connections = lenet5_connections()
    assert connections.sum() * 5 * 5 + 16 == 1516
    x, weight, bias = draw(rng, np.float64, (1, 6, 14, 14), (16, 6, 5, 5), 16)
    out = conv2d(x, weight, bias, connections=connections)
    assert out[0, 0].size * 1516 == 151_600
    absent_are_zero = np.where(connections[:, :, np.newaxis, np.newaxis], weight, 0)
    np.testing.assert_allclose(out, conv2d(x, absent_are_zero, bias), rtol=1e-12, atol=1e-12)


def test_two_blocks_of_connections_are_two_groups(rng):
    x, grouped, grad_out = draw(rng, np.float64, (2, 4, 5, 5), (6, 2, 3, 3), (2, 6, 3, 3))
    connections = np.kron(np.eye(2), np.ones((3, 2))) > 0
    dense = np.full((6, 4, 3, 3), np.nan)
    dense[connections] = grouped.reshape(12, 3, 3)
    out = conv2d(x, dense, connections=connections)
    np.testing.assert_allclose(out, conv2d(x, grouped, groups=2), rtol=1e-12, atol=1e-12)
    grad_x, grad_dense, _ = conv2d_backward(grad_out, x, dense, connections=connections)
    grad_x_of_groups, grad_grouped, _ = conv2d_backward(grad_out, x, grouped, groups=2)
    np.testing.assert_allclose(grad_x, grad_x_of_groups, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(
        grad_dense[connections], grad_grouped.reshape(12, 3, 3), rtol=1e-12, atol=1e-12
    )
    np.testing.assert_array_equal(grad_dense[~connections], 0)


@both
@pytest.mark.parametrize("size", [3, 4], ids=["kernel covers the input", "kernel slides"])
def test_nothing_crosses_where_there_is_no_connection(kernels: ModuleType, size, rng):
    x, weight, grad_out = draw(rng, np.float32, (2, 3, size, size), (2, 3, 3, 3), (2, 2))
    grad_out = np.tile(grad_out.reshape(2, 2, 1, 1), (size - 2, size - 2))
    connections = np.array([[True, False, True], [True, True, True]])
    # channel 1 and all that belongs to it, map 1 and all that belongs to it, are bad
    x[:, 1], weight[0, 1], weight[1], grad_out[:, 1] = np.inf, np.nan, -np.inf, np.nan
    with np.errstate(all="ignore"):
        out = kernels.conv2d(x, weight, connections=connections)
        grads = kernels.conv2d_backward(grad_out, x, weight, connections=connections)
    assert np.isfinite(out[:, 0]).all()
    assert not np.isfinite(out[:, 1]).any()
    grad_weight = grads[1]
    assert np.isfinite(grad_weight[0]).all()
    assert (grad_weight[0, 1] == 0).all()
    # without map 1, channel 1 has no connection left
    with np.errstate(all="ignore"):
        grad_x, _, _ = kernels.conv2d_backward(
            grad_out, x, weight, connections=connections & [[True], [False]]
        )
    assert np.isfinite(grad_x).all()
    assert (grad_x[:, 1] == 0).all()


def test_a_bad_bias_stays_in_its_unit(rng):
    x, weight = draw(rng, np.float32, (1, 1, 4, 4), (1, 1, 3, 3))
    bias = np.zeros((1, 2, 2), np.float32)
    bias[0, 1, 0] = np.nan
    out = conv2d(x, weight, bias)
    np.testing.assert_array_equal(np.isfinite(out[0, 0]), [[True, True], [False, True]])


def test_a_bias_for_each_unit_that_is_the_same_everywhere_is_a_bias_of_the_map(rng):
    x, weight, bias, grad_out = draw(rng, np.float64, (2, 2, 6, 7), (3, 2, 3, 3), 3, (2, 3, 4, 5))
    by_unit = np.broadcast_to(bias.reshape(3, 1, 1), (3, 4, 5))
    np.testing.assert_allclose(conv2d(x, weight, by_unit), conv2d(x, weight, bias), rtol=1e-12)
    of_units = conv2d_backward(grad_out, x, weight, by_unit)[2]
    of_maps = conv2d_backward(grad_out, x, weight, bias)[2]
    np.testing.assert_allclose(of_units.sum(axis=(1, 2)), of_maps, rtol=1e-12)


def zeros(*shape, dtype=np.float32):
    return np.zeros(shape, dtype)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            (zeros(1, 1, 3, 9), zeros(1, 1, 5, 5)),
            r"conv2d: height 3 with kernel 5, padding 0, dilation 1, stride 1 gives "
            r"floor\(\(3 \+ 2·0 − 1·\(5 − 1\) − 1\) / 1\) \+ 1 = −1: at least 1",
        ),
        (
            (zeros(1, 1, 9, 4), zeros(1, 1, 3, 3), None, 2, (0, 1), (1, 3)),
            r"width 4 with kernel 3, padding 1, dilation 3, stride 2 gives .* = 0",
        ),
        ((zeros(1, 3, 9, 9), zeros(8, 4, 5, 5)), r"weight has shape \(8, 4, 5, 5\); x has 3 ch"),
        ((zeros(1, 3, 9, 9), zeros(8, 3, 0, 5)), r"\(8, 3, 0, 5\).*each at least 1"),
        ((zeros(1, 4, 9, 9), zeros(6, 1, 5, 5), None, 1, 0, 1, 4), r"4 channels and 6 maps"),
        ((zeros(3, 9, 9), zeros(8, 3, 5, 5)), r"x has shape \(3, 9, 9\).*\(n,c,h,w\)"),
        ((zeros(1, 1, 9, 9), zeros(2, 1, 3, 3), zeros(3)), r"bias has shape \(3,\); \(2,\) is"),
        ((zeros(1, 1, 9, 9, dtype=np.int64), zeros(2, 1, 3, 3)), r"x is int64; float32 and"),
        (
            (zeros(1, 1, 9, 9), zeros(2, 1, 3, 3, dtype=np.float64)),
            r"x is float32, weight is float64; one dtype",
        ),
        ((zeros(1, 1, 9, 9), zeros(2, 1, 3, 3), None, 0), r"stride is 0; .* at least 1"),
        ((zeros(1, 1, 9, 9), zeros(2, 1, 3, 3), None, (1, 2, 3)), r"stride is \(1, 2, 3\); .*pair"),
        ((zeros(1, 1, 9, 9), zeros(2, 1, 3, 3), None, 1, -1), r"padding is -1; .* at least 0"),
        ((zeros(1, 1, 9, 9), zeros(2, 1, 3, 3), None, 1, 0, 1.5), r"dilation is 1.5; an integer"),
        ((zeros(1, 1, 9, 9), zeros(2, 1, 3, 3), None, 1, 0, 1, 0), r"groups is 0; .* at least 1"),
        (
            (zeros(1, 1, 9, 9), zeros(2, 1, 3, 3), zeros(2, 9, 9)),
            r"bias has shape \(2, 9, 9\); \(2,\) is needed, or \(2, 7, 7\) for one bias a unit",
        ),
        (
            (zeros(1, 2, 9, 9), zeros(2, 2, 3, 3), None, 1, 0, 1, 1, np.ones((2, 2))),
            r"connections are float64; bool is allowed",
        ),
        (
            (zeros(1, 2, 9, 9), zeros(3, 2, 3, 3), None, 1, 0, 1, 1, np.ones((2, 3), bool)),
            r"connections has shape \(2, 3\); \(3, 2\) is needed",
        ),
        (
            (zeros(1, 2, 9, 9), zeros(2, 1, 3, 3), None, 1, 0, 1, 2, np.ones((2, 2), bool)),
            r"groups is 2 and connections are given; .* groups=1 only",
        ),
    ],
)
def test_what_does_not_fit_is_refused_with_its_numbers(arguments, message):
    with pytest.raises(ValueError, match=message):
        conv2d(*arguments)


def test_a_gradient_of_another_shape_or_dtype_is_refused():
    x, weight = zeros(1, 1, 9, 9), zeros(2, 1, 3, 3)
    with pytest.raises(ValueError, match=r"grad_out has shape \(1, 2, 9, 9\); \(1, 2, 7, 7\)"):
        conv2d_backward(zeros(1, 2, 9, 9), x, weight)
    with pytest.raises(ValueError, match="grad_out is float64, x is float32"):
        conv2d_backward(zeros(1, 2, 7, 7, dtype=np.float64), x, weight)
