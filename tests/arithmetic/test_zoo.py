import pytest

from tuiconv.arithmetic import PRESETS, SpecError, parse, summarize


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_reads_32_by_32_digits_and_ends_in_ten_log_probabilities(name):
    net = summarize(name)
    assert net == parse(PRESETS[name])
    assert net.input == (1, 32, 32)
    assert net.output == (10,)
    assert str(net).endswith("FC(10) -> SOFTMAX")


def test_spaces_around_a_name_do_not_matter():
    assert summarize("  lenet5 ") == summarize("lenet5")


@pytest.mark.parametrize("text", ["INPUT(1,8,8)", "INPUT(1,8,8)->FC(2)", "[INPUT(1,8,8)]"])
def test_anything_with_brackets_or_arrows_is_a_network_in_the_language(text):
    assert summarize(text) == parse(text)


@pytest.mark.parametrize(
    ("name", "hint"),
    [("lenet6", "did you mean lenet5? "), ("LeNet5", "did you mean lenet5? "), ("zebra", "")],
)
def test_an_unknown_name_gets_the_nearest_preset_and_the_list(name, hint):
    with pytest.raises(SpecError) as caught:
        summarize(name)
    assert str(caught.value) == (
        f'no preset is called "{name}": {hint}there are lenet5, lecture-lenet, lenet5-1998,'
        " mlp1, mlp2;"
        " or write a network, such as INPUT(1,32,32) -> FC(10) -> SOFTMAX"
    )


def test_nothing_at_all_is_an_error_of_the_language():
    with pytest.raises(SpecError, match=r"expected a layer .* found the end"):
        summarize("   ")
