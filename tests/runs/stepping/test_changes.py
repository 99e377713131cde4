import pytest

from tuiconv.errors import RequestError
from tuiconv.runs.stepping.changes import Change, changes_text, made, parse_changes

TEXT = "120:lr=0.05;300:optimizer=adam;300:batch_size=32"


def test_a_text_of_changes_is_read_and_written_the_same():
    changes = parse_changes(TEXT)
    assert changes == (
        Change(120, "lr", 0.05),
        Change(300, "optimizer", "adam"),
        Change(300, "batch_size", 32),
    )
    assert changes_text(changes) == TEXT
    assert parse_changes("") == ()
    assert parse_changes(" 1 : momentum = 0 ; ") == (Change(1, "momentum", 0.0),)


@pytest.mark.parametrize("value", [1e-05, 0.1 + 0.2, 1.0])
def test_a_number_is_written_to_its_last_digit(value):
    assert parse_changes(changes_text([Change(1, "lr", value)])) == (Change(1, "lr", value),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("lr=0.05", r'^change "lr=0.05"; expected BATCHES:NAME=VALUE, such as 120:lr=0.05$'),
        ("120:lr", r'^change "120:lr"; expected BATCHES:NAME=VALUE'),
        ("-1:lr=0.05", r'^change "-1:lr=0.05"; expected BATCHES'),
        ("1.5:lr=0.05", r'^change "1.5:lr=0.05"; expected BATCHES'),
        ("²:lr=0.05", r"expected BATCHES"),
        ("1:momentun=0", r'^change of "momentun"; expected one of lr, .*; did you mean momentum'),
        ("1:lr=-2", r'^change "1:lr=-2": optimizer.lr is -2.0; expected a number above 0$'),
        ("1:lr=x", r'^change "1:lr=x": optimizer.lr is "x"; expected a number$'),
        ("1:batch_size=2.5", r"batch_size is 2.5; expected a whole number$"),
        ("1:optimizer=adem", r'"adem"; expected one of sgd, .*; did you mean adam\?$'),
        (f"{'9' * 5000}:lr=1", r"expected BATCHES:NAME=VALUE"),
    ],
)
def test_what_is_no_change_is_refused_in_a_line(text, message):
    with pytest.raises(RequestError, match=message) as caught:
        parse_changes(text)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


def test_settings_have_the_changes_made_so_far(settings):
    first = settings(lr=0.1, momentum=0.5)
    changes = parse_changes(TEXT)
    assert made(first, changes, until=119) == first
    assert made(first, changes, until=120).optimizer.lr == 0.05
    last = made(first, changes)
    assert (last.optimizer.name, last.optimizer.lr, last.batch_size) == ("adam", 0.001, 32)
