import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuiconv.errors import RequestError
from tuiconv.nn.events import EpochDone
from tuiconv.nn.until import METRICS, OPERATORS, Until

EPOCH = EpochDone(
    epoch=3,
    epochs=8,
    train_loss=0.25,
    train_accuracy=0.875,
    test_loss=0.5,
    test_accuracy=0.75,
    seconds=12.5,
)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("test_accuracy >= 0.75", True),
        ("test_accuracy > 0.75", False),
        ("test_accuracy <= 0.75", True),
        ("test_accuracy < 0.75", False),
        ("train_accuracy>=0.9", False),
        (" test_loss  <  6e-1 ", True),
        ("train_loss <= .2", False),
        ("seconds > 10", True),
        ("epoch >= 3", True),
    ],
)
def test_a_condition_compares_a_figure_of_the_epoch_with_a_number(text, holds):
    assert Until.parse(text)(EPOCH) is holds


@given(st.sampled_from(METRICS), st.sampled_from(sorted(OPERATORS)), st.floats(0, 1))
def test_every_metric_operator_and_number_is_read_as_written(metric, sign, bound):
    assert Until.parse(f"{metric} {sign} {bound!r}") == Until(metric, sign, bound)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", 'until ""; expected a metric, one of >= <= > <, and a number'),
        ("test_accuracy", 'until "test_accuracy"; expected a metric, one of >= <= > <'),
        ("test_accuracy = 0.9", "expected a metric, one of >= <= > <"),
        ("accuracy >= 0.9", 'metric "accuracy"; expected one of epoch, train_loss, train_accuracy'),
        ("tset_accuracy >= 0.9", "did you mean test_accuracy?"),
        ("epochs >= 3", 'metric "epochs"; expected one of epoch, train_loss'),
        (">= 0.9", 'metric ""; expected one of'),
        ("test_accuracy >=", '""; expected a number after >='),
        ("test_accuracy >= high", '"high"; expected a number after >='),
        ("test_accuracy >= nan", '"nan"; expected a number after >='),
        ("test_loss < inf", '"inf"; expected a number after <'),
        ("test_accuracy => 0.9", 'metric "test_accuracy ="; expected one of'),
        ("0.9 <= test_accuracy", 'metric "0.9"'),
        ("test_accuracy >= 99", "99; an accuracy is 0 to 1"),
        ("test_accuracy >= 0.9 >= 0.8", '"0.9 >= 0.8"; expected a number after >='),
    ],
)
def test_a_condition_that_is_none_is_quoted_with_what_is_allowed(text, message):
    with pytest.raises(RequestError) as caught:
        Until.parse(text)
    assert f'until "{text}"' in str(caught.value)
    assert message in str(caught.value)
