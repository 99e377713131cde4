import json
from dataclasses import FrozenInstanceError, fields

import pytest

from tuiconv.nn.events import BatchDone, EpochDone, RunEnd, RunStart, to_json


@pytest.fixture
def end():
    return RunEnd(
        epochs=2, test_accuracy=None, seconds=1.5, images_per_second=40.0, reason="cancelled"
    )


def test_an_event_is_a_json_object_with_its_kind(end):
    assert json.loads(json.dumps(to_json(end))) == {
        "event": "end",
        "epochs": 2,
        "test_accuracy": None,
        "seconds": 1.5,
        "images_per_second": 40.0,
        "reason": "cancelled",
    }


def test_an_event_cannot_be_changed(end):
    for field in fields(end):
        with pytest.raises(FrozenInstanceError):
            setattr(end, field.name, 0)


def test_every_kind_of_event_has_its_own_name():
    kinds = [RunStart.event, BatchDone.event, EpochDone.event, RunEnd.event]
    assert kinds == ["start", "step", "epoch", "end"]
