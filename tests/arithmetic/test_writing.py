"""How a network may be written: names, comments, patterns, one dimension, expectations."""

import pytest

from tuiconv.arithmetic import SpecError, expand, parse, summarize

PATTERN = "INPUT -> [[CONV -> RELU]*N -> POOL?]*M -> [FC -> RELU]*K -> FC"


def test_the_values_of_a_pattern_stand_behind_it_or_are_given_beside_it():
    expanded = "INPUT -> CONV -> RELU -> POOL -> CONV -> RELU -> POOL -> FC -> RELU -> FC"
    assert expand(PATTERN, N=1, M=2, K=1) == expanded
    assert expand(f"{PATTERN} with N=1, M=2, K=1") == expanded
    assert expand(f"{PATTERN} with N=0", M=3, K=0, POOL=0) == "INPUT -> FC"


def test_a_pattern_with_sizes_is_a_network():
    text = "INPUT(3,32,32) -> [[CONV(8,3,pad=1) -> RELU]*n -> POOL(2)?]*M -> FC(10)"
    net = parse(f"{text} with N=2, m=3")
    assert [layer.word for layer in net].count("CONV") == 6
    assert net.layers[-2].output == (8, 4, 4)
    assert parse(f"{text} with N=2, m=3, pool=0").layers[-2].output == (8, 32, 32)
    assert parse(f"{text} with N=2, m=3, pool=1") == net


def test_what_is_optional_goes_by_its_name_if_it_has_one():
    text = "INPUT(1,8,8) -> [RELU -> last: POOL(2)? -> POOL(2)]*1"
    assert parse(text).output == (1, 2, 2)
    assert parse(f"{text} with LAST=0").output == (1, 4, 4)


@pytest.mark.parametrize(
    ("tail", "message"),
    [
        ("[RELU]*N", 'character 24 after "UT(1,8,8) -> [RELU]*": expected its number at the end'),
        ("[RELU]*N with M=2", 'expected its number at the end: with N=2; found "N"'),
        ("[RELU]*N with N=1, M=2", 'expected a name that stands in the network (N); found "M"'),
        ("RELU with N=2", "expected a name that stands in the network (no name); found"),
        ("RELU? with RELU=2", 'expected RELU to be 0 or 1; found "RELU"'),
        ("[RELU]*N with N=2, N=3", "expected N only once"),
        ("[RELU]*N with", "expected a name, as in with N=2; found the end"),
        ("[RELU]*N with N", 'expected "="; found the end'),
        ("[RELU]*N with N=two", 'expected a whole number; found "two"'),
        ("[RELU]*N with N=2 3", 'expected "," or the end; found "3"'),
        ("[RELU]*N with N=99999", 'expected at most 10,000 layers in all; found "N"'),
    ],
)
def test_a_value_that_is_missing_left_over_or_wrong_is_pointed_at(tail, message):
    with pytest.raises(SpecError) as caught:
        parse(f"INPUT(1,8,8) -> {tail}")
    assert message in str(caught.value)


def test_a_number_for_a_name_that_does_not_stand_there_is_refused():
    with pytest.raises(SpecError, match=r"expected a name that .* \(K, M, N, POOL\); found X"):
        expand(PATTERN, N=1, M=1, K=1, X=3)


def test_of_several_numbers_that_are_left_over_the_first_is_told():
    given = ", ".join(f"N{number}=1" for number in range(9))
    with pytest.raises(SpecError, match=r'^character 25 .* found "N0"$'):
        parse(f"INPUT(1,8,8) -> FC with {given}")


def test_a_number_below_0_is_refused():
    with pytest.raises(SpecError, match="expected N to be at least 0; found -1"):
        expand(PATTERN, N=-1, M=1, K=1)


def test_comments_go_to_the_end_of_the_line_and_lines_may_break_anywhere():
    text = """
    INPUT(1,32,32)     # a digit
      -> CONV(6,       # maps
              5) -> RELU
    # -> POOL(2)
    """
    assert parse(text) == parse("INPUT(1,32,32) -> CONV(6,5) -> RELU")


def test_a_name_that_is_given_takes_the_place_of_the_automatic_one():
    net = parse("INPUT(1,8,8) -> CONV(2,3) -> second: CONV(2,3) -> CONV(2,3)")
    assert [layer.name for layer in net] == ["input", "conv1", "second", "conv3"]
    assert str(net) == "INPUT(1,8,8) -> CONV(2,3) -> second: CONV(2,3) -> CONV(2,3)"


def test_a_name_may_be_of_any_script():
    net = parse("INPUT(1,8,8) -> 畳み込み1: CONV(2,3) -> größe: POOL(2)")
    assert [layer.name for layer in net] == ["input", "畳み込み1", "größe"]
    assert parse(str(net)) == net


def test_brackets_with_nothing_in_them_give_no_values():
    assert parse("INPUT(1,8,8) -> RELU() -> FLATTEN()") == parse("INPUT(1,8,8) -> RELU -> FLATTEN")
    with pytest.raises(SpecError, match=r'expected features in FC\(features,bias\); found "FC"'):
        parse("INPUT(1,8,8) -> FC()")


def test_the_name_that_a_layer_has_anyway_is_not_printed():
    net = parse("INPUT(1,8,8) -> conv1: CONV(2,3) -> r: RELU")
    assert str(net) == "INPUT(1,8,8) -> CONV(2,3) -> r: RELU"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a: CONV(2,3) -> a: RELU", '"a"'),
        ("conv2: CONV(2,3) -> CONV(2,3)", '"CONV"'),
        ("[a: RELU]*2", '"a"'),
        ("input: RELU", '"input"'),
    ],
)
def test_two_layers_of_one_name_are_refused(text, found):
    with pytest.raises(SpecError) as caught:
        parse(f"INPUT(1,8,8) -> {text}")
    assert "expected one layer only called" in str(caught.value)
    assert str(caught.value).endswith(f"found {found}")


def test_in_one_dimension_a_single_number_counts_along_the_length():
    net = parse("INPUT(1,10) -> CONV(1,3) -> POOL(2) -> CONV(1,3,pad=1,stride=2) -> LPPOOL((1,2))")
    assert [layer.output for layer in net][:3] == [(1, 1, 10), (1, 1, 8), (1, 1, 4)]
    _, _, pool, conv, _ = net
    assert (pool.kernel_size, pool.window.stride) == ((1, 2), (1, 2))
    assert (conv.kernel_size, conv.stride, conv.padding) == ((1, 3), (1, 2), (0, 1))
    assert str(net) == (
        "INPUT(1,10) -> CONV(1,3) -> POOL(2) -> CONV(1,3,stride=2,pad=1) -> LPPOOL(2)"
    )
    tall = parse("INPUT(1,1,10) -> CONV(1,(1,3)) -> CONV(1,1)")
    assert str(tall) == "INPUT(1,1,10) -> CONV(1,(1,3)) -> CONV(1,1)"


def test_in_one_dimension_an_equal_pair_needs_its_brackets():
    net = parse("INPUT(1,10) -> CONV(1,(3,3),pad=(1,1))")
    assert str(net) == "INPUT(1,10) -> CONV(1,(3,3),pad=(1,1))"
    assert parse(str(net)) == net


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("pad=((1,1),(1,1))", "pad=1"),
        ("pad=((1,1),2)", "pad=(1,2)"),
        ("pad=((1,2),(1,2))", "pad=((1,2),(1,2))"),
        ("pad=(0,(2,1))", "pad=(0,(2,1))"),
    ],
)
def test_padding_may_differ_before_and_behind(written, printed):
    net = parse(f"INPUT(1,10,10) -> CONV(1,3,{written})")
    assert str(net.layers[-1]) == f"CONV(1,3,{printed})"
    assert parse(str(net)) == net


def test_a_kernel_has_no_sides():
    with pytest.raises(SpecError, match="expected two whole numbers for kernel"):
        parse("INPUT(1,10,10) -> CONV(1,((1,2),3))")


def test_another_input_takes_the_place_of_the_one_that_is_written():
    assert parse("INPUT(1,32,32) -> CONV(6,5)", (3, 20, 30)).output == (6, 16, 26)
    assert parse("CONV(6,5)", (3, 20, 30)) == parse("INPUT(3,20,30) -> CONV(6,5)")
    assert parse("INPUT(1,10) -> CONV(6,3)", (2, 20)) == parse("INPUT(2,20) -> CONV(6,3)")
    assert parse("CONV(6,3)", (2, 20)) == parse("INPUT(2,20) -> CONV(6,3)")
    assert parse("INPUT -> CONV(6,3)", (2, 20)) == parse("INPUT(2,20) -> CONV(6,3)")
    assert summarize("lenet5", (1, 28, 28)).named("conv2").output == (16, 8, 8)


def test_an_input_of_other_dimensions_is_refused():
    with pytest.raises(SpecError, match=r"\(channels, height, width\); \(1, 10\) is given"):
        parse("INPUT(1,32,32) -> CONV(6,5)", (1, 10))
    with pytest.raises(SpecError, match=r"\(channels, length\); \(1, 1, 10\) is given"):
        parse("INPUT(1,32) -> CONV(6,5)", (1, 1, 10))


@pytest.mark.parametrize("text", ["CONV(6,1)", "INPUT -> CONV(6,1)"])
@pytest.mark.parametrize("shape", [(), (5,), (1, 2, 3, 4), (0, 8, 8), (1, -8)])
def test_an_input_that_is_no_image_is_refused(text, shape):
    with pytest.raises(SpecError, match=r"input \(channels, height, width\) or .* is given"):
        parse(text, shape)


def faulty(flatten, maps=20, side=32):
    return (
        f"INPUT(1,{side},{side}) -> CONV(20,5) -> RELU -> POOL(2) -> CONV({maps},5) -> RELU"
        f" -> POOL(2) -> {flatten} -> FC(500) -> RELU -> FC(10)"
    )


def test_the_lectures_faulty_lenet_is_told_its_two_faults_and_how_to_mend_them():
    with pytest.raises(SpecError) as caught:
        parse(faulty("FLATTEN(50,4,4)"))
    error = caught.value
    assert str(error) == (
        "flatten1 FLATTEN(50,4,4): 20×5×5 = 500 arrives; 50×4×4 = 800 expected; to mend it, write"
        " FLATTEN(20,5,5), or FLATTEN alone; or give conv2 50 maps and make INPUT 1×28×28"
    )
    assert error.layer == "flatten1 FLATTEN(50,4,4)"
    assert [layer.name for layer in error.layers][-1] == "pool2"
    # both ways do mend it
    assert parse(faulty("FLATTEN(20,5,5)")).output == (10,)
    assert parse(faulty("FLATTEN(50,4,4)", maps=50, side=28)).output == (10,)


@pytest.mark.parametrize(
    ("text", "way"),
    [
        (faulty("FLATTEN(800)"), "or give conv2 32 maps"),
        (faulty("FLATTEN(720)"), "or make INPUT 1×36×36"),
        (faulty("FLATTEN(801)"), "or FLATTEN alone"),
        (faulty("FLATTEN(20,5,4)"), "or make INPUT 1×32×28"),
        (faulty("FLATTEN(50,5,5)"), "or give conv2 50 maps"),
        ("INPUT(1,10) -> CONV(4,3) -> FLATTEN(4,6)", "or make INPUT 1×1×8"),
        ("INPUT(1,8,8) -> FC(30) -> RELU -> FLATTEN(40)", "or give fc1 40 features"),
        ("INPUT(1,8,8) -> FC(6) -> FLATTEN(1,2,3)", "or FLATTEN alone"),
        ("INPUT(4,8,8) -> SHUFFLE(2) -> FLATTEN(2,16,16)", "or FLATTEN alone"),
        ("INPUT(4,9,9) -> POOL(2,stride=2) -> FLATTEN(4,5,5)", "or make INPUT 4×10×10"),
        ("INPUT(4,9,9) -> GLOBALAVGPOOL -> FLATTEN(4,5,5)", "or FLATTEN alone"),
    ],
)
def test_a_flatten_that_does_not_fit_says_what_would(text, way):
    with pytest.raises(SpecError) as caught:
        parse(text)
    assert str(caught.value).endswith(way)


@pytest.mark.parametrize("flatten", ["FLATTEN", "FLATTEN(500)", "FLATTEN(20,5,5)"])
def test_a_flatten_that_expects_what_arrives_is_content(flatten):
    net = parse(faulty(flatten))
    assert net.named("fc1").parameters == 500 * 500 + 500
    assert str(net.named("flatten1")) == flatten


@pytest.mark.parametrize("flatten", ["FLATTEN(20,5)", "FLATTEN(width=5)"])
def test_an_expectation_of_two_numbers_is_no_shape(flatten):
    with pytest.raises(SpecError, match=r"FLATTEN\(features\) or FLATTEN\(channels,height,width\)"):
        parse(faulty(flatten))


def test_an_error_knows_the_layers_that_fit():
    with pytest.raises(SpecError) as caught:
        parse("INPUT(1,8,8) -> CONV(2,5) -> RES[RELU -> CONV(2,9)] -> FC(3)")
    assert [layer.name for layer in caught.value.layers] == ["input", "conv1", "relu1"]
    assert caught.value.layer == "conv2 CONV(2,9)"


def test_a_layer_is_found_by_its_name_and_the_nearest_is_told():
    net = summarize("lenet5")
    assert net.named("conv2") is net.layers[4]
    with pytest.raises(SpecError, match=r'no layer is called "conv3"; .* did you mean conv2\?'):
        net.named("conv3")
