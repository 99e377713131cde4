import re

import pytest

from tuiconv.arithmetic import SpecError, parse


@pytest.mark.parametrize(
    ("net", "image"),
    [
        # 14 − 4 = 10, halved 5, which a 5×5 window just covers
        ("INPUT(1,8,8) -> CONV(6,5) -> POOL(2) -> CONV(6,5)", (1, 14, 14)),
        ("INPUT(1,40,8) -> CONV(6,5) -> POOL(2) -> CONV(6,5)", (1, 40, 14)),
        ("INPUT(2,20) -> CONV(4,3) -> POOL(3)*2 -> CONV(4,2,dilation=2)", (2, 29)),
        ("INPUT(3,6,60) -> RES[CONV(3,3,pad=1)] -> CONV(6,7,stride=2)", (3, 7, 60)),
        ("INPUT(4,2,2) -> CONV(8,3,stride=2,pad=1) -> SHUFFLE(2) -> POOL(5)", (4, 5, 5)),
    ],
)
def test_of_a_window_too_large_the_least_image_is_told_in_which_it_fits(net, image):
    with pytest.raises(SpecError) as caught:
        parse(net)
    ways = str(caught.value).split("; to mend it, ")[1]
    assert ways == f"take a smaller window, or INPUT({','.join(map(str, image))}) or larger"
    behind = net.split(") -> ", 1)[1]
    parse(f"INPUT({','.join(map(str, image))}) -> {behind}")
    axes = [axis for axis in range(1, len(image)) if image[axis] != sizes(net)[axis]]
    for axis in axes:
        smaller = [size - (place == axis) for place, size in enumerate(image)]
        with pytest.raises(SpecError, match="does not fit"):
            parse(f"INPUT({','.join(map(str, smaller))}) -> {behind}")


def sizes(net):
    return [int(size) for size in re.search(r"INPUT\(([\d,]+)\)", net)[1].split(",")]


@pytest.mark.parametrize(
    "net",
    [
        "INPUT(4,8,8) -> FC(3) -> FC(3) -> POOL(2)",  # no image makes maps of a vector
        "INPUT(1,8,8) -> GLOBALAVGPOOL -> CONV(2,3)",  # always one cell
        "INPUT(1,8,8) -> CONV(4,3,groups=3)",  # is not about size
    ],
)
def test_where_no_image_would_do_none_is_told(net):
    with pytest.raises(SpecError) as caught:
        parse(net)
    assert "to mend it" not in str(caught.value)
