"""Texts that ask for more than any computer has: one clear line, at once."""

import pytest

from tuiconv.arithmetic import SpecError, parse
from tuiconv.arithmetic.conversions import with_small_kernels


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "INPUT(1,9,9) -> [CONCAT[ | | | ]]*9000",
            "concat20 CONCAT: 274877906944×9×9 arrives; 1099511627776×9×9 would leave",
        ),
        (
            "INPUT(1,9) -> [CONVT(1,2,stride=999999999)]*1000",
            "convt2 .*: 1×1×7999999994 arrives; 1×1×7999999985000000009 would leave",
        ),
        (
            "INPUT(999999999,999999999,9) -> FLATTEN",
            "flatten1 FLATTEN: .* arrives; a vector of 8999999982000000009 would leave",
        ),
        (
            "INPUT(1,9,9) -> [POOL(1,stride=999999999)]*3",
            "strides whose product is at most 1,000,000,000,000",
        ),
    ],
)
def test_sizes_that_no_computer_takes_are_refused(text, message):
    with pytest.raises(SpecError, match=message):
        parse(text)


def test_no_other_image_is_looked_for_through_thousands_of_layers():
    convolutions = "[CONV(3,3,pad=1)]*9000"
    with pytest.raises(SpecError, match=r"FLATTEN\(3,9,9\), or FLATTEN alone$"):
        parse(f"INPUT(1,9,9) -> {convolutions} -> FLATTEN(3,7,7)")


def test_thousands_of_branches_are_one_layer_more_each():
    net = parse(f"INPUT(1,9,9) -> CONCAT[{'|' * 4_999}] -> CONCAT[{'|' * 4_899}]")
    assert net.output == (5_000 * 4_900, 9, 9)


@pytest.mark.parametrize(
    ("layers", "refused"),
    [
        ("CONV(1,999999999,pad=499999999)", "conv1"),
        ("[CONV(1,5,pad=2)]*9000", "conv2501"),
    ],
)
def test_a_stack_of_more_layers_than_a_network_may_have_is_refused(layers, refused):
    net = parse(f"INPUT(1,9,9) -> {layers}")
    with pytest.raises(SpecError, match=f"^{refused} .*expected stacks of at most 10,000 layers"):
        with_small_kernels(net)
