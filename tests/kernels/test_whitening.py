from math import sqrt
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tuiconv_kernels
from tuiconv_kernels import fit_whitening, plain, whiten, whiten_backward

both = pytest.mark.parametrize("kernels", [tuiconv_kernels, plain], ids=["kernel", "plain"])

EPS = 1e-5


def mixed(rng: np.random.Generator, rows: int, features: int) -> np.ndarray:
    """Data with correlated features of unequal size and a mean."""
    return 3 + rng.standard_normal((rows, features)) @ rng.standard_normal((features, features))


@both
def test_uncorrelated_features_are_divided_by_their_deviation(kernels: ModuleType):
    x = np.array([[7.0, 1], [3, 1], [5, 4], [5, -2]])
    whitening = kernels.fit_whitening(x, EPS)
    np.testing.assert_allclose(whitening.mean, [5, 1])
    first, second = 1 / sqrt((4 + 4) / 3 + EPS), 1 / sqrt((9 + 9) / 3 + EPS)
    np.testing.assert_allclose(whitening.matrix, [[first, 0], [0, second]], atol=1e-15)
    out = kernels.whiten(np.array([[6.0, 3.0]]), whitening)
    np.testing.assert_allclose(out, [[(6 - 5) * first, (3 - 1) * second]])


@both
def test_two_correlated_features_by_hand(kernels: ModuleType):
    x = np.array([[3.0, 1], [-3, -1], [1, 3], [-1, -3]])
    variance, covariance = (9 + 9 + 1 + 1) / 3, (3 + 3 + 3 + 3) / 3
    # the sum of both is the variance along (1, 1), the difference that along (1, −1)
    along, across = 1 / sqrt(variance + covariance + EPS), 1 / sqrt(variance - covariance + EPS)
    expected = np.array([[along + across, along - across], [along - across, along + across]]) / 2
    np.testing.assert_allclose(kernels.fit_whitening(x, EPS).matrix, expected)


@both
def test_the_gradient_goes_back_through_the_same_matrix(kernels: ModuleType):
    x = np.array([[1.0, 1], [-1, -1], [1, -1], [0, 0]])
    whitening = kernels.fit_whitening(x)
    grad_x = kernels.whiten_backward(np.array([[1.0, 0]]), x[:1], whitening)
    np.testing.assert_allclose(grad_x, whitening.matrix[:1])


@pytest.mark.parametrize("shape", [(2, 1), (7, 3), (3, 5), (6, 1, 2, 3)], ids=str)
def test_it_agrees_with_its_twin(shape, rng, dtype, close):
    x = rng.normal(2, 3, shape).astype(dtype)
    ours, theirs = fit_whitening(x, 0.1), plain.fit_whitening(x, 0.1)
    close(ours.mean, theirs.mean)
    close(ours.matrix, theirs.matrix)
    close(whiten(x, ours), plain.whiten(x, ours))
    grad_out = rng.standard_normal(shape).astype(dtype)
    close(whiten_backward(grad_out, x, ours), plain.whiten_backward(grad_out, x, ours))


@given(features=st.integers(1, 6), seed=st.integers(0, 1000))
def test_whitened_data_have_the_identity_as_covariance_and_no_mean(features, seed):
    x = mixed(np.random.default_rng(seed), 50, features)
    variances, directions = np.linalg.eigh(np.cov(x.T).reshape(features, features))
    white = whiten(x, fit_whitening(x, EPS))
    # up to eps: 1 becomes variance / (variance + eps)
    expected = directions * (variances / (variances + EPS)) @ directions.T
    np.testing.assert_allclose(np.cov(white.T).reshape(expected.shape), expected, atol=1e-6)
    np.testing.assert_allclose(white.mean(axis=0), 0, atol=1e-6)


def test_no_rotation_of_the_whitened_data_is_nearer_to_the_data(rng):
    x = mixed(rng, 100, 4)
    white, centred = whiten(x, fit_whitening(x)), x - x.mean(axis=0)
    moved = np.sum((white - centred) ** 2)
    for _ in range(20):
        rotation, _ = np.linalg.qr(rng.standard_normal((4, 4)))
        assert np.sum((white @ rotation - centred) ** 2) > moved


def test_the_matrix_is_its_own_transpose_to_the_last_bit(rng):
    matrix = fit_whitening(mixed(rng, 30, 17)).matrix
    np.testing.assert_array_equal(matrix, matrix.T)


def test_gradients_agree_with_differences(rng, check_gradients):
    whitening = fit_whitening(rng.standard_normal((20, 2, 3)))
    check_gradients(whiten, whiten_backward, rng.standard_normal((2, 2, 3)), whitening=whitening)


def test_whitening_is_linear_in_what_it_centred_and_its_gradient_the_adjoint(rng):
    whitening = fit_whitening(mixed(rng, 20, 5))
    x, y = rng.standard_normal((2, 3, 5))
    out = whiten(x + whitening.mean, whitening)
    grad_x = whiten_backward(y, x, whitening)
    np.testing.assert_allclose(np.sum(out * y), np.sum(x * grad_x))


def test_what_does_not_vary_becomes_zero_and_nothing_infinite(rng):
    x = rng.standard_normal((4, 9)).astype(np.float32)  # fewer rows than features
    x[:, 3] = 0.1
    white = whiten(x, fit_whitening(x))
    assert np.isfinite(white).all()
    np.testing.assert_allclose(white[:, 3], 0, atol=1e-4)


def test_a_whitened_image_is_an_image_of_the_same_dtype(rng, dtype):
    x = rng.standard_normal((10, 2, 3, 3)).astype(dtype)
    whitening = fit_whitening(x)
    assert whitening.mean.shape == (2, 3, 3)
    out = whiten(x[:4], whitening)
    assert out.shape == (4, 2, 3, 3)
    assert out.dtype == dtype
    assert whiten(x[:0], whitening).shape == (0, 2, 3, 3)


def test_data_in_several_stretches_are_whitened_like_one(rng, monkeypatch, close):
    x = mixed(rng, 11, 3)
    whole = fit_whitening(x)
    white = whiten(x, whole)
    monkeypatch.setattr("tuiconv_kernels.whitening.STRETCH", 4)
    close(fit_whitening(x).matrix, whole.matrix)
    close(whiten(x, whole), white)


def test_float32_pixels_of_great_brightness_lose_no_digits(rng):
    x = (10_000 + rng.standard_normal((300, 3))).astype(np.float32)
    white = whiten(x, fit_whitening(x))
    np.testing.assert_allclose(np.cov(white.T), np.eye(3), atol=1e-4)


@both
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_bad_value_spoils_its_own_row_only(kernels: ModuleType, rng, bad):
    x = mixed(rng, 6, 3)
    whitening = kernels.fit_whitening(x)
    x[2, 1] = bad
    assert (
        np.isfinite(kernels.whiten(x, whitening)).all(axis=1).tolist()
        == [True] * 2 + [False] + [True] * 3
    )


def test_views_and_read_only_arrays_work(rng):
    view = rng.standard_normal((12, 8))[::2, ::-2]
    view.flags.writeable = False
    whitening = fit_whitening(view)
    np.testing.assert_array_equal(whitening.matrix, fit_whitening(view.copy()).matrix)
    np.testing.assert_array_equal(whiten(view, whitening), whiten(view.copy(), whitening))


X = np.zeros((4, 3))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((X[:1],), r"x has shape \(1, 3\); .* at least 2 rows"),
        ((X[0],), r"x has shape \(3,\)"),
        ((X[:, :0],), r"x has shape \(4, 0\); .* at least 1 value"),
        ((X.astype(int),), "x is int64; float32 and float64"),
        ((np.where(np.eye(4, 3) == 1, np.nan, 0),), r"x\[0, 0\] is nan; finite"),
        ((X, 0), "eps is 0; a number above 0"),
        ((X, -1.0), "eps is -1.0"),
    ],
)
def test_data_that_cannot_be_fitted_are_refused(arguments, message):
    with pytest.raises(ValueError, match=f"fit_whitening: {message}"):
        fit_whitening(*arguments)


def test_rows_of_another_shape_are_refused(rng):
    whitening = fit_whitening(rng.standard_normal((5, 2, 3)))
    x = np.zeros((4, 2, 3))
    with pytest.raises(ValueError, match=r"whiten: x has shape \(4, 6\); \(4, 2, 3\) is needed"):
        whiten(x.reshape(4, 6), whitening)
    with pytest.raises(ValueError, match=r"whiten_backward: grad_out has shape \(3, 2, 3\)"):
        whiten_backward(x[:3], x, whitening)
    with pytest.raises(ValueError, match="grad_out is float32, x is float64"):
        whiten_backward(x.astype(np.float32), x, whitening)
