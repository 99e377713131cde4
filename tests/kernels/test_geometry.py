"""Every table of offsets lists the elements that the formula names, and none outside the array."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tuiconv_kernels import geometry
from tuiconv_kernels.geometry import Layout, Sliding
from tuiconv_kernels.lanes import LANES

MARGIN = -1
"""What `numbered` holds where no pixel is."""


def pairs(least, most):
    return st.tuples(st.integers(least, most), st.integers(least, most))


slidings = st.builds(Sliding, pairs(1, 4), pairs(1, 4), pairs(0, 3), pairs(1, 3))


@st.composite
def convolutions(draw):
    """How a kernel slides over x; x with its padding for a margin; the maps that come out."""
    sliding = draw(slidings)
    height, width = draw(pairs(1, 8))
    count, channels = draw(st.integers(0, 2)), draw(st.integers(1, 3))
    x = Layout(count, channels, height, width, sliding.padding)
    out = sliding.windows(x)
    assume(min(out) >= 1)
    return sliding, x, Layout(count, draw(st.integers(1, 3)), *out, draw(pairs(0, 1)))


def padded(layout):
    """n c y x lane, counted, and MARGIN around every map."""
    top, left = layout.margin
    widths = ((0, 0), (0, 0), (top, top), (left, left), (0, 0))
    return np.pad(numbers(layout), widths, constant_values=MARGIN)


def numbered(layout):
    """A flat array that holds, for every element of a map, its place in `numbers`."""
    return padded(layout).reshape(-1)


def numbers(layout):
    """n c y x lane, counted."""
    shape = (layout.count, layout.channels, layout.height, layout.width, layout.lanes)
    return np.arange(np.prod(shape)).reshape(shape)


def lie_inside(starts, size, lanes=LANES):
    """Whether a kernel that touches `lanes` elements from each start stays in an array."""
    return starts.min(initial=0) >= 0 and starts.max(initial=-lanes) + lanes <= size


@given(
    count=st.integers(0, 2), channels=st.integers(1, 3), size=pairs(0, 4), margin=pairs(0, 2),
    lanes=st.sampled_from([1, LANES]),
)  # fmt: skip
def test_a_layout_says_where_every_pixel_lies(count, channels, size, margin, lanes):
    layout = Layout(count, channels, *size, margin, lanes)
    flat = numbered(layout)
    assert len(flat) == layout.size
    np.testing.assert_array_equal(layout.inside(flat), numbers(layout))
    n, c, y, x, _ = np.indices(numbers(layout).shape)[..., :1]
    places = layout.offsets(n, c, y, x)
    np.testing.assert_array_equal(flat[places], numbers(layout)[..., 0].reshape(-1))
    assert lie_inside(places, layout.size, lanes)
    np.testing.assert_array_equal(
        flat[geometry.cells(layout)], numbers(layout)[:, 0, :, :, 0].reshape(-1)
    )
    if layout.height and layout.width:
        first = numbers(layout)[..., 0, 0]
        np.testing.assert_array_equal(flat[geometry.image_rows(layout)], first.reshape(-1))
        np.testing.assert_array_equal(flat[geometry.planes(layout)], first[:, :, 0].reshape(-1))


@given(
    count=st.integers(0, 2), channels=st.integers(1, 3), size=pairs(1, 4), margin=pairs(0, 2)
)  # fmt: skip
def test_runs_of_pixels_hold_every_pixel_once_and_in_order(count, channels, size, margin):
    layout = Layout(count, channels, *size, margin)
    starts, length = geometry.image_runs(layout)
    assert lie_inside(starts, layout.size, length * LANES)
    inside = numbered(layout)[starts[:, np.newaxis] + np.arange(length * LANES)]
    np.testing.assert_array_equal(inside.reshape(-1), np.arange(numbers(layout).size))


@given(pairs(1, 3), pairs(0, 2), st.sampled_from([np.float32, np.float64]))
def test_an_array_for_maps_is_all_zeros_and_begins_with_a_cache_line(size, margin, dtype):
    layout = Layout(2, 3, *size, margin)
    data = layout.zeros(dtype)
    assert data.dtype == dtype
    assert data.flags.carray
    assert data.ctypes.data % geometry.CACHE_LINE == 0
    np.testing.assert_array_equal(data, np.zeros(layout.size))


@given(slidings, pairs(1, 9))
def test_windows_are_counted_by_sliding_one(sliding, size):
    layout = Layout(1, 1, *size)
    for axis in (0, 1):
        extent = sliding.dilation[axis] * (sliding.taps[axis] - 1) + 1
        last = size[axis] + sliding.padding[axis] - extent
        starts = range(-sliding.padding[axis], last + 1, sliding.stride[axis])
        windows = sliding.windows(layout)[axis]
        assert max(windows, 0) == len(starts)
        np.testing.assert_array_equal(sliding.tops(axis, len(starts)), starts)


def test_a_kernel_covers_an_image_of_its_own_size_without_padding():
    image = Layout(1, 3, 4, 5)
    assert Sliding((4, 5)).covers(image)
    assert not Sliding((4, 4)).covers(image)
    assert not Sliding((4, 5), padding=(0, 1)).covers(image)


@given(convolutions(), st.integers(1, 3))
def test_every_place_and_offset_of_a_convolution_is_the_pixel_of_its_formula(convolution, groups):
    sliding, x, out = convolution
    assume(x.channels % groups == 0)
    channels = x.channels // groups
    tables = geometry.forward(sliding, x, out, channels)
    n, i, j, c, u, v = np.ix_(
        *map(np.arange, (x.count, out.height, out.width, channels, *sliding.taps))
    )
    y = i * sliding.stride[0] + u * sliding.dilation[0]
    x_ = j * sliding.stride[1] + v * sliding.dilation[1]
    met = tables.places[:, np.newaxis] + tables.offsets
    expected = padded(x)[n, c, y, x_, 0].reshape(met.shape)
    np.testing.assert_array_equal(numbered(x)[met], expected)
    np.testing.assert_array_equal(tables.taps, np.arange(channels * np.prod(sliding.taps)))
    np.testing.assert_array_equal(tables.spans, [[0, len(met), 0, len(tables.taps)]])
    np.testing.assert_array_equal(
        numbered(out)[tables.out_places], numbers(out)[:, 0, ..., 0].reshape(-1)
    )
    # the last group, and the last map, begin latest
    assert lie_inside(met + (groups - 1) * channels * x.plane, x.size)
    assert lie_inside(tables.out_places + (out.channels - 1) * out.plane, out.size)


@given(convolutions())
def test_the_four_places_of_a_pool_follow_each_other(convolution):
    sliding, x, full = convolution
    assume(full.height >= 2 and full.width >= 2)
    pooled = Layout(full.count, full.channels, full.height // 2, full.width // 2)
    every_place = geometry.forward(sliding, x, full)
    tables = geometry.forward_pooled(sliding, x, pooled, x.channels)
    where = dict(zip(every_place.out_places, every_place.places, strict=True))
    corners = product(range(x.count), range(pooled.height), range(pooled.width))
    for p, (n, i, j) in enumerate(corners):
        four = [full.offsets(n, 0, 2 * i + a, 2 * j + b)[0] for a in (0, 1) for b in (0, 1)]
        assert [where[cell] for cell in four] == tables.places[4 * p : 4 * p + 4].tolist()
        assert tables.out_places[p] == pooled.offsets(n, 0, i, j)[0]
        unpooled = geometry.forward_pooled(sliding, x, pooled, 1, full)
        assert unpooled.out_places[4 * p : 4 * p + 4].tolist() == four
    np.testing.assert_array_equal(tables.offsets, every_place.offsets)
    assert lie_inside(tables.places[:, np.newaxis] + tables.offsets, x.size)
    assert lie_inside(tables.out_places + (pooled.channels - 1) * pooled.plane, pooled.size)


@given(slidings, pairs(1, 4 * LANES), st.integers(1, 2), st.integers(1, 2))
def test_lanes_along_a_row_reach_its_end_and_not_beyond(sliding, size, images, channels):
    sliding = Sliding(sliding.taps, (sliding.stride[0], 1), sliding.padding, sliding.dilation)
    x = Layout(images, channels, *size, sliding.padding, lanes=1)
    height, width = sliding.windows(x)
    assume(height >= 1 and width >= LANES)
    out = Layout(images, 2, height, width, lanes=1)
    tables = geometry.along_rows(sliding, x, out, channels)
    lane = np.arange(LANES)
    written = tables.out_places[:, np.newaxis] + lane
    first_map = numbers(out)[:, 0].reshape(-1)
    np.testing.assert_array_equal(np.unique(numbered(out)[written]), first_map)
    met = tables.places[:, np.newaxis] + tables.offsets
    assert lie_inside(met, x.size)
    assert lie_inside(tables.out_places + out.plane, out.size)
    # each lane is an output pixel by itself, as if the lanes were one
    alone = geometry.forward(sliding, x, out)
    where = dict(zip(alone.out_places, alone.places, strict=True))
    for p in range(len(tables.places)):
        assert [where[cell] for cell in written[p]] == (tables.places[p] + lane).tolist()


def meetings(sliding, x, grad, weight_shape):
    """For every pixel, the outputs and weights it meets: those of the formula, pixel by pixel."""
    maps, _, height, width = weight_shape
    found = {place: [] for place in geometry.cells(x).tolist()}
    weights = np.arange(np.prod(weight_shape)).reshape(weight_shape)
    axes = (range(n) for n in (x.count, maps, grad.height, grad.width, height, width))
    for n, o, i, j, u, v in product(*axes):
        y = i * sliding.stride[0] - sliding.padding[0] + u * sliding.dilation[0]
        x_ = j * sliding.stride[1] - sliding.padding[1] + v * sliding.dilation[1]
        if 0 <= y < x.height and 0 <= x_ < x.width:
            pixel, output = x.offsets(n, 0, y, x_)[0], grad.offsets(n, o, i, j)[0]
            found[pixel].append((output, weights[o, 0, u, v]))
    return found


@settings(max_examples=60)
@given(convolutions())
def test_an_input_gradient_lists_exactly_the_meetings_of_every_pixel(convolution):
    sliding, with_margin, grad = convolution
    x = replace(with_margin, margin=(0, 0))
    weight_shape = (grad.channels, x.channels, *sliding.taps)
    tables = geometry.back_to_x(sliding, x, grad, weight_shape)
    listed = {}
    for begin, end, first, last in tables.spans:
        taps = tables.taps[first:last].tolist()
        for p in range(begin, end):
            outputs = (tables.places[p] + tables.offsets[first:last]).tolist()
            pixel = int(tables.out_places[p])
            assert pixel not in listed
            listed[pixel] = list(zip(outputs, taps, strict=True))
            assert lie_inside(np.array(outputs), grad.size)
    expected = meetings(sliding, x, grad, weight_shape)
    assert {pixel: sorted(met) for pixel, met in listed.items()} == {
        pixel: sorted(met) for pixel, met in expected.items()
    }
    assert lie_inside(tables.out_places + (x.channels - 1) * x.plane, x.size)
    # a row is an input channel: the last one's weights begin latest
    assert lie_inside(
        tables.taps + (x.channels - 1) * np.prod(sliding.taps), np.prod(weight_shape), lanes=1
    )


def terms_of_places(spans):
    """For every place, the terms that its spans list."""
    terms = {}
    for begin, end, first, last in spans.tolist():
        for place in range(begin, end):
            terms.setdefault(place, []).extend(range(first, last))
    return terms


@pytest.mark.parametrize("blocks", [1, 2])
@pytest.mark.parametrize("size", [(1, 3), (2, 4), (5, 5), (6, 7)])
def test_a_long_sum_has_parts_that_hold_all_its_terms_in_order(blocks, size, monkeypatch):
    sliding, x = Sliding((2, 3), padding=(1, 1)), Layout(blocks, 3, *size, (1, 1))
    out = Layout(blocks, 4, *sliding.windows(x))
    back = (sliding, replace(x, margin=(0, 0)), out, (4, 3, 2, 3))
    whole = geometry.forward(sliding, x, out), geometry.back_to_x(*back)
    for name, value in (("LONG_SUM", 6), ("TERMS", 5), ("PLACES", 8)):
        monkeypatch.setattr(geometry, name, value)
    parted = geometry.forward(sliding, x, out), geometry.back_to_x(*back)
    for before, after in zip(whole, parted, strict=True):
        assert terms_of_places(after.spans) == terms_of_places(before.spans)
        for begin, end, first, last in after.spans:
            assert last - first <= 6 or end - begin < 8
        same = (np.diff(after.spans[:, :2], axis=0) == 0).all(axis=1)
        sizes = np.diff(after.spans[:-1][same])[:, ::2]
        assert (sizes <= [8, 5]).all()
        assert (sizes[:, 0] % 4 == 0).all()


def test_pixels_between_the_windows_of_a_stride_meet_nothing():
    x, grad = Layout(1, 1, 1, 7), Layout(1, 1, 1, 3)
    tables = geometry.back_to_x(Sliding((1, 1), (1, 3)), x, grad, (1, 1, 1, 1))
    met = {
        int(pixel) // LANES: end - first
        for begin, stop, first, end in tables.spans
        for pixel in tables.out_places[begin:stop]
    }
    assert met == {0: 1, 1: 0, 2: 0, 3: 1, 4: 0, 5: 0, 6: 1}


@given(st.integers(0, 2), st.integers(1, 3), pairs(1, 4), st.integers(1, 4))
def test_where_the_kernel_covers_the_input_every_pixel_meets_one_weight_of_every_map(
    count, channels, size, maps
):
    x, grad = Layout(count, channels, *size), Layout(count, maps, 1, 1)
    pixels = channels * size[0] * size[1]
    tables = geometry.back_to_covered(x, grad, maps, pixels)
    weights = tables.taps[:, np.newaxis] + np.arange(pixels)  # o pixel
    np.testing.assert_array_equal(weights.reshape(-1), np.arange(maps * pixels))
    met = tables.places[:, np.newaxis] + tables.offsets  # n o
    np.testing.assert_array_equal(numbered(grad)[met], numbers(grad)[:, :, 0, 0, 0])
    to = tables.out_places[:, np.newaxis] + LANES * np.arange(pixels)  # n pixel
    np.testing.assert_array_equal(numbered(x)[to].reshape(-1), numbers(x)[..., 0].reshape(-1))


@given(convolutions())
def test_a_pool_lists_the_cells_of_each_window_that_are_pixels(convolution):
    sliding, with_margin, out = convolution
    x = replace(with_margin, margin=(0, 0))
    tables = geometry.pool_windows(sliding, x, out)
    taps = list(product(range(sliding.taps[0]), range(sliding.taps[1])))
    for p, (i, j) in enumerate(product(range(out.height), range(out.width))):
        cells, met = [], []
        for tap, (u, v) in enumerate(taps):
            y = i * sliding.stride[0] - sliding.padding[0] + u * sliding.dilation[0]
            x_ = j * sliding.stride[1] - sliding.padding[1] + v * sliding.dilation[1]
            if 0 <= y < x.height and 0 <= x_ < x.width:
                cells.append((y * x.width + x_) * LANES)
                met.append(tap)
        window = slice(tables.starts[p], tables.starts[p + 1])
        assert tables.cells[window].tolist() == cells
        assert tables.taps[window].tolist() == met
        assert tables.windows[p] == out.offsets(0, 0, i, j)[0]
    assert lie_inside(tables.cells, x.plane)
    assert lie_inside(tables.windows, out.plane)


def test_a_mean_counts_no_cell_beyond_the_padding():
    # rows −1 to 1; columns −1 to 1, 1 to 3, and 3 to 5, of which 4 is padding and 5 is none
    sliding = Sliding((3, 3), (1, 2), (1, 1))
    counts = geometry.window_counts(sliding, (2, 4), (1, 3))
    np.testing.assert_array_equal(counts, [[3 * 3, 3 * 3, 3 * 2]])
    counts = geometry.window_counts(sliding, (2, 4), (1, 3), include_pad=False)
    np.testing.assert_array_equal(counts, [[2 * 2, 2 * 3, 2 * 1]])
