import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from tuiconv.errors import RequestError
from tuiconv.images.apply import apply_filter
from tuiconv.images.filters.catalog import FILTERS
from tuiconv.images.filters.family_kernels import FAMILIES
from tuiconv.images.filters.recipes import parse_filters

IMAGE = np.random.default_rng(5).uniform(0, 255, (11, 9))
EDGES = {"zero": "constant", "replicate": "nearest", "reflect": "mirror", "wrap": "wrap"}


def kernel(recipe):
    (found,) = parse_filters(recipe)
    return found.matrices[""]


@st.composite
def family_and_values(draw):
    """A family, and allowed values for all its parameters."""
    family = draw(st.sampled_from(list(FAMILIES.values())))
    values = {}
    for each in family.parameters:
        if each.step:
            steps = draw(st.integers(0, int(each.most - each.least) // each.step))
            values[each.name] = each.least + each.step * steps
        else:
            values[each.name] = draw(st.floats(each.least, each.most))
    return family, values


def test_a_gaussian_by_hand():
    # e^(−1/2·1/0.5²) = e^−2 beside the middle, e^−8 two pixels away; ⌈3 · 0.5⌉ = 2
    weights = np.array([math.exp(-8), math.exp(-2), 1, math.exp(-2), math.exp(-8)])
    weights /= weights.sum()
    np.testing.assert_allclose(kernel("gaussian(0.5)"), np.outer(weights, weights), rtol=1e-12)


@pytest.mark.parametrize(("sigma", "side"), [(0.1, 3), (1, 7), (1.1, 9), (2, 13), (16, 97)])
def test_a_gaussian_reaches_three_sigmas_rounded_up(sigma, side):
    assert kernel(f"gaussian({sigma})").shape == (side, side)


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize("sigma", [0.7, 1, 2.5])
def test_a_gaussian_is_scipys_with_the_same_radius(sigma, edge):
    wanted = ndimage.gaussian_filter(IMAGE, sigma, mode=EDGES[edge], radius=math.ceil(3 * sigma))
    np.testing.assert_allclose(apply_filter(IMAGE, f"gaussian({sigma})", edge), wanted, atol=1e-9)


def test_the_laplacian_of_a_gaussian_has_the_sign_of_the_lectures_and_sums_to_nothing():
    bowl = kernel("log(1)")
    assert bowl.shape == (9, 9)
    assert bowl[4, 4] == pytest.approx(2 * 0.39894228**2, abs=1e-4)  # 2 / σ² of the bell's top
    assert bowl[4, 4] > 0
    assert FILTERS["edge-4"].matrices[""][1, 1] > 0
    assert abs(math.fsum(bowl.flat)) < 1e-15


def test_the_laplacian_of_a_gaussian_is_about_minus_scipys():
    smooth = ndimage.gaussian_filter(IMAGE, 1)
    wanted = -ndimage.gaussian_laplace(smooth, 2, mode="mirror")
    found = apply_filter(smooth, "log(2)")
    np.testing.assert_allclose(found, wanted, atol=0.02 * np.abs(wanted).max())


def test_a_bright_spot_is_positive_and_a_step_changes_its_sign_at_the_edge():
    spot = np.zeros((9, 9))
    spot[4, 4] = 1
    assert apply_filter(spot, "log(1)")[4, 4] > 0
    step = np.zeros((1, 20))
    step[:, 10:] = 1
    after = apply_filter(step, "log(1)", "replicate")[0]
    assert after[9] < 0 < after[10]
    assert after[9] == pytest.approx(-after[10])


def test_motion_along_a_row_is_the_mean_of_its_pixels():
    assert kernel("motion-blur(5)").tolist() == [[0.2] * 5]
    assert kernel("motion-blur(5, 90)").tolist() == [[0.2]] * 5
    assert kernel("motion-blur(1, 30)").tolist() == [[1]]


def test_points_between_two_pixels_are_shared_by_them():
    # at −1/2 and 1/2: half of each falls to the middle
    assert kernel("motion-blur(2)").tolist() == [[0.25, 0.5, 0.25]]


def test_motion_at_45_degrees_goes_from_lower_left_to_upper_right():
    streak = kernel("motion-blur(7, 45)")
    assert streak.shape == (7, 7)
    assert streak[0, 6] > 0
    assert streak[6, 0] > 0
    assert streak[0, 0] == streak[6, 6] == 0
    np.testing.assert_allclose(streak, streak.T[::-1, ::-1], atol=1e-15)


@settings(deadline=None, max_examples=50)
@given(st.integers(1, 20), st.floats(-180, 180))
def test_motion_is_the_same_forth_and_back_and_a_turn_of_90_degrees_turns_the_kernel(length, angle):
    streak = kernel(f"motion-blur({length}, {angle})")
    assert streak.sum() == pytest.approx(1)
    assert (streak >= 0).all()
    np.testing.assert_allclose(streak, streak[::-1, ::-1], atol=1e-12)
    back = kernel(f"motion-blur({length}, {angle + 180})")
    assert_alike(back, streak)
    assert_alike(kernel(f"motion-blur({length}, {angle + 90})"), np.rot90(streak))


def assert_alike(found, wanted):
    """Equal but for rounding, and rings of zeros that rounding makes needful."""
    shape = np.maximum(found.shape, wanted.shape)
    padded = [
        np.pad(each, [(n // 2, n // 2) for n in shape - each.shape]) for each in (found, wanted)
    ]
    np.testing.assert_allclose(*padded, atol=1e-12)


def test_a_gabor_filter_by_hand():
    # σ = 0.5 reaches 2 pixels; stripes of 4 pixels: cos is 1, 0, −1 at 0, 1, 2
    bell = np.array([math.exp(-8), math.exp(-2), 1, math.exp(-2), math.exp(-8)])
    bell /= bell.sum()
    wave = np.array([-1, 0, 1, 0, -1])
    mean = (bell * wave).sum()
    np.testing.assert_allclose(
        kernel("gabor(0, 4, 0.5)"), 2 * np.outer(bell, bell * (wave - mean)), atol=1e-15
    )


@settings(deadline=None, max_examples=50)
@given(st.floats(-90, 90), st.floats(2, 20), st.floats(0.5, 4))
def test_a_gabor_filter_is_even_and_turns_with_its_angle(theta, wavelength, sigma):
    def stripes(angle):
        return kernel(f"gabor({angle}, {wavelength}, {sigma})")

    found = stripes(theta)
    np.testing.assert_allclose(found, found[::-1, ::-1], atol=1e-12)
    np.testing.assert_allclose(stripes(theta + 180), found, atol=1e-12)
    np.testing.assert_allclose(stripes(theta + 90), np.rot90(found), atol=1e-12)
    np.testing.assert_allclose(stripes(-theta), found[::-1], atol=1e-12)
    assert abs(math.fsum(found.flat)) < 1e-12


def test_stripes_that_fit_keep_their_contrast_and_others_vanish():
    across, down = (np.cos(2 * np.pi / 8 * np.mgrid[-20:21, -20:21][axis]) for axis in (1, 0))
    assert apply_filter(across, "gabor(0, 8, 4)")[20, 20] == pytest.approx(1, abs=0.01)
    assert apply_filter(down, "gabor(0, 8, 4)")[20, 20] == pytest.approx(0, abs=0.01)
    assert apply_filter(down, "gabor(90, 8, 4)")[20, 20] == pytest.approx(1, abs=0.01)
    assert apply_filter(across, "gabor(0, 3, 4)")[20, 20] == pytest.approx(0, abs=0.01)


def test_a_box_of_three_is_the_lectures_blur():
    assert np.array_equal(kernel("box-blur()"), FILTERS["box-blur"].matrices[""])
    assert kernel("box-blur(5)").tolist() == [[1 / 25] * 5] * 5


@settings(deadline=None, max_examples=100)
@given(family_and_values())
def test_any_allowed_values_make_a_finite_kernel_of_at_most_101_pixels_a_side(made):
    family, values = made
    named = family.with_values(values)
    assert max(named.size) <= 101
    assert np.isfinite(named.kernel).all()
    assert named.zero_sum == (family.name in ("log", "gabor"))
    assert named.zero_sum or named.kernel.sum() == pytest.approx(1)
    assert named.parameters == values


@settings(deadline=None, max_examples=100)
@given(family_and_values())
def test_a_name_is_read_as_the_filter_that_has_it(made):
    family, values = made
    named = family.with_values(values)
    (again,) = parse_filters(named.name)
    assert again.name == named.name
    assert again.parameters == values
    assert np.array_equal(again.kernel, named.kernel)


@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)
def test_every_formula_has_the_symbols_and_values_of_its_parameters(family):
    formula = FAMILIES[family.name].with_values({}).formula
    for each in family.parameters:
        assert formula.count(each.symbol) >= 2
        assert f"{each.symbol} = {each.default:g}" in formula


def test_a_value_that_is_not_allowed_is_refused_with_what_is():
    with pytest.raises(RequestError, match="gaussian: sigma is 17; expected a number from 0"):
        FAMILIES["gaussian"].with_values({"sigma": 17})
    with pytest.raises(RequestError, match="box-blur: size is 4; expected an odd number from 1 to"):
        FAMILIES["box-blur"].with_values({"size": 4})
    with pytest.raises(RequestError, match="sigma is nan"):
        FAMILIES["log"].with_values({"sigma": math.nan})
