import math
from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuiconv.data.distortions import Distortions
from tuiconv.errors import RequestError
from tuiconv.runs.settings import (
    DataSettings,
    OptimizerSettings,
    ScheduleSettings,
    Settings,
    quoted,
)


def test_without_a_word_lenet5_is_not_named_and_strokes_are_the_data():
    settings = Settings()
    assert (settings.net, settings.data.name, settings.epochs) == (None, "strokes", 4)
    assert settings.distortions is None


def test_settings_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        Settings().epochs = 3


@pytest.mark.parametrize(
    ("table", "values", "message"),
    [
        (Settings, {"epochs": 0}, "epochs is 0; expected a whole number of at least 1"),
        (Settings, {"batch_size": -64}, "batch_size is -64; expected a whole number of at least 1"),
        (Settings, {"seed": -1}, "seed is -1; expected a whole number of at least 0"),
        (Settings, {"threads": 0}, "threads is 0; expected a whole number of at least 1"),
        (
            Settings,
            {"seed": 2**63},
            "seed is 9223372036854775808; expected a whole number of at least 0 and at most"
            " 9,223,372,036,854,775,807",
        ),
        (
            Settings,
            {"loss": "cross-entropy"},
            'loss "cross-entropy"; expected one of cross_entropy, squared, svm; did you mean'
            " cross_entropy?",
        ),
        (
            Settings,
            {"initialiser": "zeros"},
            'initialiser "zeros"; expected one of lecun, he, xavier',
        ),
        (Settings, {"output": ""}, 'output is ""; expected a path'),
        (DataSettings, {"train": 0}, "train is 0; expected a whole number of at least 1"),
        (DataSettings, {"none": 0.0}, "none is 0.0; expected a number above 0 and at most 0.9"),
        (DataSettings, {"none": 0.95}, "none is 0.95; expected a number above 0 and at most 0.9"),
        (OptimizerSettings, {"lr": 0.0}, "lr is 0.0; expected a number above 0"),
        (OptimizerSettings, {"lr": math.nan}, "lr is nan; expected a number above 0"),
        (OptimizerSettings, {"lr": math.inf}, "lr is inf; expected a number above 0"),
        (
            OptimizerSettings,
            {"momentum": 1.0},
            "momentum is 1.0; expected a number of at least 0 and less than 1",
        ),
        (
            OptimizerSettings,
            {"weight_decay": math.nan},
            "weight_decay is nan; expected a number of at least 0",
        ),
        (OptimizerSettings, {"clip": -1.0}, "clip is -1.0; expected a number above 0"),
        (
            ScheduleSettings,
            {"name": "cosinus"},
            'name "cosinus"; expected one of constant, step, cosine, 1998; did you mean cosine?',
        ),
    ],
)
def test_a_setting_outside_its_limits_is_quoted_with_them(table, values, message):
    with pytest.raises(RequestError) as caught:
        table(**values)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("table", "values", "words"),
    [
        (Settings, {"net": "lenet6"}, "did you mean lenet5?"),
        (Settings, {"net": "INPUT(1,8,8) -> FCC(3)"}, "FCC"),
        (Settings, {"until": "test_accuracy"}, 'until "test_accuracy"; expected a metric'),
        (DataSettings, {"name": "mnst"}, "did you mean mnist?"),
        (Distortions, {"shift": -1.0}, "shift is -1.0; expected 0 to 1000"),
    ],
)
def test_what_other_parts_of_the_program_read_is_checked_by_them(table, values, words):
    with pytest.raises(RequestError) as caught:
        table(**values)
    assert words in str(caught.value)


def test_a_data_set_may_be_a_path_that_is_not_there_yet():
    assert DataSettings(name="some/where.npz").name == "some/where.npz"


def test_names_are_quoted_as_toml_has_them():
    assert [quoted(value) for value in ("adam", True, 3, 0.5, {"a": 1})] == [
        '"adam"',
        "true",
        "3",
        "0.5",
        "a table",
    ]


@given(st.one_of(st.text(), st.integers(), st.lists(st.text())))
def test_a_quoted_value_is_short(value):
    assert len(quoted(value)) <= 61


@pytest.mark.parametrize("value", ["x" * 10**6, 10**5000, [[1] * 100] * 100], ids=type)
def test_a_huge_value_is_cut(value):
    assert len(quoted(value)) <= 61
