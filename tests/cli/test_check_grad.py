import json

import pytest
from safetensors.numpy import load_file, save_file

from tuiconv.nn.layers import FullyConnected
from tuiconv.nn.network import Network

SMALL = "INPUT(1,6,6) -> CONV(2,3) -> TANH -> FC(3)"


def test_one_parameter_of_a_network_as_json(tuiconv):
    done = tuiconv("check-grad", SMALL, "conv1.weight[1,0,2,1]", "--json")
    assert (done.status, done.err) == (0, "")
    (slope,) = json.loads(done.out)
    assert slope["parameter"] == "conv1.weight[1,0,2,1]"
    assert slope["agrees"] is True
    assert slope["analytic"] == pytest.approx(slope["numeric"], rel=1e-5, abs=1e-9)
    assert slope["relative_error"] == pytest.approx(
        abs(slope["analytic"] - slope["numeric"])
        / max(abs(slope["analytic"]), abs(slope["numeric"]))
    )


def test_without_a_parameter_three_of_every_array_are_checked(tuiconv):
    slopes = json.loads(tuiconv("check-grad", SMALL, "--json").out)
    names = [slope["parameter"].partition("[")[0] for slope in slopes]
    arrays = ("conv1.weight", "conv1.bias", "fc1.weight", "fc1.bias")
    assert [names.count(name) for name in arrays] == [3, 2, 3, 3]


def test_several_may_be_named(tuiconv):
    done = tuiconv("check-grad", SMALL, "fc1.bias[0]", "conv1.bias", "--json")
    names = [slope["parameter"] for slope in json.loads(done.out)]
    assert names == ["fc1.bias[0]", "conv1.bias[0]", "conv1.bias[1]"]


def test_the_table_shows_both_gradients(tuiconv):
    (slope,) = json.loads(tuiconv("check-grad", SMALL, "fc1.bias[2]", "--json").out)
    done = tuiconv("check-grad", SMALL, "fc1.bias[2]")
    assert done.status == 0
    row = next(line.split() for line in done.out.splitlines() if "fc1.bias[2]" in line)
    assert row[1:3] == [f"{slope['analytic']:.9g}", f"{slope['numeric']:.9g}"]
    assert row[-1] == "agree"


def test_another_loss_has_other_gradients_and_they_agree_too(tuiconv):
    found = set()
    for loss in ("cross_entropy", "squared", "svm"):
        done = tuiconv("check-grad", f"{SMALL} -> SOFTMAX", "fc1.bias[0]", "--loss", loss, "--json")
        (slope,) = json.loads(done.out)
        assert done.status == 0
        assert slope["agrees"]
        found.add(slope["analytic"])
    assert len(found) == 3


def test_a_wrong_gradient_ends_with_status_1_and_is_told(tuiconv, monkeypatch):
    right = FullyConnected.backward

    def wrong(self, grad_out, x, gradients):
        grad_x = right(self, grad_out, x, gradients)
        gradients["bias"] *= -1
        return grad_x

    monkeypatch.setattr(FullyConnected, "backward", wrong)
    done = tuiconv("check-grad", SMALL, "fc1.weight[0,0]", "fc1.bias[1]")
    assert done.status == 1
    assert "DISAGREE" in done.out
    assert done.err.startswith("tuiconv: 1 of 2 gradients disagree; fc1.bias[1]: analytic ")


def test_a_checkpoint_on_the_digits_of_a_data_set(tuiconv, tiny):
    Network.parse(tiny).save("net.safetensors")
    done = tuiconv("check-grad", "net.safetensors", "fc1.bias", "--data", "strokes", "--json")
    assert (done.status, done.err) == (0, "")
    assert len(json.loads(done.out)) == 3


def test_a_network_that_gives_maps_can_be_checked(tuiconv):
    assert tuiconv("check-grad", "INPUT(1,4,4) -> CONV(2,3)").status == 0


@pytest.mark.parametrize(
    ("status", "arguments", "words"),
    [
        (2, ["lenet6"], "did you mean lenet5?"),
        (1, ["lenet5.safetensors"], "there is no such file"),
        (2, [SMALL, "conv1.wieght"], "did you mean conv1.weight?"),
        (2, [SMALL, "conv1.weight[2,0,0,0]"], "expected indices 0 to 1, 0 to 0, 0 to 2, 0 to 2"),
        (2, ["INPUT(1,4,4) -> RELU"], "has no parameters to check"),
        (2, [SMALL, "--data", "strokes"], "the network's INPUT is 1×6×6"),
        (2, [SMALL, "--data", "mnits"], "did you mean mnist?"),
        (2, [SMALL, "--loss", "sqared"], 'loss "sqared"; expected one of cross_entropy, squared'),
    ],
)
def test_what_cannot_be_checked_is_refused(refused, status, arguments, words):
    assert words in refused(status, "check-grad", *arguments)


def test_a_network_that_does_not_fit_the_data_is_refused_before_it_is_made(refused, monkeypatch):
    monkeypatch.setattr(Network, "__init__", lambda *_: pytest.fail("vgg16 takes 500 MB"))
    assert "the network's INPUT is 3×224×224" in refused(
        2, "check-grad", "vgg16", "conv1.bias[0]", "--data", "strokes"
    )


def test_a_tensor_that_is_missing_is_named(refused, tiny):
    from safetensors import safe_open

    Network.parse(tiny).save("net.safetensors")
    with safe_open("net.safetensors", framework="numpy") as file:
        header = file.metadata()
    arrays = load_file("net.safetensors")
    del arrays["fc1.weight"]
    save_file(arrays, "net.safetensors", metadata=header)
    assert "fc1.weight: nothing found" in refused(1, "check-grad", "net.safetensors")
