import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuiconv_kernels.raster import rasterize


def naive(points, down, radius, softness, size):
    """Every pixel of every image measured against every line, in float64; ink from 0 to 255."""
    height, width = size
    y, x = np.mgrid[:height, :width] + 0.5
    pixels = np.stack([x, y], axis=-1)
    images = np.zeros((len(points), height, width))
    for image, path, r, soft in zip(images, points.astype(float), radius, softness, strict=True):
        for start, end in zip(path[:-1][down], path[1:][down], strict=True):
            line = end - start
            along = np.clip((pixels - start) @ line / max(line @ line, 1e-30), 0, 1)
            distance = np.linalg.norm(pixels - start - along[..., None] * line, axis=-1)
            np.maximum(image, np.clip((r + soft / 2 - distance) / soft, 0, 1), out=image)
    return 255 * images


def paths(seed, count=3, length=5, size=(9, 12)):
    rng = np.random.default_rng(seed)
    points = rng.uniform(-3, 15, (count, length, 2)).astype(np.float32)
    down = rng.random(length - 1) < 0.7
    radius = rng.uniform(0, 2, count).astype(np.float32)
    softness = rng.uniform(0.5, 2, count).astype(np.float32)
    return points, down, radius, softness, size


def line(*points, radius=1.0, softness=1.0, size=(5, 6), down=None):
    path = np.array([points], np.float32)
    down = np.full(len(points) - 1, True) if down is None else np.array(down)
    return rasterize(path, down, np.float32([radius]), np.float32([softness]), size)[0]


def test_a_level_line_of_radius_1_inks_its_row_and_half_of_each_neighbour():
    # Centres of row 2 lie at y = 2.5, on the line: (1 + 0.5 - 0) / 1 -> 1. Those of rows 1 and 3
    # are 1 away: 255 * (1 + 0.5 - 1) / 1 = 127.5. Column 0 (x = 0.5) lies 1 before the start at
    # 1.5, and its rows 1 and 3 are the square root of 2 away: 255 * (1.5 - 1.4142) = 21.9.
    expected = [
        [0, 0, 0, 0, 0, 0],
        [22, 128, 128, 128, 22, 0],
        [128, 255, 255, 255, 128, 0],
        [22, 128, 128, 128, 22, 0],
        [0, 0, 0, 0, 0, 0],
    ]
    np.testing.assert_array_equal(line((1.5, 2.5), (3.5, 2.5)), expected)


def test_softness_spreads_the_edge_evenly_about_the_radius():
    column = line((3.5, -9), (3.5, 9), radius=1, softness=4)[0]
    # Distances 3, 2, 1, 0, 1, 2 from the line; 255 * (1 + 2 - d) / 4.
    np.testing.assert_array_equal(column, [0, 64, 128, 191, 128, 64])


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_it_agrees_with_the_naive_twin(seed, dtype):
    points, down, radius, softness, size = paths(seed)
    arrays = points.astype(dtype), down, radius.astype(dtype), softness.astype(dtype)
    result = rasterize(*arrays, size)
    assert result.dtype == np.uint8
    np.testing.assert_allclose(result, naive(*arrays, size), atol=0.501)


def test_a_lifted_pen_leaves_no_ink():
    lifted = line((1, 1), (4, 1), (4, 4), down=[False, True])
    np.testing.assert_array_equal(lifted, line((4, 1), (4, 4)))
    assert not line((1, 1), (4, 1), (4, 4), down=[False, False]).any()


def test_no_paths_are_no_images():
    points, down, radius, softness, size = paths(0)
    assert rasterize(points[:0], down, radius[:0], softness[:0], size).shape == (0, 9, 12)


def test_a_pen_that_does_not_move_leaves_a_round_dot():
    dot = line((2.5, 2.5), (2.5, 2.5), size=(5, 5))
    np.testing.assert_array_equal(dot, dot.T)
    assert (dot[2, 2], dot[2, 1], dot[0, 0]) == (255, 128, 0)


def test_a_path_outside_the_image_leaves_no_ink():
    assert not line((-9, -9), (-5, 40)).any()


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 2**32 - 1), right=st.integers(0, 4), down=st.integers(0, 4))
def test_moving_the_path_by_whole_pixels_moves_the_picture(seed, right, down):
    points, pen_down, radius, softness, _ = paths(seed, count=1)
    here = rasterize(points, pen_down, radius, softness, (20, 20))
    points = points + np.float32((right, down))
    moved = rasterize(points, pen_down, radius, softness, (20, 20)).astype(int)
    np.testing.assert_allclose(moved[:, down:, right:], here[:, : 20 - down, : 20 - right], atol=1)


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 2**32 - 1))
def test_a_path_walked_backwards_leaves_the_same_ink(seed):
    points, down, radius, softness, size = paths(seed)
    there = rasterize(points, down, radius, softness, size).astype(int)
    back = rasterize(points[:, ::-1], down[::-1], radius, softness, size)
    np.testing.assert_allclose(there, back, atol=1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"points": np.zeros((2, 5), np.float32)}, r"points has shape \(2, 5\)"),
        ({"points": np.zeros((3, 1, 2), np.float32)}, r"points has shape \(3, 1, 2\)"),
        ({"points": np.full((3, 5, 2), np.nan, np.float32)}, "points has NaN"),
        ({"points": np.zeros((3, 5, 2))}, "points is float64"),
        ({"down": np.ones(5, np.bool_)}, r"down has shape \(5,\); \(4,\)"),
        ({"down": np.ones(4)}, "down is float64; bool"),
        ({"radius": np.ones(2, np.float32)}, r"radius has shape \(2,\); \(3,\)"),
        ({"radius": np.float32([1, -2, 1])}, "radius is -2.0; 0 pixels or more"),
        ({"softness": np.ones(2, np.float32)}, r"softness has shape \(2,\); \(3,\)"),
        ({"softness": np.zeros(3, np.float32)}, "softness is 0.0; above 0"),
        ({"size": (0, 4)}, r"size is \(0, 4\)"),
    ],
)
def test_a_wrong_argument_is_quoted(change, message):
    points, down, radius, softness, size = paths(0)
    arguments = {
        "points": points,
        "down": down,
        "radius": radius,
        "softness": softness,
        "size": size,
    }
    with pytest.raises(ValueError, match=message):
        rasterize(**arguments | change)
