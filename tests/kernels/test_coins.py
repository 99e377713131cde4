"""Random numbers without a state, and dropout in blocks of images by them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuiconv_kernels import dropout, jit
from tuiconv_kernels.blocks import from_blocks, to_blocks
from tuiconv_kernels.coins import SEEDS, number, skipped
from tuiconv_kernels.dropout import drop, kept_factor, threshold
from tuiconv_kernels.geometry import Layout
from tuiconv_kernels.lanes import LANES

seeds = st.integers(0, SEEDS - 1)


def test_they_are_the_published_numbers_of_splitmix64():
    # the first five numbers after the seed 1234567, as other implementations list them
    assert [number(1234567, k) for k in range(5)] == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]


@given(seeds, st.integers(0, 2**40), st.integers(0, 2**40))
def test_skipping_numbers_leads_to_those_behind_them(seed, count, k):
    assert number(skipped(seed, count), k) == number(seed, count + k)


@pytest.mark.skipif(not jit.ENABLED, reason="blocks are for compiled kernels")
@pytest.mark.parametrize("images", [1, LANES, LANES + 3])
@pytest.mark.parametrize("p", [0.0, 0.3, 0.9])
@pytest.mark.parametrize(("seed", "first"), [(0, 0), (SEEDS - 1, 64)])
def test_blocks_lose_what_the_public_function_drops_from_their_place_on(
    rng, dtype, images, p, seed, first
):
    x = rng.standard_normal((images, 3, 2, 5)).astype(dtype)
    layout = Layout(-(-images // LANES), 3, 2, 5)
    data = to_blocks(x, layout)
    toss = np.array([np.uint64(seed).view(np.int64), first])
    drop(data, toss, 7, 30, threshold(p), kept_factor(p), data)
    expected = dropout(x, p, seed=skipped(number(seed, 7), first * 30))
    np.testing.assert_array_equal(from_blocks(data, layout, images), expected)
