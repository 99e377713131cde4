import numpy as np
import pytest
from scipy import ndimage

from tuiconv.images.apply import apply_filter
from tuiconv.images.filters.catalog import FILTERS

EDGES = {"zero": "constant", "replicate": "nearest", "reflect": "mirror", "wrap": "wrap"}
SLOPES = ("sobel", "prewitt", "scharr")
STEP = np.array([[0.0, 0, 1, 1]] * 4)
"""Dark on the left, bright on the right."""


def test_the_sobel_kernel_of_the_textbooks():
    assert FILTERS["sobel-x"].matrices[""].tolist() == [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]
    assert FILTERS["sobel-y"].matrices[""].tolist() == [[-1, -2, -1], [0, 0, 0], [1, 2, 1]]


@pytest.mark.parametrize(("name", "sum_of_weights"), [("sobel", 4), ("prewitt", 3), ("scharr", 16)])
def test_x_is_positive_where_it_gets_brighter_to_the_right_and_y_downwards(name, sum_of_weights):
    assert apply_filter(STEP, f"{name}-x")[1].tolist() == [0, sum_of_weights, sum_of_weights, 0]
    assert not apply_filter(STEP, f"{name}-y").any()
    assert apply_filter(STEP.T, f"{name}-y")[:, 1].tolist() == [
        0,
        sum_of_weights,
        sum_of_weights,
        0,
    ]
    assert (apply_filter(1 - STEP, f"{name}-x")[1] <= 0).all()


def test_the_magnitude_is_the_length_of_both_slopes_by_hand():
    corner = np.array([[0.0, 0, 0], [0, 0, 0], [0, 0, 9]])
    # one weight of 1 each way: √(9² + 9²)
    assert apply_filter(corner, "sobel", edge="zero")[1, 1] == pytest.approx(9 * np.sqrt(2))


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize("name", ["sobel", "prewitt"])
def test_slopes_are_those_of_scipy_with_its_sign_and_scale(name, edge):
    image = np.random.default_rng(1).uniform(0, 255, (7, 9))
    x, y = (getattr(ndimage, name)(image, axis=axis, mode=EDGES[edge]) for axis in (1, 0))
    np.testing.assert_allclose(apply_filter(image, f"{name}-x", edge), x, atol=1e-10)
    np.testing.assert_allclose(apply_filter(image, f"{name}-y", edge), y, atol=1e-10)
    np.testing.assert_allclose(apply_filter(image, name, edge), np.hypot(x, y), atol=1e-10)


@pytest.mark.parametrize("name", SLOPES)
def test_a_picture_turned_round_is_as_steep(name):
    image = np.random.default_rng(2).uniform(0, 255, (6, 8))
    turned = apply_filter(np.rot90(image).copy(), name)
    np.testing.assert_allclose(turned, np.rot90(apply_filter(image, name)), atol=1e-10)


def test_scharr_measures_a_slope_alike_in_all_directions_and_sobel_less_so():
    y, x = np.mgrid[-4:5, -4:5]

    def spread(name):
        lengths = []
        for angle in np.radians(range(0, 91, 5)):
            waves = np.sin(0.6 * (x * np.cos(angle) + y * np.sin(angle)))
            lengths.append(apply_filter(waves, name)[4, 4])
        return max(lengths) / min(lengths) - 1

    assert spread("scharr") < spread("sobel") / 4 < spread("prewitt") / 4


def test_emboss_is_the_picture_and_its_slope_to_the_lower_right():
    image = np.random.default_rng(3).uniform(0, 255, (6, 8))
    slope = apply_filter(image, "prewitt-x") + apply_filter(image, "prewitt-y")
    np.testing.assert_allclose(apply_filter(image, "emboss"), image + slope, atol=1e-10)


@pytest.mark.parametrize("name", [f"{name}-{axis}" for name in SLOPES for axis in "xy"])
def test_the_formula_of_a_product_is_its_kernel(name):
    named = FILTERS[name]
    column, row = (
        [float(number.replace("−", "-")) for number in part.strip("[]ᵀ ").split()]
        for part in named.formula.split("·")
    )
    assert np.array_equal(np.outer(column, row), named.matrices[""])


def test_a_filter_that_is_turned_says_so_unless_it_is_the_same_then():
    flipped = FILTERS["sobel-x"].flipped()
    assert flipped.kernel.tolist() == [[1, 0, -1], [2, 0, -2], [1, 0, -1]]
    assert flipped.description.startswith("Rotated by 180°. Unrotated: ")
    assert flipped.formula.endswith(", rotated by 180°")
    assert FILTERS["sharpen"].flipped() is FILTERS["sharpen"]
