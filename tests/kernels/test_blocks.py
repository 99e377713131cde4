"""Images go into blocks, lane by lane, and come out as they were."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuiconv_kernels import jit
from tuiconv_kernels.blocks import (
    blocks_for,
    from_blocks,
    into_blocks,
    out_of_blocks,
    to_blocks,
)
from tuiconv_kernels.geometry import Layout, image_rows, image_runs
from tuiconv_kernels.lanes import LANES

pytestmark = pytest.mark.skipif(not jit.ENABLED, reason="squares are turned over in lanes")

dtypes = st.sampled_from([np.float32, np.float64])
counts = st.integers(0, 2 * LANES + 1)
# below, at, and above the side of a square
shapes = st.tuples(
    st.integers(1, 3), st.integers(1, 4), st.sampled_from([1, 3, LANES, LANES + 1, 2 * LANES + 3])
)
margins = st.tuples(st.integers(0, 2), st.integers(0, 2))


def draw(count, shape, dtype):
    return np.random.default_rng(count).standard_normal((count, *shape)).astype(dtype)


def test_blocks_are_filled_one_after_the_other():
    assert [blocks_for(n) for n in (0, 1, LANES, LANES + 1)] == [0, 1, 1, 2]


@given(counts, shapes, margins, dtypes)
def test_an_image_is_a_lane_of_its_block(count, shape, margin, dtype):
    x = draw(count, shape, dtype)
    layout = Layout(blocks_for(count), *shape, margin)
    data = to_blocks(x, layout)
    assert data.dtype == dtype
    inside = layout.inside(data).copy()
    for n in range(count):
        block, lane = divmod(n, LANES)
        np.testing.assert_array_equal(inside[block, ..., lane], x[n])
        inside[block, ..., lane] = 0
    assert (inside == 0).all()
    layout.inside(data)[:] = 0
    assert (data == 0).all()


@given(counts, shapes, margins, dtypes)
def test_images_come_out_as_they_went_in(count, shape, margin, dtype):
    x = draw(count, shape, dtype)
    x.reshape(-1)[:3] = [-0.0, np.nan, np.inf][: x.size]
    layout = Layout(blocks_for(count), *shape, margin)
    back = from_blocks(to_blocks(x, layout), layout, count)
    assert back.tobytes() == x.tobytes()


@given(counts, shapes, margins, dtypes)
def test_a_smaller_batch_empties_the_lanes_of_the_one_before_and_leaves_the_margin(
    count, shape, margin, dtype
):
    layout = Layout(3, *shape, margin)
    data = np.full(layout.size, np.nan, dtype)
    into_blocks(draw(count, shape, dtype), data, *image_runs(layout))
    inside = layout.inside(data)
    lanes = np.moveaxis(inside, -1, 1).reshape(3 * LANES, *shape)
    assert not np.isnan(lanes[:count]).any()
    assert (lanes[count:] == 0).all()
    assert np.isnan(data).sum() == layout.size - inside.size


@given(counts, shapes, dtypes)
def test_row_by_row_is_the_same_as_in_one_run(count, shape, dtype):
    x = draw(count, shape, dtype)
    layout = Layout(blocks_for(count), *shape)
    data = np.empty(layout.size, dtype)
    into_blocks(x, data, image_rows(layout), layout.width)
    np.testing.assert_array_equal(data, to_blocks(x, layout))
    out = np.empty_like(x)
    out_of_blocks(data, image_rows(layout), layout.width, out)
    np.testing.assert_array_equal(out, x)
