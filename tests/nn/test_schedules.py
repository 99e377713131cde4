import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuiconv.errors import RequestError
from tuiconv.nn.schedules import SCHEDULES, constant, cosine, lecun_1998, schedule_named, step

every = pytest.mark.parametrize("schedule", SCHEDULES.values(), ids=SCHEDULES)


def test_the_table_of_1998_is_two_three_three_four_and_the_rest():
    rates = [0.0005 * lecun_1998(passes, 20) for passes in range(20)]
    table = [0.0005] * 2 + [0.0002] * 3 + [0.0001] * 3 + [0.00005] * 4 + [0.00001] * 8
    assert rates == pytest.approx(table)


def test_the_rate_of_1998_stays_the_same_within_a_pass():
    assert lecun_1998(1.999, 20) == 1
    assert lecun_1998(2.999, 20) == lecun_1998(2, 20)


def test_steps_are_at_a_half_and_at_three_quarters():
    assert [step(passes, 8) for passes in range(8)] == [1, 1, 1, 1, 0.1, 0.1, 0.01, 0.01]
    assert [step(passes, 1) for passes in (0.49, 0.5, 0.74, 0.75)] == [1, 0.1, 0.1, 0.01]


def test_a_cosine_goes_from_one_through_a_half_to_nothing():
    assert cosine(0, 4) == 1
    assert cosine(1, 4) == pytest.approx((1 + 0.5**0.5) / 2)
    assert cosine(2, 4) == pytest.approx(0.5)
    assert cosine(4 - 1e-9, 4) == pytest.approx(0)


def test_constant_is_one_throughout():
    assert [constant(passes, 3) for passes in (0, 1.5, 2.999)] == [1, 1, 1]


@every
@given(epochs=st.integers(1, 1000), share=st.floats(0, 1), later=st.floats(0, 1))
def test_a_rate_begins_whole_and_never_grows_again(schedule, epochs, share, later):
    first, second = sorted((share * epochs, later * epochs))
    assert schedule(0.0, epochs) == 1
    assert 1 >= schedule(first, epochs) >= schedule(second, epochs) >= 0


def test_an_unknown_schedule_is_refused_with_the_known():
    assert schedule_named("1998") is lecun_1998
    with pytest.raises(RequestError) as caught:
        schedule_named("1999")
    assert str(caught.value) == (
        'schedule "1999"; expected one of constant, step, cosine, 1998; did you mean 1998?'
    )
