"""A batch taken apart shows the very numbers that its update uses."""

import numpy as np
import pytest

from tuiconv.data.distortions import Distortions
from tuiconv.nn import together
from tuiconv.runs.stepping.operations import Operation

NETS = {
    "small": "INPUT(1,8,8) -> CONV(4,3) -> RELU -> POOL(2) -> FC(3) -> SOFTMAX",
    "logits": "INPUT(1,8,8) -> CONV(4,3) -> TANH -> AVGPOOL(2) -> FC(3)",
    "dropout": "INPUT(1,8,8) -> CONV(4,3) -> DROPOUT(0.5) -> RELU -> FC(3) -> SOFTMAX",
    "batch norm": "INPUT(1,8,8) -> CONV(4,3) -> BATCHNORM -> RELU -> FC(3) -> SOFTMAX",
    "branches": "INPUT(1,8,8) -> CONV(3,3,pad=1) -> RES[CONV(3,3,pad=1) -> RELU]"
    " -> CONCAT[CONV(2,1) | POOL(3,stride=1,pad=1)] -> DROPOUT(0.25) -> FC(3) -> SOFTMAX",
    "whitened": "INPUT(1,8,8) -> WHITEN -> FC(3) -> SOFTMAX",
}


def forward_and_backward(stepper):
    """Do all operations of a batch but the update."""
    for _ in stepper.operations[:-1]:
        stepper.step("operation")
    return stepper.in_hand


def test_the_operations_of_a_net_are_its_layers_forward_the_loss_and_its_layers_backward(new):
    stepper = new("INPUT(1,8,8) -> CONV(4,3) -> RELU -> FC(3)")
    assert stepper.operations == (
        Operation("forward", "conv1"),
        Operation("forward", "relu1"),
        Operation("forward", "fc1"),
        Operation("loss"),
        Operation("backward", "fc1"),
        Operation("backward", "relu1"),
        Operation("backward", "conv1"),
        Operation("update"),
    )


def test_a_loss_that_leaves_out_the_softmax_has_no_operation_for_it(new):
    kinds = [(each.kind, each.layer) for each in new(loss="svm").operations]
    assert ("forward", "fc1") in kinds
    assert ("forward", "softmax") not in kinds


def test_what_is_known_grows_by_one_layer_with_every_operation(new):
    stepper = new("INPUT(1,8,8) -> CONV(4,3) -> RELU -> FC(3)")
    stepper.step("operation")
    hand = stepper.in_hand
    assert [*hand.activations] == ["input", "conv1"]
    assert hand.activations["conv1"].shape == (20, 4, 6, 6)
    assert (hand.loss, hand.correct, hand.gradients, hand.parameter_gradients) == (
        None,
        None,
        {},
        {},
    )
    for _ in range(3):
        stepper.step("operation")
    hand = stepper.in_hand
    assert [*hand.activations] == ["input", "conv1", "relu1", "fc1"]
    assert hand.loss > 0
    assert [*hand.gradients] == ["fc1"]
    stepper.step("operation")
    hand = stepper.in_hand
    assert [*hand.gradients] == ["fc1", "relu1"]
    assert [*hand.parameter_gradients] == ["fc1.weight", "fc1.bias"]


@pytest.mark.parametrize(
    ("net", "batch_size", "more"),
    [
        *((net, 50, {}) for net in NETS.values()),
        (NETS["small"], 20, {}),
        (NETS["branches"], 20, {}),
        (NETS["dropout"], 40, {"distortions": Distortions(shift=1.0)}),
    ],
    ids=str,
)
def test_a_step_of_momentum_by_hand_with_the_gradients_shown_makes_the_very_parameters(
    new, monkeypatch, net, batch_size, more
):
    monkeypatch.setattr(together, "MOST_SUMS", 2)  # parts are summed in groups too
    stepper = new(net, batch_size, lr=0.1, momentum=0.9, **more)
    number = np.float32
    parameters, velocity = stepper.net.state_dict(), {}
    for _ in range(3):
        hand = forward_and_backward(stepper)
        statistics = {n: a for n, a in stepper.net.state_dict().items() if "running" in n}
        for name, array in statistics.items():  # the way forward that is shown has not moved them
            assert array.tobytes() == parameters[name].tobytes()
        for name, gradient in hand.parameter_gradients.items():
            velocity[name] = number(0.9) * velocity.get(name, number(0)) + gradient
            parameters[name] -= number(0.1) * velocity[name]
        stepper.step("operation")
        assert stepper.in_hand is None
        after = stepper.net.state_dict()
        for name in hand.parameter_gradients:
            assert after[name].tobytes() == parameters[name].tobytes(), name
        parameters = after
        assert stepper.last.loss == pytest.approx(hand.loss, rel=1e-12)
        assert stepper.last.accuracy == hand.correct / len(hand.images)


@pytest.mark.parametrize("net", [net for net in NETS.values() if "BATCHNORM" not in net])
@pytest.mark.parametrize("loss", ["cross_entropy", "svm"])
def test_without_chance_the_numbers_are_those_of_a_trace(new, net, loss):
    net = net.replace(" -> DROPOUT(0.5)", "").replace(" -> DROPOUT(0.25)", "")
    stepper = new(net, loss=loss)
    hand = forward_and_backward(stepper)
    trace = stepper.net.trace(hand.x, hand.labels, loss)
    assert hand.loss == pytest.approx(trace.loss, rel=1e-6)
    for mine, theirs in (
        (hand.activations, trace.activations),
        (hand.gradients, trace.gradients),
        (hand.parameter_gradients, trace.parameter_gradients),
    ):
        assert mine.keys() <= theirs.keys()
        for name, array in mine.items():
            np.testing.assert_allclose(array, theirs[name], rtol=1e-4, atol=1e-6, err_msg=name)
    assert {*trace.gradients} - {*hand.gradients} <= {"softmax"}


def test_activations_are_those_of_a_trace_to_the_last_bit(new):
    stepper = new()
    hand = forward_and_backward(stepper)
    for name, array in stepper.net.trace(hand.x).activations.items():
        assert hand.activations[name].tobytes() == array.tobytes()


@pytest.mark.parametrize("net", ["dropout", "batch norm", "branches"])
def test_the_numbers_shown_on_the_way_lead_to_the_gradients_of_the_parameters(new, net):
    hand = forward_and_backward(new(NETS[net], 50))
    names = [*hand.activations]
    arriving = hand.activations[names[names.index("fc1") - 1]].reshape(50, -1)
    by_hand = hand.gradients["fc1"].reshape(50, 3).T @ arriving
    found = hand.parameter_gradients["fc1.weight"]
    np.testing.assert_allclose(found.reshape(3, -1), by_hand, rtol=1e-4, atol=1e-6)
    channels = hand.gradients["conv1"].sum(axis=(0, 2, 3))
    np.testing.assert_allclose(
        hand.parameter_gradients["conv1.bias"], channels, rtol=1e-4, atol=1e-6
    )


def test_gradients_where_branches_meet_are_known_when_all_branches_have_come_back(new):
    stepper = new(NETS["branches"])
    seen = {}
    for k, operation in enumerate(stepper.operations[:-1]):
        stepper.step("operation")
        for name in stepper.in_hand.gradients:
            seen.setdefault(name, (k, operation.layer))
    # what leaves conv1 goes into conv2 and round it into the sum, which comes back first
    assert seen["conv1"][1] == "conv2"
    assert {*stepper.in_hand.gradients} == {*stepper.in_hand.activations}


def test_the_images_in_hand_are_those_that_are_learned(new):
    stepper = new()
    stepper.step("operation")
    hand = stepper.in_hand
    assert hand.images.shape == (20, 1, 8, 8)
    np.testing.assert_array_equal(hand.images, stepper.train.images[hand.chosen])
    np.testing.assert_array_equal(hand.labels, stepper.train.labels[hand.chosen])
    np.testing.assert_array_equal(hand.x, stepper.net.preprocessing(hand.images))
