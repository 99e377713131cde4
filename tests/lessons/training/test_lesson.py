import shlex
from dataclasses import fields, replace
from threading import Event

import numpy as np
import pytest

from tuiconv.data.dataset import DataError
from tuiconv.errors import RequestError, UserError
from tuiconv.lessons.scene import Confusion, Map, Maps, Numbers, Pixels, Text
from tuiconv.lessons.training.confused import most_confused
from tuiconv.lessons.training.view import PANELS, TrainingView
from tuiconv.lessons.view import command
from tuiconv.nn.evaluation import evaluate
from tuiconv.runs.given import settings_from
from tuiconv.runs.job import Job
from tuiconv.runs.toml import read_run_file


def bits(learner):
    return learner.net.parameters.tobytes()


def view_of(line):
    """The view that the options of a command line give."""
    kinds = {each.name: type(each.default) for each in fields(TrainingView)}
    values = {}
    for word in shlex.split(line)[3:]:
        name, _, value = word.removeprefix("--").partition("=")
        name = name.replace("-", "_")
        kind = float if name in ("lr", "momentum") else kinds[name]
        values[name] = tuple(map(int, value.split(","))) if name == "unit" else kind(value)
    return TrainingView(**values)


def test_the_first_scene_says_that_nothing_is_learned_yet(learner):
    scene = learner.lesson.scene(learner.view)
    assert scene.title == "epoch 1 · 5 batches ahead · 0 images seen · paused"
    status = learner.panel(Text)
    assert status.title == "nothing learned yet: these are the first random weights"
    net = str(learner.net.spec)
    assert status.lines[0] == (
        f"{net}, strokes, seed 0, sgd, [lr 0.02], momentum 0.9, batch 8, decay 0"
    )
    assert status.lines[1] == "space plays · s operation · b batch · e epoch"


def test_between_two_batches_the_numbers_are_those_of_the_networks_trace(learner):
    learner.steps("batch", 2)
    learner.does("digit_moved", 3)
    net, test = learner.net, learner.lesson.stepper.test
    trace = net.trace(net.preprocessing(test.images[3:4]), test.labels[3:4])
    np.testing.assert_array_equal(learner.panel(Pixels).pixels, test.images[3, 0])
    assert learner.panel(Pixels).title.startswith(f"test image 3: {test.labels[3]}")
    for layer in ("conv1", "relu1", "pool1", "fc1"):
        for show, arrays in (("activations", trace.activations), ("gradients", trace.gradients)):
            learner.view = learner.lesson.settled(replace(learner.view, layer=layer, show=show))
            maps = learner.panel(Maps).maps
            np.testing.assert_array_equal(maps.ravel(), arrays[layer][0].ravel())
    for show, arrays in (
        ("weights", net.arrays()),
        ("weight-gradients", trace.parameter_gradients),
    ):
        learner.view = learner.lesson.settled(replace(learner.view, layer="conv1", show=show))
        np.testing.assert_array_equal(learner.panel(Maps).maps, arrays["conv1.weight"][:, 0])


def test_taken_apart_the_numbers_are_those_of_the_batch_that_is_learned(learner):
    net, stepper = learner.net, learner.lesson.stepper
    learner.steps("operation", 2 * len(net.layers) + 1)
    hand = stepper.in_hand
    trace = net.trace(hand.x, hand.labels)
    learner.does("digit_moved", 5)
    learner.view = learner.lesson.settled(replace(learner.view, layer="relu1", show="activations"))
    np.testing.assert_array_equal(learner.panel(Pixels).pixels, hand.images[5, 0])
    np.testing.assert_array_equal(learner.panel(Maps).maps, trace.activations["relu1"][5])
    learner.view = learner.lesson.settled(replace(learner.view, show="gradients"))
    np.testing.assert_allclose(
        learner.panel(Maps).maps, trace.gradients["relu1"][5], rtol=1e-4, atol=1e-9
    )


def test_the_last_change_is_what_the_update_added(learner):
    learner.steps("batch", 2)
    before = learner.net.arrays()["conv1.weight"].copy()
    learner.does("stepped", "batch")
    learner.view = learner.lesson.settled(replace(learner.view, show="change", layer="conv1"))
    added = learner.net.arrays()["conv1.weight"] - before
    np.testing.assert_array_equal(learner.panel(Maps).maps, added[:, 0])


def test_operations_batches_and_playing_come_to_the_same_bits(make):
    by_operations, by_batches, by_itself = make(), make(), make()
    by_operations.steps("operation", 2 * len(by_operations.lesson.stepper.operations))
    by_batches.steps("batch", 2)
    by_itself.does("stepped", "epoch")
    while by_itself.lesson.going:
        by_itself.lesson.advance()
    assert bits(by_operations) == bits(by_batches)
    by_batches.steps("batch", 3)
    assert bits(by_batches) == bits(by_itself)
    assert "epoch 2 · 5 batches ahead · 40 images seen" in by_itself.read
    accuracy = evaluate(by_itself.net, by_itself.lesson.stepper.test).accuracy
    assert f"test {accuracy:.2%} (epoch 1)" in by_itself.read


def test_back_and_forward_again_are_the_same_bits(learner):
    learner.steps("batch", 2)
    two = bits(learner)
    learner.does("stepped", "batch")
    three = bits(learner)
    learner.does("gone_back")
    assert (bits(learner), learner.view.batches) == (two, 2)
    learner.does("gone_forward")
    assert (bits(learner), learner.view.batches) == (three, 3)
    learner.does("gone_forward")
    assert learner.view.batches == 3


def test_it_says_how_far_one_can_go_back_and_what_it_undoes(learner, monkeypatch):
    learner.steps("batch", 2)
    assert "· e epoch · [ back 1 batch\n" in learner.read
    learner.does("gone_back")
    assert "· [ back 1 batch · ] forward\n" in learner.read
    assert "You can go back to the very beginning." in learner.lesson.scene(learner.view).help[-2]
    monkeypatch.setattr("tuiconv.runs.stepping.snapshots.MOST_BYTES", 0)
    learner.steps("batch", 4)
    assert "You can go back to batch 3 of the run." in learner.lesson.scene(learner.view).help[-2]


def test_going_back_far_says_so_and_can_be_stopped(learner, monkeypatch):
    monkeypatch.setattr("tuiconv.runs.stepping.stepper.SOON", 0.0)
    monkeypatch.setattr("tuiconv.runs.stepping.stepper.AT_ONCE", 0.0)
    learner.does("stepped", "batch")
    learner.does("played")
    monkeypatch.setattr("tuiconv.runs.stepping.course.APART", 1e9)
    while learner.lesson.stepper.batches < 5:
        learner.lesson.advance()
    learner.does("gone_back")
    assert learner.lesson.scene(learner.view).title.endswith("going back")
    assert "going back: 3 batches to repeat from a snapshot · space stops here" in learner.read
    learner.lesson.advance()
    assert learner.does("played").title.endswith("paused")


def test_every_operation_says_what_it_did_and_shows_it(learner):
    said, shown = [], []
    for _ in learner.lesson.stepper.operations:
        learner.does("stepped", "operation")
        said.append(learner.panel(Text).lines[2])
        shown.append((learner.view.layer, learner.view.show))
    assert said[:3] == [
        "forward through conv1: 8 images, 1 map 32×32 → 2 maps 10×10 each",
        "forward through relu1: 8 images, 2 maps 10×10 → 2 maps 10×10 each",
        "forward through pool1: 8 images, 2 maps 10×10 → 2 maps 5×5 each",
    ]
    loss = learner.lesson.stepper.last.loss
    assert said[5] == f"the loss: the mean of −log p[label] over 8 images = {loss:.6g}"
    assert said[7:11] == [
        "backward through fc1: gradients of its 510 parameters and of what leaves pool1",
        "backward through pool1: gradient of what leaves relu1",
        "backward through relu1: gradient of what leaves conv1",
        "backward through conv1: gradients of its 52 parameters and of what leaves input",
    ]
    assert said[11] == "update: each of 562 parameters took a step by sgd, lr 0.02, momentum 0.9"
    assert shown[0] == ("conv1", "activations")
    assert shown[8:11] == [
        ("relu1", "gradients"), ("conv1", "gradients"), ("conv1", "weight-gradients")
    ]  # fmt: skip
    assert "operation 12 of 12: … → δ fc1 → δ pool1 → δ relu1 → δ conv1 → [update]" in learner.read


@pytest.mark.parametrize("operation", ["", "backward:fc1", "update"])
def test_the_command_line_gives_the_same_parameters_and_the_same_scene(make, operation):
    learner = make(panels="chain-rule", layer="conv1")
    learner.steps("batch", 3)
    learner.view = replace(learner.view, setting="optimizer")
    learner.does("changed", 1)
    learner.steps("batch", 1)
    learner.view = replace(learner.view, setting="batch_size")
    learner.does("changed", -1)
    learner.steps("batch", 2)
    while learner.view.operation != operation:
        learner.does("stepped", "operation")
    line = command("training", learner.view)
    again = make(**vars(view_of(line)))
    assert "--changes=3:optimizer=nesterov;4:batch_size=4" in line.replace("'", "")
    assert bits(again) == bits(learner)
    assert again.view == learner.view
    assert again.read.splitlines()[3:] == learner.read.splitlines()[3:]  # but images/s


def test_a_row_that_the_gradient_has_not_come_back_to_yet_is_not_pointed_at(make):
    learner = make(panels="chain-rule", layer="conv1")
    assert learner.lesson.pointed(learner.view, "back", (9,)) == learner.view


def test_a_change_before_the_first_batch_is_a_setting_of_the_run(learner):
    learner.does("changed", 1)
    assert (learner.view.lr, learner.view.changes) == (0.05, "")
    learner.does("changed", -1)
    assert learner.view.lr is None


def test_settings_are_chosen_round_the_row_and_changed_while_it_runs(learner):
    learner.does("chosen", -1)
    assert learner.view.setting == "optimizer"
    learner.steps("batch", 1)
    learner.does("changed", -1)
    assert "sgd, lr 0.02" not in learner.read
    assert "[natural], lr 0.001, momentum none" in learner.read
    learner.view = replace(learner.view, setting="momentum")
    with pytest.raises(
        RequestError, match="this optimiser has no momentum; sgd and nesterov have one"
    ):
        learner.does("changed", 1)


def test_another_seed_begins_anew(learner):
    learner.steps("batch", 2)
    learner.view = replace(learner.view, setting="seed")
    assert "+ − begin anew with another seed" in learner.read
    learner.does("changed", 1)
    assert (learner.view.seed, learner.view.batches) == (1, 0)
    assert learner.view.batch_size == 8


def test_beginning_anew_draws_no_new_digits_where_they_would_be_the_same(learner, make):
    digits = learner.lesson.stepper.train
    learner.does("begun_anew")
    assert learner.lesson.stepper.train is digits
    learner.steps("batch", 7)
    learner.does("begun_anew", seed=1)
    assert learner.lesson.stepper.train is not digits
    learner.does("begun_anew", seed=0, batch_size=4)
    learner.steps("batch", 12)
    other = make(batch_size=4)
    other.steps("batch", 12)
    assert bits(learner) == bits(other)


def test_another_data_set_that_cannot_be_read_leaves_the_run_as_it_is(learner, tmp_path):
    learner.steps("batch", 2)
    before = bits(learner)
    learner.view = replace(learner.view, setting="data")
    with pytest.raises(RequestError, match="no other data set is here"):
        learner.does("changed", 1)
    with pytest.raises(DataError, match="no folder mnist/"):
        learner.lesson.begun_anew(learner.view, data="mnist")
    assert bits(learner) == before
    assert learner.does("stepped", "batch").title.startswith("epoch 1 · batch 3 of 5")


def test_a_net_of_smaller_images_learns_from_smaller_ones(make):
    learner = make(net="digits-1989-net1")
    assert learner.panel(Pixels).pixels.shape == (16, 16)
    assert learner.does("stepped", "batch").title.startswith("epoch 1 · batch 1 of 5")


def test_a_diverged_run_says_what_to_do_and_can_be_gone_back_from(make):
    learner = make(lr=1e20)
    learner.steps("batch", 1)
    with pytest.raises(UserError, match="training diverged; try a learning rate below 1e"):
        learner.steps("batch", 3)
    reached = learner.lesson.stepper.batches
    learner.view = learner.lesson.settled(learner.view)
    assert "· diverged" in learner.read
    assert "[ goes back, then + − change the settings; x begins anew" in learner.read
    learner.does("gone_back")
    assert "diverged" not in learner.read
    assert learner.lesson.stepper.batches == max(0, reached - 1)
    for panels in PANELS:
        learner.view = replace(learner.view, panels=panels)
        assert learner.read


def test_the_confusion_matrix_counts_the_test_images(make):
    learner = make(panels="confusion")
    learner.steps("batch", 5)
    stepper = learner.lesson.stepper
    whole = evaluate(learner.net, stepper.test)
    panel = learner.panel(Confusion)
    np.testing.assert_array_equal(panel.counts, whole.confusion)
    assert panel.title == "the first 20 of 20 stroke test digits, after 5 batches"
    assert f"{whole.correct} of 20 are read right" in learner.read


def test_the_pair_that_is_mixed_up_most_worked_by_hand():
    assert most_confused(np.array([[9, 1, 0], [0, 9, 0], [2, 0, 9]])) == (2, 0)
    assert most_confused(np.diag([3, 3])) is None


def test_the_arrows_go_through_layers_maps_and_units(learner):
    learner.does("moved", 1, 0)
    assert learner.view.layer == "relu1"
    learner.does("moved", 0, 1)
    assert learner.view.map == 1
    learner.does("moved", 0, 1)
    assert learner.view.map == 0
    learner.does("deeper")
    assert learner.view.unit == (5, 5)
    learner.does("moved", -1, 2)
    assert learner.view.unit == (4, 7)
    assert learner.lesson.scene(learner.view).path == ("relu1", "map 0")
    assert [each.frames[0].first for each in (learner.panel(Map), learner.panel(Map, 1))] == [
        (4, 7), (4, 7)
    ]  # fmt: skip
    learner.does("deeper")
    assert learner.lesson.scene(learner.view).path == ("relu1", "map 0", "unit 4,7")
    assert "relu1[0, 4, 7] = " in learner.read
    for _ in range(2):
        learner.does("outer")
    assert learner.view.depth == "overview"


def test_a_kernel_is_shown_with_its_gradient_and_its_last_change(make):
    learner = make(show="weights", depth="map")
    learner.steps("batch", 1)
    weight, gradient, change = (learner.panel(Numbers, k) for k in range(3))
    index = (0, 0, 2, 2)
    assert weight.values[2, 2] == learner.net.arrays()["conv1.weight"][index]
    assert gradient.title.startswith("gradients")
    assert change.title.startswith("last change")
    assert "one weight: conv1.weight[0, 0, 2, 2]" in learner.read
    learner.does("deeper")
    assert "conv1.weight[0, 0, 2, 2] = " in learner.read
    assert "equals the stored" in learner.read


def test_weights_that_are_no_kernels_are_told_by_their_rows_and_columns(make):
    net = "INPUT(1,32,32) -> CONV(2,5,stride=3) -> BATCHNORM -> FLATTEN -> FC(10) -> SOFTMAX"
    learner = make(net=net, show="weights")
    titles = []
    for _ in range(3):
        titles.append(learner.panel(Maps).title)
        learner.does("moved", 1, 0)
    assert titles == [
        "weights of conv1: 2 kernels 5×5, 0 chosen",
        "weights of batchnorm1: 2 channels in columns; rows: weight, bias",
        "weights of fc1: 10 outputs in rows, 200 inputs in columns",
    ]


def test_what_is_shown_goes_round_and_skips_weights_where_there_are_none(learner):
    seen = []
    for _ in range(5):
        learner.does("next_shown")
        seen.append(learner.view.show)
    assert seen == ["gradients", "weights", "weight-gradients", "change", "activations"]
    learner.does("moved", 1, 0)
    for show in ("gradients", "activations"):
        learner.does("next_shown")
        assert learner.view.show == show


def test_among_weights_the_arrows_skip_layers_without(make):
    learner = make(show="weights")
    learner.does("moved", 1, 0)
    assert learner.view.layer == "fc1"
    learner.does("moved", 1, 0)
    assert learner.view.layer == "fc1"


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"layer": "conv9"}, 'no layer is called "conv9"'),
        ({"layer": "input"}, "input is the image; expected a layer behind it"),
        ({"layer": "relu1", "show": "weights"}, "relu1 has no weights, as it learns nothing"),
        ({"setting": "speed"}, 'setting "speed"; expected one of net, data'),
        ({"range": "wide"}, 'range "wide"'),
        ({"operation": "forward:conv9"}, 'operation "forward:conv9"; expected forward:LAYER'),
        ({"net": "cifar-convnet"}, "does not fit the images of strokes; those that do are lenet5"),
        ({"net": "lenet6"}, 'no preset is called "lenet6"'),
        ({"data": "minst"}, "mnist"),
        ({"lr": -1.0}, "lr is -1.0; expected a number above 0"),
        ({"changes": "3:speed=2"}, "speed"),
        ({"operation": "update"}, "batches 0; expected at least 1 for the operation update"),
    ],
)
def test_what_there_is_not_is_told_in_one_line(make, other, words):
    with pytest.raises(RequestError) as error:
        make(**other)
    assert words in str(error.value)
    assert "\n" not in str(error.value)


def test_files_are_new_ones_and_the_run_file_repeats_the_run(make, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    learner = make(lr=0.05, net="mlp1")
    learner.steps("batch", 5)
    for number in (1, 2):
        path, use = learner.lesson.write_run_file()
        assert (path.name, use) == (f"mlp1-strokes-{number}.toml", f"next: tuiconv train {path}")
        saved, use = learner.lesson.save_checkpoint()
        assert (saved.name, use) == (
            f"mlp1-strokes-{number}.safetensors",
            f"next: tuiconv eval {saved} --data strokes",
        )
    job = Job(settings_from(read_run_file(path)))
    for _ in job.events(Event()):
        pass
    assert job.net.parameters.tobytes() == bits(learner)
    learner.does("stepped", "batch")
    learner.does("changed", 1)
    assert "the settings of now, not what was changed" in learner.lesson.write_run_file()[1]
    learner.does("gone_back")
    assert "the settings of now" not in learner.lesson.write_run_file()[1]


@pytest.mark.parametrize(
    "net",
    [
        "INPUT(3,8,6) -> RES[CONV(3,3,pad=1)] -> RELU -> CONCAT[POOL(2) | CONV(2,2,stride=2)]"
        " -> FC(3)",
        "INPUT(3,8,6) -> FLATTEN -> FC(4) -> RELU -> FC(3) -> SOFTMAX",
        "INPUT(3,8,6) -> CONV(3,(8,6)) -> SOFTMAX",
    ],
)
def test_any_network_and_colour_images_of_any_shape_will_do(make, net, tmp_path):
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (24, 8, 6, 3)).astype(np.uint8)
    np.savez(tmp_path / "tiny.npz", images=images, labels=np.arange(24) % 3)
    learner = make(net=net, data=str(tmp_path / "tiny.npz"))
    for _ in learner.lesson.stepper.operations:
        learner.does("stepped", "operation")
        learner.does("next_panels")
        assert learner.read
    learner.view = replace(learner.view, panels="maps")
    for _ in learner.net.layers:
        for _ in range(5):
            learner.does("next_shown")
            for _ in range(2):
                learner.does("deeper")
            for _ in range(2):
                learner.does("outer")
        learner.does("moved", 1, 0)
