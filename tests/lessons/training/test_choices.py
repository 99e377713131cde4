import pytest

from tuiconv.data.catalog import CATALOG
from tuiconv.errors import RequestError
from tuiconv.lessons.training import choices
from tuiconv.lessons.training.choices import (
    LADDERS,
    NAMES,
    beside,
    image_size,
    neighbour,
    nets_for,
    suits,
)


@pytest.mark.parametrize(
    ("setting", "value", "up", "down"),
    [
        ("lr", 0.02, 0.05, 0.01),
        ("lr", 0.03, 0.05, 0.02),
        ("lr", 1.0, 1.0, 0.5),
        ("momentum", 0.0, 0.5, 0.0),
        ("batch_size", 64, 128, 32),
        ("batch_size", 100, 128, 64),
        ("weight_decay", 0.0, 0.00001, 0.0),
        ("seed", 0, 1, 0),
        ("optimizer", "sgd", "nesterov", "natural"),
        ("net", "lenet5", "lecture-lenet", "mlp2"),
    ],
)
def test_a_setting_has_a_value_above_and_one_below(setting, value, up, down):
    assert neighbour(setting, value, 1, "strokes") == up
    assert neighbour(setting, value, -1, "strokes") == down


def test_an_optimiser_without_momentum_has_none_to_change():
    with pytest.raises(RequestError, match="has no momentum; sgd and nesterov have one"):
        neighbour("momentum", None, 1, "strokes")


def test_of_the_data_sets_those_are_gone_through_that_are_here(monkeypatch):
    monkeypatch.setattr(choices, "where", lambda name: name == "kmnist" or None)
    assert neighbour("data", "strokes", 1, "strokes") == "kmnist"
    assert neighbour("data", "kmnist", 1, "kmnist") == "strokes"
    monkeypatch.setattr(choices, "where", lambda name: None)
    with pytest.raises(RequestError, match="no other data set is here; `tuiconv data get mnist`"):
        neighbour("data", "strokes", 1, "strokes")


def test_the_settings_stand_in_a_ring():
    names = [*NAMES]
    assert beside(names[-1], 1) == names[0]
    assert beside(names[0], -1) == names[-1]
    assert set(LADDERS) < set(NAMES)


def test_every_data_set_has_nets_and_every_net_fits_it():
    for data in CATALOG:
        assert all(suits(net, data) for net in nets_for(data))
        assert nets_for(data)
    assert nets_for("cifar10") == ["cifar-convnet", "all-conv"]
    assert "vgg16" not in nets_for("strokes")


def test_images_are_reduced_for_a_net_of_smaller_ones():
    assert image_size("digits-1989-net5", "mnist") == 16
    assert image_size("lenet5", "mnist") is None
    assert image_size("lenet5", "some/folder") is None
