import math
from dataclasses import replace

import numpy as np
import pytest

from tuiconv.data.dataset import Dataset, Preprocessing
from tuiconv.lessons.scene import Table, Text
from tuiconv.lessons.training.chain_rule import (
    gradient_lines,
    image_parts,
    loss_panel,
    scores_panel,
)
from tuiconv.lessons.training.look import before_update
from tuiconv.lessons.training.looked import of_batch, of_test_image
from tuiconv.nn.network import Network


@pytest.fixture
def looked():
    """Weights of 0, so all scores are 0, and the image is x = (1, 0) of the class a."""
    net = Network.parse("INPUT(1,1,2) -> FC(2) -> SOFTMAX")
    net.preprocessing, net.class_names = Preprocessing(0.0, 1.0), ("a", "b")
    net.parameters[:] = 0
    pixels = np.array([[[[255, 0]]]], np.uint8)
    return of_test_image(net, Dataset("one", pixels, np.array([0]), ("a", "b")), 0)


def test_the_way_from_the_scores_to_a_weight_worked_by_hand(looked):
    # p = ½ for both; the loss is −log ½ = 0.693147; δ = p − y = (−½, ½); g = δ · x = −½ · 1
    assert scores_panel(looked).rows == (
        ("a", "0", "0.5", "1", "−0.5", "−0.5"),
        ("b", "0", "0.5", "0", "0.5", "0.5"),
    )
    assert "loss = −log p[a] = −log 0.5 = 0.693147" in loss_panel(looked).lines
    layer = looked.net.layers[0]
    assert list(gradient_lines(looked, layer, "weight", (0, 0), -0.5)) == [
        "g = Σ δ · x over test image 0 = −0.5"
    ]
    assert looked.parameter_gradients["fc1.weight"].tolist() == [[-0.5, 0], [0.5, 0]]


def test_before_the_forward_pass_is_done_there_are_no_scores(make):
    learner = make(panels="chain-rule")
    learner.does("stepped", "operation")
    assert "the scores are not there yet: s takes the next operation" in learner.read
    assert "it begins after the loss: s takes the next operation" in learner.read


def test_a_row_is_added_for_every_layer_that_the_gradient_has_come_back_to(make):
    learner = make(panels="chain-rule", layer="fc1")
    count = len(learner.net.layers)
    learner.steps("operation", count + 1)
    assert [row[0] for row in learner.panel(Table, 1).rows] == ["softmax"]
    learner.steps("operation", 2)
    back = learner.panel(Table, 1)
    assert [row[0] for row in back.rows] == ["softmax", "fc1", "pool1"]
    assert back.chosen == 1
    gradients = learner.lesson.stepper.in_hand.parameter_gradients
    length = math.hypot(*(np.linalg.norm(gradients[f"fc1.{n}"]) for n in ("weight", "bias")))
    assert back.rows[1][3] == f"{length:.4g}"


@pytest.mark.parametrize(("optimizer", "decay"), [("sgd", 0.01), ("adam", 0.0)])
def test_the_update_that_is_foretold_is_made_to_the_last_bit(make, optimizer, decay):
    learner = make(optimizer=optimizer, weight_decay=decay)
    stepper = learner.lesson.stepper
    learner.steps("batch", 2)
    learner.steps("operation", len(stepper.operations) - 1)
    before = before_update(stepper)
    foretold = {
        f"{layer.name}.{name}": {
            index: before.update_of(learner.net, layer.name, name, index)
            for index in np.ndindex(array.shape)
            if sum(index) % 7 == 0
        }
        for layer in learner.net.layers
        for name, array in layer.parameters.items()
    }
    learner.does("stepped", "operation")
    arrays = learner.net.arrays()
    for called, updates in foretold.items():
        for index, made in updates.items():
            assert made.after == arrays[called][index], (called, index)


def test_before_and_after_the_update_a_weight_shows_the_same_lines(make):
    learner = make(panels="chain-rule", layer="conv1", show="weights")
    learner.steps("operation", len(learner.lesson.stepper.operations) - 1)
    going, weight = learner.read, learner.panel(Text, -1)
    learner.does("stepped", "operation")
    done = learner.panel(Text, -1)
    assert "its update is going to be:" in going
    assert weight.title == done.title == "one weight: conv1.weight[0, 0, 2, 2]"
    after = weight.lines[-2].rpartition(" = ")[2]
    assert weight.lines[-2].startswith("w ← w − lr · v = ")
    assert done.lines[0] == f"w = {after} now"
    assert done.lines[-2:] == weight.lines[-2:]
    learner.does("stepped", "batch")
    assert "test image 0 is only looked at" in learner.read


@pytest.mark.parametrize(
    "net",
    [
        "INPUT(1,32,32) -> CONV(4,3,stride=2,pad=1) -> TANH -> CONV(4,3,groups=2,dilation=2)"
        " -> FC(10) -> SOFTMAX",
        "INPUT(1,32,32) -> SUBSAMPLE(4) -> LOCAL(2,3,stride=2) -> FC(10)",
    ],
)
def test_what_the_images_add_is_the_gradient_of_every_kind_of_weight(make, net):
    learner = make(net=net, batch_size=4)
    learner.steps("operation", len(learner.lesson.stepper.operations) - 1)
    looked = of_batch(learner.net, learner.lesson.stepper.in_hand, 1)
    for layer in learner.net.layers:
        for name, array in layer.parameters.items():
            index = tuple(size // 2 for size in array.shape)
            stored = looked.parameter_gradients[f"{layer.name}.{name}"][index]
            parts = image_parts(looked, layer, name, index)
            assert len(parts) == 4
            assert math.fsum(parts) == pytest.approx(stored, rel=1e-4, abs=1e-8)


def test_images_that_a_batch_joins_are_not_told_apart(make):
    learner = make(net="INPUT(1,32,32) -> CONV(2,9,stride=4) -> BATCHNORM -> FC(10) -> SOFTMAX")
    learner.steps("operation", len(learner.lesson.stepper.operations) - 1)
    learner.view = learner.lesson.settled(
        replace(learner.view, panels="chain-rule", layer="batchnorm1")
    )
    assert "the images of a batch have their parts in it together" in learner.read
