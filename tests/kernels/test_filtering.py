from concurrent.futures import ThreadPoolExecutor
from types import ModuleType

import numpy as np
import pytest
import scipy.ndimage
from hypothesis import given, settings
from hypothesis import strategies as st

import tuiconv_kernels
from tuiconv_kernels import conv2d, filter2d, filtering, jit, plain
from tuiconv_kernels.filter_plan import WholeSums, plan
from tuiconv_kernels.filter_rows import Room, Target, filter_bytes, filter_floats
from tuiconv_kernels.pixels import RUN

both = pytest.mark.parametrize("kernels", [tuiconv_kernels, plain], ids=["kernel", "plain"])
compiled = pytest.mark.skipif(not jit.ENABLED, reason="the twin would take minutes")
EDGES = ["zero", "replicate", "reflect", "wrap"]
SCIPY_MODES = {"zero": "constant", "replicate": "nearest", "reflect": "mirror", "wrap": "wrap"}
NUMPY_MODES = {"zero": "constant", "replicate": "edge", "reflect": "reflect", "wrap": "wrap"}
KERNELS = [(1, 1), (3, 3), (1, 5), (5, 1), (9, 7)]
IDENTITY = [[0, 0, 0], [0, 1, 0], [0, 0, 0]]
GAUSSIAN = np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]]) / 16


def picture(rng, shape, dtype):
    if np.dtype(dtype).kind == "u":
        return rng.integers(0, np.iinfo(dtype).max, shape, dtype, endpoint=True)
    return rng.standard_normal(shape).astype(dtype)


@both
def test_every_edge_by_hand(kernels: ModuleType):
    image = np.array([[1.0, 2, 3]])
    left_and_right = [[10, 0, 1]]
    expected = {
        "zero": [0 + 2, 10 + 3, 20 + 0],
        "replicate": [10 + 2, 10 + 3, 20 + 3],
        "reflect": [20 + 2, 10 + 3, 20 + 2],
        "wrap": [30 + 2, 10 + 3, 20 + 1],
    }
    for edge, row in expected.items():
        np.testing.assert_array_equal(kernels.filter2d(image, left_and_right, edge), [row])


@both
def test_the_kernel_is_not_flipped(kernels: ModuleType):
    image = np.zeros((5, 5))
    image[2, 2] = 1
    kernel = np.arange(9.0).reshape(3, 3)
    np.testing.assert_array_equal(kernels.filter2d(image, kernel)[1:4, 1:4], kernel[::-1, ::-1])


@both
def test_halves_are_rounded_to_even_and_results_clamped(kernels: ModuleType):
    image = np.array([[1, 3, 5, 255, 0]], np.uint8)
    np.testing.assert_array_equal(kernels.filter2d(image, [[0.5]]), [[0, 2, 2, 128, 0]])
    np.testing.assert_array_equal(kernels.filter2d(image, [[2.0]]), [[2, 6, 10, 255, 0]])
    np.testing.assert_array_equal(kernels.filter2d(image, [[-1.0]]), [[0, 0, 0, 0, 0]])


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32, np.float64])
@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize("kernel_shape", KERNELS)
def test_it_agrees_with_its_twin_and_with_scipy(kernel_shape, edge, dtype, rng):
    kernel = rng.integers(-4, 9, kernel_shape) / 16
    for shape in ((4, 5), (3, 4, 3)):
        image = picture(rng, shape, dtype)
        out = filter2d(image, kernel, edge)
        assert out.dtype == image.dtype
        np.testing.assert_allclose(out, plain.filter2d(image, kernel, edge), rtol=1e-6, atol=1e-12)
        weights = kernel.reshape(kernel_shape + (1,) * (image.ndim - 2))
        wide = scipy.ndimage.correlate(
            image.astype(np.float64), weights, mode=SCIPY_MODES[edge], cval=0.0
        )
        if image.dtype.kind == "u":
            wide = np.clip(np.rint(wide), 0, np.iinfo(dtype).max)
        np.testing.assert_allclose(out, wide, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize("shape", [(1, 1), (1, 4), (5, 1), (2, 2), (1, 2, 4), (3, 1, 3)])
def test_a_kernel_may_be_larger_than_the_image(shape, edge, dtype, rng):
    image = picture(rng, shape, dtype)
    for kernel_shape in ((7, 11), (17, 1), (1, 19)):
        kernel = rng.integers(-3, 9, kernel_shape) / 64
        expected = plain.filter2d(image, kernel, edge)
        np.testing.assert_allclose(
            filter2d(image, kernel, edge), expected, rtol=0 if image.dtype.kind == "u" else 1e-6
        )


@settings(deadline=None, max_examples=20)
@given(
    seed=st.integers(0, 10_000),
    kernel_and_divisor=st.sampled_from(
        [([[1] * 3] * 3, 9), ([[1, 2, 1], [2, 4, 2], [1, 2, 1]], 16), ([[1] * 5] * 5, 256)]
    ),
    dtype=st.sampled_from([np.uint8, np.uint16]),
)
def test_integer_results_are_the_exact_quotients_rounded(seed, kernel_and_divisor, dtype):
    whole_kernel, divisor = kernel_and_divisor
    image = picture(np.random.default_rng(seed), (6, 7), dtype)
    sums = scipy.ndimage.correlate(image.astype(np.int64), whole_kernel, mode="mirror")
    quotient, remainder = np.divmod(sums, divisor)
    up = (2 * remainder > divisor) | ((2 * remainder == divisor) & (quotient % 2 == 1))
    out = filter2d(image, np.array(whole_kernel) / divisor)
    np.testing.assert_array_equal(out, quotient + up)


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_channels_are_filtered_alone(channels, rng):
    image = picture(rng, (5, 6, channels), np.uint8)
    out = filter2d(image, GAUSSIAN)
    for c in range(channels):
        np.testing.assert_array_equal(out[:, :, c], filter2d(image[:, :, c], GAUSSIAN))


def test_the_identity_returns_the_picture(rng):
    for dtype in (np.uint8, np.uint16, np.float32, np.float64):
        image = picture(rng, (4, 5, 3), dtype)
        np.testing.assert_array_equal(filter2d(image, IDENTITY), image)


def test_a_moved_picture_gives_the_result_moved(rng):
    image, kernel = rng.standard_normal((6, 8)), rng.standard_normal((3, 5))
    moved = filter2d(np.roll(image, (1, 2), (0, 1)), kernel, "wrap")
    expected = np.roll(filter2d(image, kernel, "wrap"), (1, 2), (0, 1))
    np.testing.assert_allclose(moved, expected, rtol=1e-12)


def test_it_is_linear_in_the_picture(rng):
    image, other, kernel = (rng.standard_normal(shape) for shape in ((5, 6), (5, 6), (3, 3)))
    mixed = filter2d(2 * image - other, kernel)
    np.testing.assert_allclose(
        mixed, 2 * filter2d(image, kernel) - filter2d(other, kernel), atol=1e-12
    )


def test_with_black_edges_it_is_the_padded_convolution(rng):
    image, kernel = rng.standard_normal((5, 6)), rng.standard_normal((3, 5))
    expected = conv2d(image[None, None], kernel[None, None], padding=(1, 2))[0, 0]
    np.testing.assert_allclose(filter2d(image, kernel, "zero"), expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_bad_pixel_shows_in_its_neighbourhood_and_nowhere_else(bad):
    image = np.ones((5, 5), np.float32)
    image[2, 2] = bad
    with np.errstate(all="ignore"):
        out = filter2d(image, np.ones((3, 3)))
    expected = np.ones((5, 5), bool)
    expected[1:4, 1:4] = False
    np.testing.assert_array_equal(np.isfinite(out), expected)


def test_views_and_read_only_pictures_work_and_are_left_alone(rng):
    image = picture(rng, (8, 9, 3), np.uint8)
    before = image.copy()
    for view in (image[::2, ::-1], np.asfortranarray(image), image.transpose(1, 0, 2)):
        view.flags.writeable = False
        expected = filter2d(np.array(view, order="C"), GAUSSIAN)
        np.testing.assert_array_equal(filter2d(view, np.asfortranarray(GAUSSIAN)), expected)
    np.testing.assert_array_equal(image, before)


IMAGE = np.zeros((4, 4), np.uint8)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((IMAGE.astype(np.int32), IDENTITY), "image is int32; uint8, uint16, float32, float64"),
        ((IMAGE, np.ones((2, 3))), r"kernel has shape \(2, 3\); two odd sizes"),
        ((IMAGE, np.ones((3, 4))), r"kernel has shape \(3, 4\); two odd sizes"),
        ((IMAGE, np.ones(3)), r"kernel has shape \(3,\); two odd sizes"),
        ((IMAGE, np.ones((0, 0))), r"kernel has shape \(0, 0\); two odd sizes"),
        ((IMAGE, [[1j]]), "kernel is complex128; real numbers"),
        ((IMAGE, [[np.nan]]), r"kernel is \[\[nan\]\]; finite numbers"),
        ((IMAGE, [[-np.inf]]), r"kernel is \[\[-inf\]\]; finite numbers"),
        ((IMAGE, [[1e308, 0, -1e308]]), r"kernel is \[\[1e\+308,.*times 255 is finite too"),
        ((IMAGE, IDENTITY, "mirror"), "edge is 'mirror'; zero, replicate, reflect, wrap are"),
        ((np.zeros((4, 4, 5), np.uint8), IDENTITY), r"image has shape \(4, 4, 5\)"),
        ((np.zeros((0, 4), np.uint8), IDENTITY), r"image has shape \(0, 4\).*at least 1"),
        ((np.zeros((4, 0, 3), np.uint8), IDENTITY), r"image has shape \(4, 0, 3\).*at least 1"),
        ((np.zeros((4, 4, 0), np.uint8), IDENTITY), r"image has shape \(4, 4, 0\).*at least 1"),
        ((np.zeros(4, np.uint8), IDENTITY), r"image has shape \(4,\)"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_numbers(arguments, message):
    with pytest.raises(ValueError, match=f"filter2d: {message}"):
        filter2d(*arguments)


@pytest.mark.parametrize("threads", [0, -1, 1.5])
def test_threads_are_counted_from_one(threads):
    with pytest.raises(ValueError, match=f"threads is {threads}"):
        filter2d(IMAGE, IDENTITY, threads=threads)


def in_doubles(image, kernel, edge):
    """Sums in float64, of a row's products first, then of the rows; integers are rounded."""
    (top, left), mode = (size // 2 for size in np.shape(kernel)), NUMPY_MODES[edge]
    ends = ((0, 0),) * (image.ndim - 2)
    padded = np.pad(image.astype(np.float64), ((top, top), (left, left), *ends), mode)
    height, width = image.shape[:2]
    total = np.zeros(image.shape)
    for u, weights in enumerate(np.asarray(kernel)):
        row = np.zeros(image.shape)
        for v, weight in enumerate(weights):
            row += weight * padded[u : u + height, v : v + width]
        total += row
    if image.dtype.kind == "u":
        total = np.rint(total).clip(0, np.iinfo(image.dtype).max)
    return total.astype(image.dtype)


def kernel_for(way, rng):
    """A kernel that bytes are filtered with in one of the ways of `filter_plan`."""
    return {
        "whole weights": np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
        "tall whole weights": rng.integers(-8, 9, (7, 1)) / 4,
        "scaled weights": np.ones((3, 3)) / 9,
        "halves in tenths": np.array([[0.1, 0.3, 0.1], [0.2, 0.1, 0.1], [0.1, 0.3, 0.2]]),
        "two levels": rng.standard_normal((3, 5)) * 90,
        "one level and doubts": rng.dirichlet(np.ones(81)).reshape(9, 9),
        "float32": rng.standard_normal((3, 3)),
        "two exact passes": np.outer([1, 4, 6, 4, 1], [1, 4, 6, 4, 1]) / 256,
        "two passes": np.outer(rng.random(5), rng.random(9)) / 10,
        "a bell that fades out": np.outer(*[np.exp(-((np.arange(-8, 9) / 0.7) ** 2))] * 2),
        "float64": rng.standard_normal((3, 3)) * 1e6,
        "black": np.zeros((3, 3)),
    }[way]


WAYS = [
    "whole weights",
    "tall whole weights",
    "scaled weights",
    "halves in tenths",
    "two levels",
    "one level and doubts",
    "float32",
    "two exact passes",
    "two passes",
    "a bell that fades out",
    "float64",
    "black",
]


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize("way", WAYS)
def test_whichever_way_it_is_computed_the_result_is_the_twin_s(way, edge, rng):
    kernel = kernel_for(way, rng)
    for shape in ((1, 1), (3, 2, 3), (2, 4, 4)):
        for dtype in (np.uint8, np.uint16):
            image = picture(rng, shape, dtype)
            expected = plain.filter2d(image, kernel, edge)
            np.testing.assert_array_equal(filter2d(image, kernel, edge), expected)
            np.testing.assert_array_equal(in_doubles(image, kernel, edge), expected)


@compiled
@pytest.mark.parametrize("way", WAYS)
def test_rows_of_any_length_are_filled_to_the_end(way, rng):
    kernel = kernel_for(way, rng)
    for edge, width in zip(EDGES * 40, range(1, 2 * RUN + 4, 3), strict=False):
        for height in (1, 2, 5):
            for dtype in (np.uint8, np.uint16, np.float32, np.float64):
                image = picture(rng, (height, width), dtype)
                out, expected = filter2d(image, kernel, edge), in_doubles(image, kernel, edge)
                if dtype in (np.uint8, np.uint16):
                    np.testing.assert_array_equal(out, expected)
                else:
                    size = np.abs(kernel).sum()
                    np.testing.assert_allclose(out, expected, rtol=1e-6, atol=1e-12 * size)


@compiled
@settings(deadline=None, max_examples=100)
@given(
    seed=st.integers(0, 2**32 - 1),
    height=st.sampled_from([1, 3, 5, 7]),
    width=st.sampled_from([1, 3, 5, 9]),
    power=st.integers(-6, 6),
    outer=st.booleans(),
    digits=st.integers(0, 9),
    dtype=st.sampled_from([np.uint8, np.uint16]),
    contrast=st.booleans(),
)
def test_every_rounding_is_that_of_the_sum_in_float64(
    seed, height, width, power, outer, digits, dtype, contrast
):
    rng = np.random.default_rng(seed)
    shape = (height, width)
    kernel = rng.standard_normal(shape)
    if outer:
        kernel = np.outer(rng.random(height), rng.random(width))
    kernel = np.round(kernel * 10.0**power, digits)
    image = picture(rng, (20, 70, 3), dtype)
    if contrast:
        image = np.where(image % 2, np.iinfo(dtype).max, 0).astype(dtype)
    np.testing.assert_array_equal(filter2d(image, kernel), in_doubles(image, kernel, "reflect"))


@compiled
def test_a_picture_worth_several_threads_is_the_same_for_any_number_of_them(rng):
    image = picture(rng, (701, 500, 3), np.uint8)
    for way in ("whole weights", "float32", "two passes"):
        kernel = kernel_for(way, rng)
        expected = in_doubles(image, kernel, "wrap")
        for threads in (1, 2, 3, 8, None):
            out = filter2d(image, kernel, "wrap", threads=threads)
            np.testing.assert_array_equal(out, expected)


@compiled
def test_eight_threads_that_filter_at_once_do_not_disturb_each_other(rng):
    def work(number):
        alone = np.random.default_rng(number)
        image = picture(alone, (90 + number, 300), np.uint8)
        kernel = kernel_for(WAYS[number % len(WAYS)], alone)
        return image, kernel, filter2d(image, kernel, threads=2)

    with ThreadPoolExecutor(8) as pool:
        for image, kernel, out in pool.map(work, range(48)):
            np.testing.assert_array_equal(out, in_doubles(image, kernel, "reflect"))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_bad_pixel_reaches_its_windows_where_the_weight_is_0_and_in_two_passes(bad, dtype):
    full = np.zeros((3, 5))
    full[1, 2] = 1
    two_passes = np.outer([0, 1, 2, 1, 0], [0, 1, 2, 1, 0])
    for kernel in (full, two_passes):
        up, left = (size // 2 for size in kernel.shape)
        for y, x in ((4, 6), (5, 6)):
            image = np.ones((10, 13), dtype)
            image[y, x] = bad
            with np.errstate(all="ignore"):
                out = filter2d(image, kernel, "replicate")
            expected = np.ones((10, 13), bool)
            expected[y - up : y + up + 1, x - left : x + left + 1] = False
            np.testing.assert_array_equal(np.isfinite(out), expected)


def test_a_sum_of_a_half_is_rounded_to_even_whichever_way_it_is_computed():
    image = np.arange(256, dtype=np.uint8).reshape(1, 256)
    expected = np.rint(np.arange(256) / 2)
    column = np.zeros((5, 1))
    column[2] = 1
    for kernel in ([[0, 0.5, 0]], column * [[0, 0, 0.5, 0, 0]]):
        np.testing.assert_array_equal(filter2d(image, np.array(kernel))[0], expected)
        wide = filter2d(image.astype(np.uint16), np.array(kernel))
        np.testing.assert_array_equal(wide[0], expected)


@pytest.mark.parametrize("edge", EDGES)
def test_a_bad_pixel_reaches_all_windows_of_a_kernel_that_covers_the_picture(edge, rng):
    for kernel in (rng.random((7, 9)), np.outer(rng.random(7), rng.random(9))):
        for shape in ((1, 1), (1, 3), (2, 1), (3, 4)):
            image = np.ones(shape, np.float32)
            image[-1, 0] = np.nan
            assert np.isnan(filter2d(image, kernel, edge)).all()


def guarded(size, dtype):
    """An array, and the middle of it, which alone may be written."""
    array = np.full(size + 128, 77, dtype)
    return array, array[64:-64]


@compiled
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("size", [(2, 1), (6, 33), (4, RUN), (3, RUN + 1), (2, 3 * RUN - 1)])
def test_nothing_is_written_outside_the_rows_and_the_room_that_are_given(way, size, rng):
    kernel = kernel_for(way, rng).astype(np.float64)
    image = picture(rng, size, np.uint8)
    sums, (height, width) = plan(kernel, image.dtype), kernel.shape
    rows, values = size[0] + size[0] % 2, max(size[1], RUN)
    whole = isinstance(sums, WholeSums)
    kept, between = ((height + 1) // 2, 0) if whole else (height + 1, 2)
    line, doubt = (np.int32, np.float32) if whole else (sums.across.dtype,) * 2
    arrays = out, *working = (
        guarded(rows * values, np.uint8),
        guarded((kept + between) * (values + width - 1), line),
        guarded(kept * width, np.int64),
        guarded(2 * RUN, doubt),
    )
    frame, room = filtering._extended(image, kernel, "wrap"), Room(*(part for _, part in working))
    target = Target(out[1], values, 0, rows)
    if whole:
        filter_bytes(frame, kernel, sums.weights, sums.limits, room, target)
    else:
        filter_floats(frame, kernel, sums.down, sums.across, sums.limit, room, target)
    result = out[1].reshape(rows, values)[: size[0], : size[1]]
    np.testing.assert_array_equal(result, in_doubles(image, kernel, "wrap"))
    for array, _ in arrays:
        np.testing.assert_array_equal(array[:64], 77)
        np.testing.assert_array_equal(array[-64:], 77)
