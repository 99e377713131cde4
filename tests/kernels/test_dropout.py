from types import ModuleType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tuiconv_kernels
from tuiconv_kernels import dropout, dropout_backward, plain

both = pytest.mark.parametrize("kernels", [tuiconv_kernels, plain], ids=["kernel", "plain"])
scalings = pytest.mark.parametrize("scaling", ["inverted", "classic"])
probabilities = st.floats(0, 1)
seeds = st.integers(0, 2**64 - 1)


@both
def test_the_coins_are_the_published_numbers_of_splitmix64(kernels: ModuleType):
    # the first five numbers after the seed 1234567, as other implementations list them
    coins = (
        np.array(
            [
                6457827717110365317,
                3203168211198807973,
                9817491932198370423,
                4593380528125082431,
                16408922859458223821,
            ],
            np.float64,
        )
        / 2**64
    )
    x = np.arange(1.0, 6)
    for p in (0.1, 0.2, 0.3, 0.5, 0.6, 0.9):
        out = kernels.dropout(x, p, seed=1234567, scaling="classic")
        np.testing.assert_array_equal(out, np.where(coins < p, 0, x))


@both
def test_in_training_inverted_scaling_divides_what_is_kept(kernels: ModuleType):
    # the coins of the seed 1234567 are about 0.35, 0.17, 0.53, 0.25 and 0.89
    x = np.array([1.0, 2, 3, 4, 5])
    out = kernels.dropout(x, 0.5, seed=1234567)
    np.testing.assert_array_equal(out, [0, 0, 3 / 0.5, 0, 5 / 0.5])
    out = kernels.dropout(x, 0.2, seed=1234567)
    np.testing.assert_array_equal(out, np.array([1, 0, 3, 4, 5]) / 0.8)


@both
def test_in_evaluation_classic_scaling_multiplies_and_inverted_does_nothing(kernels: ModuleType):
    x = np.array([1.0, 2, 3])
    out = kernels.dropout(x, 0.25, training=False, seed=0, scaling="classic")
    np.testing.assert_array_equal(out, 0.75 * x)
    np.testing.assert_array_equal(kernels.dropout(x, 0.25, training=False, seed=0), x)


@both
@scalings
@pytest.mark.parametrize("training", [True, False])
def test_dropping_nothing_returns_the_input_and_dropping_everything_none_of_it(
    kernels: ModuleType, scaling, training, rng
):
    x = rng.standard_normal(200)
    options = {"training": training, "seed": 3, "scaling": scaling}
    np.testing.assert_array_equal(kernels.dropout(x, 0, **options), x)
    all_dropped = training or scaling == "classic"
    np.testing.assert_array_equal(kernels.dropout(x, 1, **options), 0 * x if all_dropped else x)


@scalings
@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("shape", [(3, 2, 4, 5), (7,), (), (0, 3)])
def test_it_agrees_with_its_twin_on_any_shape(scaling, training, shape, rng, dtype, close):
    x = np.asarray(rng.standard_normal(shape), dtype)
    grad_out = np.asarray(rng.standard_normal(shape), dtype)
    options = {"p": 0.3, "training": training, "seed": 2**64 - 1, "scaling": scaling}
    close(dropout(x, **options), plain.dropout(x, **options))
    close(dropout_backward(grad_out, x, **options), plain.dropout_backward(grad_out, x, **options))


@scalings
@pytest.mark.parametrize("training", [True, False])
def test_gradients_agree_with_differences(scaling, training, rng, check_gradients):
    x = rng.standard_normal((3, 4))
    options = {"p": 0.4, "training": training, "seed": 5, "scaling": scaling}
    check_gradients(dropout, dropout_backward, x, **options)


@given(p=probabilities, seed=seeds, scaling=st.sampled_from(["inverted", "classic"]))
def test_it_is_linear_and_its_own_adjoint(p, seed, scaling):
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((2, 3, 5))
    out = dropout(x, p, seed=seed, scaling=scaling)
    np.testing.assert_array_equal(dropout(-2 * x, p, seed=seed, scaling=scaling), -2 * out)
    grad_x = dropout_backward(y, x, p, seed=seed, scaling=scaling)
    np.testing.assert_allclose(np.sum(out * y), np.sum(x * grad_x), rtol=1e-12)


@given(seed=seeds, probabilities=st.tuples(probabilities, probabilities))
def test_what_a_small_probability_drops_a_larger_one_drops_too(seed, probabilities):
    smaller, larger = sorted(probabilities)
    kept_by_smaller = dropout(np.ones(50), smaller, seed=seed) != 0
    kept_by_larger = dropout(np.ones(50), larger, seed=seed) != 0
    assert (kept_by_smaller | ~kept_by_larger).all()


@given(seed=seeds)
def test_a_mask_depends_on_the_seed_alone_not_on_values_dtype_or_axes(seed):
    mask = dropout(np.ones(24), seed=seed) != 0
    values = np.arange(1, 25, dtype=np.float32).reshape(2, 3, 4)
    np.testing.assert_array_equal((dropout(values, seed=seed) != 0).reshape(-1), mask)
    np.testing.assert_array_equal(dropout(np.ones(1000), seed=seed)[:24] != 0, mask)


@pytest.mark.parametrize("seed", [0, 1, 2**32, 2**63 + 1])
@pytest.mark.parametrize("p", [0.1, 0.5, 0.8])
def test_a_share_of_about_p_is_dropped_and_the_mean_survives(p, seed):
    x = np.full(3000, 5.0)
    out = dropout(x, p, seed=seed)
    # five standard deviations of a binomial share
    tolerance = 5 * np.sqrt(p * (1 - p) / x.size)
    assert np.mean(out == 0) == pytest.approx(p, abs=tolerance)
    assert out.mean() == pytest.approx(5, abs=5 * tolerance / (1 - p))
    classic = dropout(x, p, seed=seed, scaling="classic")
    expected = dropout(x, p, training=False, seed=seed, scaling="classic")
    assert classic.mean() == pytest.approx(expected.mean(), abs=5 * tolerance)


def test_neighbouring_seeds_and_places_toss_independent_coins():
    masks = np.array([dropout(np.ones(2000), seed=seed) != 0 for seed in range(6)], np.float64)
    correlations = np.corrcoef(masks)[~np.eye(6, dtype=bool)]
    neighbours = [np.corrcoef(mask[1:], mask[:-1])[0, 1] for mask in masks]
    # five standard deviations of the correlation of 2,000 independent pairs
    assert np.abs([*correlations, *neighbours]).max() < 5 / np.sqrt(2000)


@both
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_bad_value_stays_visible_even_where_it_is_dropped(kernels: ModuleType, bad, dtype):
    x = np.full(40, bad, dtype)
    assert not np.isfinite(kernels.dropout(x, seed=1)).any()
    assert np.isnan(kernels.dropout(x, 1, seed=1)).all()
    np.testing.assert_array_equal(kernels.dropout(x, training=False, seed=1), x)
    assert not np.isfinite(kernels.dropout_backward(x, np.ones(40, dtype), seed=1)).any()


def test_the_result_is_a_new_array(rng):
    x = rng.standard_normal(5)
    before = x.copy()
    for training in (True, False):
        assert not np.shares_memory(dropout(x, training=training, seed=0), x)
    np.testing.assert_array_equal(x, before)


def test_views_and_read_only_arrays_work(rng):
    view = rng.standard_normal((6, 6))[::2, ::-1]
    view.flags.writeable = False
    np.testing.assert_array_equal(dropout(view, seed=9), dropout(view.copy(), seed=9))
    grad_out = np.asfortranarray(view)
    np.testing.assert_array_equal(
        dropout_backward(grad_out, view, seed=9), dropout_backward(view.copy(), view, seed=9)
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"p": 1.5}, r"p is 1\.5; a number from 0 to 1 is needed"),
        ({"p": -0.1}, r"p is -0\.1; a number from 0 to 1"),
        ({"p": np.nan}, r"p is nan; a number from 0 to 1"),
        ({"p": "half"}, r"p is 'half'; a number from 0 to 1"),
        ({"seed": -1}, r"seed is -1; an integer of at least 0"),
        ({"seed": 0.5}, r"seed is 0\.5; an integer of at least 0"),
        ({"seed": 2**64}, r"seed is 18446744073709551616; 0 to 2⁶⁴ − 1 are allowed"),
        ({"scaling": "none"}, r"scaling is 'none'; inverted, classic are allowed"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_numbers(options, message):
    options = {"seed": 0, **options}
    for training in (True, False):
        with pytest.raises(ValueError, match=f"dropout: {message}"):
            dropout(np.zeros(3), training=training, **options)
        with pytest.raises(ValueError, match=f"dropout_backward: {message}"):
            dropout_backward(np.zeros(3), np.zeros(3), training=training, **options)


def test_integers_and_shapes_that_differ_are_refused():
    with pytest.raises(ValueError, match="dropout: x is int64; float32 and float64 are allowed"):
        dropout(np.arange(3), seed=0)
    with pytest.raises(ValueError, match=r"grad_out has shape \(2,\); \(3,\) is needed"):
        dropout_backward(np.zeros(2), np.zeros(3), seed=0)
    with pytest.raises(ValueError, match="grad_out is float32, x is float64"):
        dropout_backward(np.zeros(3, np.float32), np.zeros(3), seed=0)
