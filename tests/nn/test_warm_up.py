import numpy as np

from tuiconv.nn.network import Network
from tuiconv.nn.warm_up import warm_up


def test_it_names_every_layer_forward_then_the_loss_then_every_layer_backward(small):
    assert list(warm_up(small())) == [
        *("conv1 forward", "relu1 forward", "pool1 forward", "fc1 forward", "softmax forward"),
        "loss",
        *("softmax backward", "fc1 backward", "pool1 backward", "relu1 backward", "conv1 backward"),
    ]


def test_it_changes_nothing(small):
    net = small()
    before = net.parameters.copy()
    list(warm_up(net))
    np.testing.assert_array_equal(net.parameters, before)


def test_logits_and_averages_are_warmed_up_too():
    net = Network.parse("INPUT(1,6,6) -> CONV(2,3) -> TANH -> AVGPOOL(2) -> FC(4)")
    assert "avgpool1 backward" in list(warm_up(net))
