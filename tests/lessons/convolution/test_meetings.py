from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tuiconv.errors import RequestError
from tuiconv.lessons.convolution.choices import check
from tuiconv.lessons.convolution.look import Look
from tuiconv.lessons.convolution.sliding import sliding
from tuiconv.lessons.convolution.terms import terms_of
from tuiconv.lessons.convolution.view import EXAMPLES, POOLS, ConvolutionView
from tuiconv_kernels import jit

pairs = st.tuples(st.integers(1, 3), st.integers(1, 3))
margins = st.tuples(st.integers(0, 2), st.integers(0, 2))


def inputs(meetings):
    return [each.input for each in meetings]


def outputs(meetings):
    return [each.output for each in meetings]


def test_the_lectures_first_window_lies_on_the_first_three_rows_and_columns(look_at):
    met = look_at(cell=(0, 0)).chosen
    assert inputs(met) == [*product(range(3), range(3))]
    assert [each.weight for each in met] == inputs(met)
    assert {each.output for each in met} == {(0, 0)}


def test_a_stride_moves_the_window_and_a_dilation_spreads_it(look_at):
    met = look_at(cell=(1, 1), kernel=(2, 2), stride=(2, 3), dilation=(2, 1)).chosen
    assert inputs(met) == [(2, 3), (2, 4), (4, 3), (4, 4)]


def test_padding_begins_above_and_on_the_left_and_may_be_another_below_and_on_the_right(look_at):
    look = look_at(cell=(0, 0), kernel=(2, 3), padding=(1, 0), behind=(0, 2))
    assert inputs(look.chosen) == [*product((-1, 0), (0, 1, 2))]
    assert look.sliding.out.shape == (1, 5 + 1 - 2 + 1, 7 + 2 - 3 + 1)
    padded, first = look.padded
    assert (padded.shape, first) == ((1, 6, 9), (-1, 0))
    assert not padded[0, 0].any()
    assert not padded[0, :, -2:].any()


def test_a_weight_meets_an_input_for_every_output_and_never_the_other_corner(look_at):
    met = look_at(at="weight", cell=(0, 0)).chosen
    assert inputs(met) == outputs(met) == [*product(range(3), range(5))]  # 5×7 less the last two
    met = look_at(at="weight", cell=(2, 2)).chosen
    assert inputs(met) == [*product(range(2, 5), range(2, 7))]


def test_an_input_in_the_corner_has_a_part_in_one_output_and_one_in_the_middle_in_nine(look_at):
    assert outputs(look_at(at="input", cell=(0, 0)).chosen) == [(0, 0)]
    met = look_at(at="input", cell=(2, 3)).chosen
    assert sorted(outputs(met)) == [*product(range(3), range(1, 4))]
    assert met[0].weight == (0, 0)
    assert met[0].output == (2, 3)  # the last window meets it first: the kernel turned half round


def test_a_transposed_convolution_lays_an_input_on_a_window_of_the_output(look_at):
    look = look_at(operation="transposed", at="input", cell=(1, 1), stride=(2, 2))
    assert outputs(look.chosen) == [*product((2, 3, 4), (2, 3, 4))]


@settings(max_examples=15)
@given(
    st.sampled_from(EXAMPLES[:3]),
    st.sampled_from(["correlation", "flipped", "transposed"]),
    pairs,
    pairs,
    margins,
    margins,
    pairs,
)
def test_every_product_is_met_from_its_weight_its_input_and_its_output_alike(
    example, operation, kernel, stride, padding, behind, dilation
):
    view = ConvolutionView(
        example, operation, kernel, stride, padding, behind, dilation, cell=(0, 0)
    )
    try:
        check(view)
    except RequestError:
        assume(False)
    look = Look(view, sliding(view))
    found = []
    for at, of in (("output", "of_output"), ("weight", "of_weight"), ("input", "of_input")):
        cells = np.ndindex(look.size_of(at))
        met = {each for cell in cells for each in getattr(look.meetings, of)(cell)}
        found.append(
            {
                each
                for each in met
                if look.is_inside("input", each.input) and look.is_inside("output", each.output)
            }
        )
    assert found[0] == found[1] == found[2]


CASES = [
    {},
    {"kernel": (2, 3)},
    {"stride": (2, 1), "padding": (1, 0), "behind": (0, 1)},
    {"dilation": (1, 2), "stride": (2, 2)},
]


@pytest.mark.parametrize("example", EXAMPLES)
@pytest.mark.parametrize("operation", ["correlation", "flipped", "transposed"])
def test_the_products_add_up_to_the_kernels_number_bit_by_bit(example, operation):
    rng = np.random.default_rng(0)
    for fields in CASES:
        view = ConvolutionView(example, operation, **fields)
        made = sliding(view)
        for at in ("output", "weight", "input"):
            look = Look(replace(view, at=at, backward=at != "output"), made)
            cell = tuple(int(rng.integers(size)) for size in look.size)
            numbers = {
                "map": int(rng.integers(len(made.out))),
                "channel": int(rng.integers(len(made.x))),
            }
            found = terms_of(Look(replace(look.view, cell=cell, **numbers), made))
            added = found.added()
            if jit.ENABLED:
                assert added.total == found.stored, (fields, at, cell)
            else:
                assert added.total == pytest.approx(found.stored, rel=1e-4, abs=1e-4)


@pytest.mark.parametrize("operation", POOLS)
def test_the_shares_of_a_pools_gradient_add_up_to_the_kernels_number_bit_by_bit(operation):
    # found by chance: these differed where shares were rounded, and in the order of the taps
    for example, fields in (
        ("channels", {"kernel": (5, 3), "stride": (1, 1), "power": 1.5, "beta": 0.125, "map": 2}),
        ("digit", {"kernel": (2, 4), "stride": (3, 1), "power": 8.0, "beta": 0.125}),
    ):
        view = ConvolutionView(example, operation, at="input", backward=True, **fields)
        made = sliding(view)
        for cell in np.ndindex(made.x.shape[1:]):
            found = terms_of(Look(replace(view, cell=cell), made))
            if jit.ENABLED:
                assert found.added().total == found.stored, (fields, cell)
            else:
                assert found.added().total == pytest.approx(found.stored, rel=1e-4, abs=1e-4)
