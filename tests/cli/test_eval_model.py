import json

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from tuiconv.nn.network import Network


@pytest.fixture
def model(tiny):
    Network.parse(tiny, seed=1).save("net.safetensors")
    return "net.safetensors"


def test_as_json_everything_agrees(tuiconv, model):
    done = tuiconv("eval", model, "--json")
    assert (done.status, done.err) == (0, "")
    told = json.loads(done.out)
    confusion = np.array(told["confusion"])
    assert told["images"] == confusion.sum() == 32  # stroke test digits
    assert told["correct"] == confusion.trace() == 32 - len(told["mistakes"])
    assert told["accuracy"] == told["correct"] / 32
    assert [each["name"] for each in told["classes"]] == list("0123456789")
    for k, each in enumerate(told["classes"]):
        assert each["images"] == confusion[k].sum()
        assert each["recall"] == (confusion[k, k] / confusion[k].sum() if each["images"] else None)


def test_the_text_has_the_figures_the_matrix_and_the_worst_mistakes(tuiconv, model):
    told = json.loads(tuiconv("eval", model, "--json").out)
    done = tuiconv("eval", model)
    assert (done.status, done.err) == (0, "")
    assert f"{told['correct']} of 32 right, accuracy {told['accuracy']:.2%}" in done.out
    assert f"mean loss {told['loss']:.4f}" in done.out
    for mistake in told["mistakes"][:6]:
        assert f"#{mistake['index']}: {mistake['label']} was read" in done.out
    assert f"the worst 6 of {len(told['mistakes'])} mistakes" in done.out


def test_it_says_which_stroke_digits_were_drawn(tuiconv, model):
    told = [json.loads(tuiconv("eval", model, "--json", "--seed", k).out) for k in (0, 1, 1)]
    assert [each["data"] for each in told] == [f"stroke test digits of seed {k}" for k in (0, 1, 1)]
    assert told[0]["loss"] != told[1]["loss"] == told[2]["loss"]
    assert "stroke test digits of seed 0: " in tuiconv("eval", model).out
    assert tuiconv("eval", model, "--seed", -1).status == 2


def test_other_data_sets_have_no_seed_in_their_name(tuiconv, model, small_mnist):
    told = json.loads(tuiconv("eval", model, "--data", "mnist", "--data-dir", "data", "--json").out)
    assert told["data"] == "mnist test digits"


@pytest.mark.parametrize("color", ["none", "16", "256", "truecolor"])
@pytest.mark.parametrize("width", [20, 80])
def test_any_terminal_will_do(tuiconv, model, color, width):
    assert tuiconv("eval", model, "--color", color, "--width", width).status == 0


@pytest.mark.mnist
def test_on_mnist_accuracy_is_that_of_the_trainer(mnist, model):
    from tuiconv.nn.evaluation import evaluate
    from tuiconv.nn.training import Trainer

    net = Network.load(model)
    by_trainer = Trainer(net).evaluate(mnist.test)
    found = evaluate(net, mnist.test)
    assert found.correct == by_trainer.correct
    assert found.loss == pytest.approx(by_trainer.loss, rel=1e-5)


def test_other_class_names_are_noted(tuiconv, tiny):
    net = Network.parse(tiny)
    net.class_names = tuple("abcdefghij")
    net.save("letters.safetensors")
    done = tuiconv("eval", "letters.safetensors", "--json")
    assert done.status == 0
    assert "note: the network's classes are a, b, c" in done.err


def test_digits_are_enough_to_test_a_network_that_knows_none(tuiconv):
    done = tuiconv("eval", "lenet5", "--json")
    assert (done.status, done.err) == (0, "")
    told = json.loads(done.out)
    assert [each["name"] for each in told["classes"]] == [*"0123456789", "none"]
    assert np.shape(told["confusion"]) == (11, 11)
    assert told["classes"][10]["images"] == 0
    assert told["accuracy"] >= 0.9
    assert "none" in tuiconv("eval", "lenet5").out


def test_no_such_model_no_model_and_a_wrong_one_are_refused(refused, folder, tiny):
    assert "there is no such file" in refused(1, "eval", "missing.safetensors")
    assert "expected a checkpoint, such as a run's best.safetensors" in refused(1, "eval", folder)
    (folder / "text").write_text("not a network")
    assert "not a whole safetensors file" in refused(1, "eval", "text")
    Network.parse("INPUT(3,8,8) -> FC(10)").save("colour.safetensors")
    assert "the network's INPUT is 3×8×8" in refused(2, "eval", "colour.safetensors")


def header_of(path):
    from safetensors import safe_open

    with safe_open(path, framework="numpy") as file:
        return file.metadata()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda arrays: arrays.pop("fc1.bias"), "fc1.bias: nothing found"),
        (
            lambda arrays: arrays.update({"fc1.weight": np.zeros((10, 9), np.float32)}),
            "fc1.weight: (10, 9) found; this network expects (10, 1024)",
        ),
    ],
)
def test_a_missing_or_misshapen_tensor_is_named(refused, model, change, words):
    arrays = load_file(model)
    change(arrays)
    save_file(arrays, "broken.safetensors", metadata=header_of(model))
    assert words in refused(1, "eval", "broken.safetensors")


def test_an_unknown_data_set_is_refused_with_the_nearest(refused, model):
    assert "did you mean mnist?" in refused(2, "eval", model, "--data", "mnits")
