import numpy as np
import pytest

from tuiconv.errors import RequestError
from tuiconv.nn.network import Network

VARIANCES = {
    "lecun": lambda fan_in, fan_out: 1 / fan_in,
    "he": lambda fan_in, fan_out: 2 / fan_in,
    "xavier": lambda fan_in, fan_out: 2 / (fan_in + fan_out),
}
every = pytest.mark.parametrize("name", VARIANCES)

LAYERS = {
    "INPUT(8,9,9) -> CONV(200,5)": (8 * 25, 200 * 25),
    "INPUT(8,9,9) -> CONV(2000,5,stride=2,groups=4)": (2 * 25, 500 * 25),
    "INPUT(300,9,9) -> CONV(300,5,groups=300)": (25, 25),
    "INPUT(2,20,20) -> LOCAL(6,3)": (2 * 9, 6 * 9),
    "INPUT(5,4,5) -> FC(400)": (100, 400),
    "INPUT(8,4,4) -> CONVT(40,6)": (8 * 36, 40 * 36),
    # an output lies under a quarter of a kernel's numbers
    "INPUT(8,4,4) -> CONVT(80,6,stride=2,groups=2)": (4 * 9, 40 * 36),
    "INPUT(8,1,9) -> CAUSAL(800,5,groups=4)": (2 * 5, 200 * 5),
}


@every
@pytest.mark.parametrize("text", LAYERS)
def test_weights_are_normal_around_0_with_the_variance_of_the_formula(name, text):
    state = Network.parse(text, seed=1, initialiser=name).state_dict()
    weight = next(array for key, array in state.items() if key.endswith("weight")).reshape(-1)
    variance = VARIANCES[name](*LAYERS[text])
    assert weight.var() == pytest.approx(variance, rel=0.04)
    assert abs(weight.mean()) < 0.04 * np.sqrt(variance)
    # of a normal distribution; of a uniform one, none
    assert (abs(weight) > 2 * np.sqrt(variance)).mean() == pytest.approx(0.0455, abs=0.006)


@every
def test_biases_are_0_and_a_subsampling_begins_as_an_average(name):
    state = Network.parse("INPUT(1,8,8) -> CONV(2,3) -> SUBSAMPLE(2)", 1, name).state_dict()
    assert not state["conv1.bias"].any()
    assert (state["subsample1.gain"] == 1).all()
    assert not state["subsample1.bias"].any()


@every
def test_with_a_table_both_fans_count_connections_and_other_weights_are_0(name):
    net = Network.parse("INPUT(6,40,40) -> CONV(16,40,table=lenet5)", 1, name)
    weight, connections = net.state_dict()["conv1.weight"], net.layers[0].connections
    assert not weight[~connections].any()
    for o, c in np.argwhere(connections):
        fan_in, fan_out = connections[o].sum() * 1600, connections[:, c].sum() * 1600
        variance = VARIANCES[name](fan_in, fan_out)
        assert weight[o, c].var() == pytest.approx(variance, rel=0.2)


def test_he_is_lecun_times_the_root_of_2_from_the_same_seed():
    lecun, he = (Network.preset("lenet5", 3, name).parameters for name in ("lecun", "he"))
    np.testing.assert_allclose(he, np.sqrt(2) * lecun, rtol=1e-6)


def test_without_a_name_it_is_lecun():
    lecun = Network.preset("lenet5", 3, "lecun").parameters
    np.testing.assert_array_equal(Network.preset("lenet5", 3).parameters, lecun)


def test_lecuns_numbers_are_those_that_a_seed_has_always_given():
    net = Network.preset("lenet5", seed=0)
    rng = np.random.default_rng(0)
    for name, fan_in in {"conv1": 25, "conv2": 150, "fc1": 400, "fc2": 120, "fc3": 84}.items():
        weight = net.state_dict()[f"{name}.weight"]
        expected = rng.normal(0, 1 / np.sqrt(fan_in), weight.shape).astype(np.float32)
        np.testing.assert_array_equal(weight, expected)


def test_relu_after_relu_keeps_its_scale_with_he_and_fades_with_lecun(rng):
    text = "INPUT(1,20,20) -> [FC(400) -> RELU]*10"
    x = rng.standard_normal((50, 1, 20, 20)).astype(np.float32)
    scales = {name: np.square(Network.parse(text, 1, name)(x)).mean() for name in VARIANCES}
    assert 0.3 < scales["he"] < 3
    assert scales["lecun"] < 0.01
    assert scales["xavier"] < 0.01


def test_an_unknown_initialiser_is_refused_with_the_nearest():
    with pytest.raises(RequestError) as caught:
        Network.parse("INPUT(1,2,2) -> FC(3)", initialiser="xavier2")
    assert str(caught.value) == (
        'initialiser "xavier2"; expected one of lecun, he, xavier; did you mean xavier?'
    )
