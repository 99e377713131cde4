import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuiconv_kernels.raster import rasterize


def naive(points, radius, softness, size):
    """Every pixel of every image measured against every line, in float64."""
    height, width = size
    y, x = np.mgrid[:height, :width] + 0.5
    pixels = np.stack([x, y], axis=-1)
    images = np.zeros((len(points), height, width))
    for image, path, widths, soft in zip(images, points, radius, softness, strict=True):
        for start, end, r in zip(path[:-1], path[1:], widths, strict=True):
            line = (end - start).astype(np.float64)
            along = np.clip((pixels - start) @ line / max(line @ line, 1e-30), 0, 1)
            distance = np.linalg.norm(pixels - start - along[..., None] * line, axis=-1)
            ink = np.clip((r + soft / 2 - distance) / soft, 0, 1) * (r > 0)
            np.maximum(image, ink, out=image)
    return images


def paths(seed, count=3, length=5, size=(9, 12)):
    rng = np.random.default_rng(seed)
    points = rng.uniform(-3, 15, (count, length, 2)).astype(np.float32)
    radius = rng.uniform(0.3, 2, (count, length - 1)) * (rng.random((count, length - 1)) < 0.7)
    softness = rng.uniform(0.5, 2, count)
    return points, radius.astype(np.float32), softness.astype(np.float32), size


def line(*points, radius=1.0, softness=1.0, size=(5, 6)):
    path = np.array([points], np.float32)
    widths = np.full((1, len(points) - 1), radius, np.float32)
    return rasterize(path, widths, np.array([softness], np.float32), size)[0]


def test_a_level_line_of_radius_1_inks_its_row_and_half_of_each_neighbour():
    # Centres of row 2 lie at y = 2.5, on the line: (1 + 0.5 - 0) / 1 -> 1. Those of rows 1 and 3
    # are 1 away: (1 + 0.5 - 1) / 1 = 0.5. Column 0 (x = 0.5) lies 1 before the start at 1.5.
    diagonal = 1.5 - np.sqrt(2)
    expected = [
        [0, 0, 0, 0, 0, 0],
        [diagonal, 0.5, 0.5, 0.5, diagonal, 0],
        [0.5, 1, 1, 1, 0.5, 0],
        [diagonal, 0.5, 0.5, 0.5, diagonal, 0],
        [0, 0, 0, 0, 0, 0],
    ]
    np.testing.assert_allclose(line((1.5, 2.5), (3.5, 2.5)), expected, atol=1e-6)


def test_softness_spreads_the_edge_evenly_about_the_radius():
    column = line((3.5, -9), (3.5, 9), radius=1, softness=4)[0]
    # Distances 3, 2, 1, 0, 1, 2 from the line; (1 + 2 - d) / 4.
    np.testing.assert_allclose(column, [0, 0.25, 0.5, 0.75, 0.5, 0.25], atol=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_it_agrees_with_the_naive_twin(seed):
    arguments = paths(seed)
    result = rasterize(*arguments)
    assert result.dtype == np.float32
    np.testing.assert_allclose(result, naive(*arguments), atol=2e-5)


def test_float64_paths_give_float64_ink():
    *arrays, size = paths(7)
    arrays = [array.astype(np.float64) for array in arrays]
    result = rasterize(*arrays, size)
    assert result.dtype == np.float64
    np.testing.assert_allclose(result, naive(*arrays, size), atol=1e-12)


def test_a_lifted_pen_leaves_no_ink():
    points = np.array([[(1, 1), (4, 1), (4, 4)]], np.float32)
    one = np.ones(1, np.float32)
    lifted = rasterize(points, np.array([[0, 1]], np.float32), one, (6, 6))
    alone = rasterize(points[:, 1:], np.array([[1]], np.float32), one, (6, 6))
    np.testing.assert_array_equal(lifted, alone)


def test_a_pen_that_does_not_move_leaves_a_round_dot():
    dot = line((2.5, 2.5), (2.5, 2.5), size=(5, 5))
    np.testing.assert_array_equal(dot, dot.T)
    assert dot[2, 2] == 1
    assert dot[2, 1] == 0.5
    assert dot[0, 0] == 0


def test_a_path_outside_the_image_leaves_no_ink():
    assert not line((-9, -9), (-5, 40)).any()


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 2**32 - 1), right=st.integers(0, 4), down=st.integers(0, 4))
def test_moving_the_path_by_whole_pixels_moves_the_picture(seed, right, down):
    points, radius, softness, _ = paths(seed, count=1)
    here = rasterize(points, radius, softness, (20, 20))
    moved = rasterize(points + np.float32((right, down)), radius, softness, (20, 20))
    np.testing.assert_allclose(
        moved[:, down:, right:], here[:, : 20 - down, : 20 - right], atol=1e-4
    )


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 2**32 - 1))
def test_a_path_walked_backwards_leaves_the_same_ink(seed):
    points, radius, softness, size = paths(seed)
    there = rasterize(points, radius, softness, size)
    back = rasterize(points[:, ::-1], radius[:, ::-1], softness, size)
    np.testing.assert_allclose(there, back, atol=1e-4)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"points": np.zeros((2, 5), np.float32)}, r"points has shape \(2, 5\)"),
        ({"points": np.zeros((3, 1, 2), np.float32)}, r"points has shape \(3, 1, 2\)"),
        ({"points": np.full((3, 5, 2), np.nan, np.float32)}, "points has NaN"),
        ({"points": np.zeros((3, 5, 2))}, "points is float64"),
        ({"radius": np.ones((3, 5), np.float32)}, r"radius has shape \(3, 5\); \(3, 4\)"),
        ({"softness": np.ones(2, np.float32)}, r"softness has shape \(2,\); \(3,\)"),
        ({"softness": np.zeros(3, np.float32)}, "softness is 0.0; above 0"),
        ({"size": (0, 4)}, r"size is \(0, 4\)"),
    ],
)
def test_a_wrong_argument_is_quoted(change, message):
    points, radius, softness, size = paths(0)
    arguments = {"points": points, "radius": radius, "softness": softness, "size": size} | change
    with pytest.raises(ValueError, match=message):
        rasterize(**arguments)
