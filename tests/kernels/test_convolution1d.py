from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tuiconv_kernels
from tuiconv_kernels import conv1d, conv1d_backward, plain

both = pytest.mark.parametrize("kernels", [tuiconv_kernels, plain], ids=["kernel", "plain"])

# x, weight, options
SHAPES = {
    "no options": ((2, 3, 7), (4, 3, 3), {}),
    "one value": ((1, 1, 1), (1, 1, 1), {}),
    "kernel covers the input": ((3, 2, 5), (4, 2, 5), {}),
    "kernel of one": ((2, 3, 5), (2, 3, 1), {}),
    "stride beyond the kernel": ((2, 2, 9), (3, 2, 2), {"stride": 3}),
    "padding": ((2, 2, 4), (3, 2, 3), {"padding": 2}),
    "dilation": ((2, 2, 9), (3, 2, 3), {"dilation": 3}),
    "two groups": ((2, 4, 6), (6, 2, 3), {"groups": 2}),
    "causal": ((2, 3, 6), (4, 3, 3), {"padding": "causal"}),
    "causal, one value": ((2, 3, 1), (4, 3, 3), {"padding": "causal"}),
    "causal, kernel of one": ((2, 2, 4), (3, 2, 1), {"padding": "causal", "dilation": 2}),
    "causal and dilated": ((2, 2, 7), (3, 2, 2), {"padding": "causal", "dilation": 4}),
    "everything": (
        (2, 4, 11),
        (6, 2, 3),
        {"stride": 2, "padding": "causal", "dilation": 2, "groups": 2},
    ),
    "empty batch": ((0, 2, 5), (3, 2, 2), {"padding": "causal"}),
}
table = pytest.mark.parametrize(("x_shape", "weight_shape", "options"), SHAPES.values(), ids=SHAPES)


def draw(rng, dtype, *shapes):
    return [rng.standard_normal(shape).astype(dtype) for shape in shapes]


@both
def test_a_kernel_slides_along_a_signal_by_hand(kernels: ModuleType):
    x = np.array([1.0, 2, 3, 4]).reshape(1, 1, 4)
    weight = np.array([1.0, 10]).reshape(1, 1, 2)
    bias = np.array([0.5])
    out = kernels.conv1d(x, weight, bias)
    np.testing.assert_array_equal(out.reshape(-1), [21.5, 32.5, 43.5])
    out = kernels.conv1d(x, weight, bias, stride=2, padding=1)
    np.testing.assert_array_equal(out.reshape(-1), [10.5, 32.5, 4.5])
    out = kernels.conv1d(x, weight, bias, dilation=2)
    np.testing.assert_array_equal(out.reshape(-1), [31.5, 42.5])


@both
def test_with_causal_padding_the_last_tap_lies_on_the_present(kernels: ModuleType):
    x = np.array([1.0, 2, 3, 4]).reshape(1, 1, 4)
    weight = np.array([1.0, 10]).reshape(1, 1, 2)
    out = kernels.conv1d(x, weight, padding="causal")
    np.testing.assert_array_equal(out.reshape(-1), [10, 1 + 20, 2 + 30, 3 + 40])
    out = kernels.conv1d(x, weight, padding="causal", dilation=2)
    np.testing.assert_array_equal(out.reshape(-1), [10, 20, 1 + 30, 2 + 40])
    out = kernels.conv1d(x, weight, padding="causal", stride=3)
    np.testing.assert_array_equal(out.reshape(-1), [10, 3 + 40])


@both
def test_gradients_by_hand(kernels: ModuleType):
    x = np.array([1.0, 2, 3]).reshape(1, 1, 3)
    weight = np.array([10.0, 20]).reshape(1, 1, 2)
    grad_out = np.array([0.5, 0.25, 2]).reshape(1, 1, 3)
    grad_x, grad_weight, grad_bias = kernels.conv1d_backward(
        grad_out, x, weight, np.zeros(1), padding="causal"
    )
    np.testing.assert_array_equal(grad_x.reshape(-1), [10 + 2.5, 5 + 20, 40])
    np.testing.assert_array_equal(grad_weight.reshape(-1), [0.25 + 4, 0.5 + 0.5 + 6])
    np.testing.assert_array_equal(grad_bias, [2.75])


@table
def test_forward_agrees_with_its_twin(x_shape, weight_shape, options, rng, dtype, close):
    x, weight, bias = draw(rng, dtype, x_shape, weight_shape, weight_shape[0])
    close(conv1d(x, weight, bias, **options), plain.conv1d(x, weight, bias, **options))
    close(conv1d(x, weight, **options), plain.conv1d(x, weight, **options))


@table
def test_backward_agrees_with_its_twin(x_shape, weight_shape, options, rng, dtype, close):
    x, weight, bias = draw(rng, dtype, x_shape, weight_shape, weight_shape[0])
    grad_out = draw(rng, dtype, conv1d(x, weight, **options).shape)[0]
    expected = plain.conv1d_backward(grad_out, x, weight, bias, **options)
    actual = conv1d_backward(grad_out, x, weight, bias, **options)
    for ours, theirs in zip(actual, expected, strict=True):
        close(ours, theirs)
        assert ours.flags.c_contiguous


def test_without_a_bias_there_is_no_gradient_of_it(rng):
    x, weight, grad_out = draw(rng, np.float64, (1, 1, 4), (1, 1, 3), (1, 1, 2))
    assert conv1d_backward(grad_out, x, weight)[2] is None


def test_forward_agrees_with_numpy(rng):
    x, weight = draw(rng, np.float64, (1, 1, 9), (1, 1, 4))
    expected = np.correlate(x[0, 0], weight[0, 0], mode="valid")
    np.testing.assert_allclose(conv1d(x, weight)[0, 0], expected, rtol=1e-12)


@pytest.mark.parametrize("name", ["no options", "padding", "causal", "everything"])
def test_gradients_agree_with_differences(name, rng, check_gradients):
    x_shape, weight_shape, options = SHAPES[name]
    arrays = draw(rng, np.float64, x_shape, weight_shape, weight_shape[0])
    check_gradients(conv1d, conv1d_backward, *arrays, **options)


geometries = st.fixed_dictionaries(
    {
        "stride": st.integers(1, 3),
        "padding": st.sampled_from([0, 1, 2, "causal"]),
        "dilation": st.integers(1, 3),
    }
)


@settings(deadline=None, max_examples=25)
@given(options=geometries, seed=st.integers(0, 1000))
def test_the_gradients_are_the_adjoints(options, seed):
    rng = np.random.default_rng(seed)
    x, weight = draw(rng, np.float64, (2, 2, 9), (3, 2, 3))
    out = conv1d(x, weight, **options)
    y = rng.standard_normal(out.shape)
    grad_x, grad_weight, _ = conv1d_backward(y, x, weight, **options)
    np.testing.assert_allclose(np.sum(out * y), np.sum(x * grad_x), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(np.sum(out * y), np.sum(weight * grad_weight), rtol=1e-9, atol=1e-9)


@settings(deadline=None, max_examples=40)
@given(
    present=st.integers(0, 11),
    kernel=st.integers(1, 4),
    dilation=st.integers(1, 4),
    stride=st.integers(1, 3),
    bad=st.sampled_from([1.0, np.inf, np.nan]),
)
def test_a_causal_output_does_not_change_when_the_future_does(
    present, kernel, dilation, stride, bad
):
    rng = np.random.default_rng(5)
    x, weight = draw(rng, np.float64, (1, 2, 12), (3, 2, kernel))
    options = {"padding": "causal", "dilation": dilation, "stride": stride}
    changed = x.copy()
    changed[:, :, present] += bad
    out = conv1d(x, weight, **options)
    with np.errstate(all="ignore"):
        changed_out = conv1d(changed, weight, **options)
    assert out.shape[2] == len(range(0, 12, stride))
    for t in range(out.shape[2]):
        # the times that output t looks at
        seen = [t * stride - k * dilation for k in range(kernel)]
        if present in seen:
            assert (changed_out[:, :, t] != out[:, :, t]).all()
        else:
            np.testing.assert_array_equal(changed_out[:, :, t], out[:, :, t])


def test_causal_layers_of_doubling_dilation_see_sixteen_steps_back():
    x = np.zeros((1, 1, 40))
    x[0, 0, 10] = 1
    for dilation in (1, 2, 4, 8):
        x = conv1d(x, np.ones((1, 1, 2)), padding="causal", dilation=dilation)
    assert np.flatnonzero(x).tolist() == list(range(10, 26))


def test_views_and_read_only_arrays_work_and_are_left_alone(rng):
    wide, weight = draw(rng, np.float64, (2, 2, 12), (3, 2, 3))
    view = wide[:, :, ::-2]
    before = wide.copy()
    view.flags.writeable = weight.flags.writeable = False
    for padding in (1, "causal"):
        out = conv1d(view, weight, padding=padding)
        np.testing.assert_array_equal(out, conv1d(view.copy(), weight.copy(), padding=padding))
    np.testing.assert_array_equal(wide, before)


def zeros(*shape, dtype=np.float32):
    return np.zeros(shape, dtype)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            (zeros(1, 1, 4), zeros(1, 1, 3), None, 2, 0, 2),
            r"length 4 with kernel 3, padding 0, dilation 2, stride 2 gives "
            r"floor\(\(4 \+ 2·0 − 2·\(3 − 1\) − 1\) / 2\) \+ 1 = 0: at least 1",
        ),
        ((zeros(1, 1, 0), zeros(1, 1, 1), None, 1, "causal"), r"x has shape \(1, 1, 0\); a length"),
        (
            (zeros(1, 3, 9), zeros(8, 4, 5)),
            r"weight has shape \(8, 4, 5\); x has 3 channels in groups=1, so \(maps, 3, kernel\)",
        ),
        ((zeros(1, 4, 9), zeros(6, 1, 5), None, 1, 0, 1, 4), r"4 channels and 6 maps"),
        ((zeros(1, 1, 1, 9), zeros(1, 1, 3)), r"x has shape \(1, 1, 1, 9\).*\(n,c,length\)"),
        ((zeros(1, 1, 9), zeros(1, 1, 1, 3)), r"weight has shape \(1, 1, 1, 3\).*\(o,c,k\)"),
        ((zeros(1, 1, 9), zeros(2, 1, 3), zeros(3)), r"bias has shape \(3,\); \(2,\) is needed"),
        ((zeros(1, 1, 9, dtype=np.int64), zeros(2, 1, 3)), r"x is int64; float32 and float64"),
        ((zeros(1, 1, 9), zeros(2, 1, 3, dtype=np.float64)), r"x is float32, weight is float64"),
        ((zeros(1, 1, 9), zeros(2, 1, 3), None, 0), r"stride is 0; .* at least 1"),
        ((zeros(1, 1, 9), zeros(2, 1, 3), None, (1, 2)), r"stride is \(1, 2\); an integer"),
        ((zeros(1, 1, 9), zeros(2, 1, 3), None, 1, -1), r"padding is -1; .* at least 0"),
        (
            (zeros(1, 1, 9), zeros(2, 1, 3), None, 1, "same"),
            r"padding is 'same'; an integer of at least 0 or 'causal' is needed",
        ),
        ((zeros(1, 1, 9), zeros(2, 1, 3), None, 1, 0, 0), r"dilation is 0; .* at least 1"),
        ((zeros(1, 1, 9), zeros(2, 1, 3), None, 1, 0, 1, 0), r"groups is 0; .* at least 1"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_numbers(arguments, message):
    with pytest.raises(ValueError, match=f"conv1d: {message}"):
        conv1d(*arguments)


def test_a_gradient_of_another_shape_or_dtype_is_refused():
    x, weight = zeros(1, 1, 9), zeros(2, 1, 3)
    with pytest.raises(
        ValueError, match=r"conv1d_backward: grad_out has shape \(1, 2, 9\); \(1, 2, 7\)"
    ):
        conv1d_backward(zeros(1, 2, 9), x, weight)
    with pytest.raises(ValueError, match="grad_out is float64, x is float32"):
        conv1d_backward(zeros(1, 2, 7, dtype=np.float64), x, weight)
    with pytest.raises(ValueError, match=r"grad_out has shape \(1, 2, 1, 7\).*\(n,o,length\)"):
        conv1d_backward(zeros(1, 2, 1, 7), x, weight)
