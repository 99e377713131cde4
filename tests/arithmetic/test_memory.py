from dataclasses import asdict

import pytest

from tuiconv.arithmetic import parse
from tuiconv.arithmetic.memory import REMEMBERED, memory
from tuiconv.errors import RequestError
from tuiconv.nn.optimizers import OPTIMIZERS

# 2×4×4 numbers arrive, 3×2×2 leave the convolution, 5 the last layer
SMALL = "INPUT(2,4,4) -> CONV(3,3) -> RELU -> FC(5) -> SOFTMAX"
KEPT = 32 + 12 + 5
LEARNED = (3 * 18 + 3) + (5 * 12 + 5)

VGG_16 = (
    "INPUT(3,224,224) -> [CONV(64,3,pad=1) -> RELU]*2 -> POOL(2)"
    " -> [CONV(128,3,pad=1) -> RELU]*2 -> POOL(2) -> [CONV(256,3,pad=1) -> RELU]*3 -> POOL(2)"
    " -> [[CONV(512,3,pad=1) -> RELU]*3 -> POOL(2)]*2 -> [FC(4096) -> RELU]*2 -> FC(1000)"
)


def test_by_hand_a_network_that_only_runs_keeps_what_leaves_its_layers():
    used = memory(parse(SMALL))
    assert (used.activations, used.parameters, used.data) == (4 * KEPT, 4 * LEARNED, 4 * 32)
    assert (used.activation_gradients, used.parameter_gradients, used.optimizer) == (0, 0, 0)
    assert used.total == 4 * (KEPT + LEARNED + 32)


def test_by_hand_a_batch_trained_with_adam_in_double_precision():
    used = memory(parse(SMALL), batch=10, bytes_per_number=8, training="adam")
    assert used.activations == used.activation_gradients == 8 * 10 * KEPT
    assert used.parameters == used.parameter_gradients == 8 * LEARNED
    assert used.optimizer == 2 * 8 * LEARNED
    assert used.data == 8 * 10 * 32
    assert used.total == sum(asdict(used).values()) == 8 * (10 * (2 * KEPT + 32) + 4 * LEARNED)


def test_vgg_16_keeps_58_megabytes_for_an_image_and_not_the_93_of_the_lecture():
    used = memory(parse(VGG_16))
    assert used.activations == 4 * 15_237_608
    assert f"{used.activations / 1024**2:.1f}" == "58.1"
    assert used.parameters == 4 * 138_357_544
    assert used.data == 4 * 150_528
    training = memory(parse(VGG_16), training="sgd")
    assert f"{(training.activations + training.activation_gradients) / 1024**2:.1f}" == "116.3"


@pytest.mark.parametrize(
    ("training", "times"), [("sgd", 1), ("momentum", 2), ("nesterov", 2), ("adam", 3)]
)
def test_with_what_the_optimiser_remembers_the_parameters_take_room(training, times):
    used = memory(parse(SMALL), training=training)
    assert used.parameters + used.optimizer == times * used.parameters
    assert used.parameter_gradients == used.parameters


def test_it_knows_the_optimisers_there_are_and_what_they_remember():
    kept = {name: len(kind.MEMORY) for name, kind in OPTIMIZERS.items()}
    assert kept | {"sgd": 0} == REMEMBERED  # ours has momentum unless told otherwise


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"batch": 0}, "a batch of 0; expected at least 1 image"),
        ({"bytes_per_number": 2}, "2 bytes a number; expected 4 or 8"),
        ({"training": "adm"}, r'optimizer "adm"; expected one of sgd, .*; did you mean adam\?'),
        ({"training": ""}, 'optimizer ""; expected one of sgd, '),
    ],
)
def test_what_cannot_be_is_refused_in_a_line(settings, message):
    with pytest.raises(RequestError, match=message):
        memory(parse(SMALL), **settings)
