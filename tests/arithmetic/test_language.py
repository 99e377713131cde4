import re
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuiconv.arithmetic import SpecError, parse
from tuiconv.arithmetic.joins import JOINS
from tuiconv.arithmetic.layers import (
    KINDS,
    Conv,
    FullyConnected,
    Input,
    Local,
    MaxPool,
    ReLU,
    ScaledTanh,
    Softmax,
    Subsample,
)


def test_a_network_is_read_layer_by_layer_each_in_its_place():
    net = parse("INPUT(1,8,8) -> CONV(6,3,stride=2) -> RELU -> POOL((1,3),1) -> FC(10) -> SOFTMAX")
    kinds = [Input, Conv, ReLU, MaxPool, FullyConnected, Softmax]
    assert [type(layer) for layer in net] == kinds
    _, conv, _, pool, full, _ = net
    assert (conv.channels, conv.kernel_size, conv.stride) == (6, (3, 3), (2, 2))
    assert (conv.padding, conv.dilation, conv.groups) == ((0, 0), (1, 1), 1)
    assert (pool.kernel_size, pool.stride) == ((1, 3), (1, 1))
    assert full.features == 10
    assert [layer.input for layer in net.layers[1:]] == [layer.output for layer in net.layers[:-1]]


def test_a_table_is_named_and_subsampling_moves_by_its_own_size_unless_told_otherwise():
    text = "INPUT(6,9,9) -> CONV(16,2,table=LeNet5) -> STANH -> SUBSAMPLE(2) -> SUBSAMPLE(2,1)"
    net = parse(text)
    _, conv, stanh, first, second = net
    assert conv.table == "lenet5"
    assert isinstance(stanh, ScaledTanh)
    assert isinstance(first, Subsample)
    assert (first.window.stride, second.window.stride) == ((2, 2), (1, 1))
    assert [layer.name for layer in net][2:] == ["stanh1", "subsample1", "subsample2"]
    assert str(net) == text.replace("LeNet5", "lenet5").replace("(2,1)", "(2,stride=1)")


def test_what_has_a_bias_is_chosen_by_name_and_each_map_has_one_unless_told_otherwise():
    net = parse("INPUT(1,9,9) -> CONV(2,3,bias=UNIT) -> CONV(2,3,bias=map) -> LOCAL(2,3,pad=1)")
    _, first, second, local = net
    assert (first.bias, second.bias) == ("unit", "map")
    assert isinstance(local, Local)
    assert (local.name, local.stride, local.padding) == ("local1", (1, 1), (1, 1))
    assert str(net) == "INPUT(1,9,9) -> CONV(2,3,bias=unit) -> CONV(2,3) -> LOCAL(2,3,pad=1)"


@pytest.mark.parametrize(
    ("written", "printed", "value"),
    [
        ("SHRINK", "SHRINK", 0.5),
        ("SHRINK(0.50)", "SHRINK", 0.5),
        ("SHRINK(1)", "SHRINK(threshold=1)", 1.0),
        ("SHRINK(0.0)", "SHRINK(threshold=0)", 0.0),
        ("SHRINK(0.00000001)", "SHRINK(threshold=0.00000001)", 1e-8),
        ("SHRINK(12345678.9)", "SHRINK(threshold=12345678.9)", 12345678.9),
    ],
)
def test_a_real_number_has_a_decimal_point_if_it_needs_one(written, printed, value):
    shrink = parse(f"INPUT(1,8,8) -> {written}").layers[-1]
    assert shrink.threshold == value
    assert str(shrink) == printed


def test_layers_of_a_kind_are_numbered_and_input_and_softmax_are_not():
    net = parse("INPUT(1,9,9) -> [CONV(2,3) -> TANH -> AVGPOOL(1)]*2 -> FC(3) -> FC(2) -> SOFTMAX")
    assert [layer.name for layer in net] == [
        "input",
        *("conv1", "tanh1", "avgpool1", "conv2", "tanh2", "avgpool2"),
        *("fc1", "fc2", "softmax"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "input(1,8,8)->conv(6,3)->relu",
        "  INPUT ( 1 , 8 , 8 )\n-> CONV(6,3)\t-> Relu  ",
        "INPUT(1,8,8) → CONV(6,3) → RELU",
        "INPUT(channels=1,height=8,width=8) -> CONV(kernel=3,channels=6) -> RELU",
        "INPUT(1,8,8) -> CONV(6,(3,3),1,0,1,1) -> RELU",
        "[INPUT(1,8,8) -> [CONV(6,3)]] -> [RELU]*1",
    ],
)
def test_case_spaces_arrows_and_names_of_values_do_not_change_the_network(text):
    assert parse(text) == parse("INPUT(1,8,8) -> CONV(6,3) -> RELU")


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("[RELU -> TANH]*3", "RELU -> TANH -> RELU -> TANH -> RELU -> TANH"),
        ("[RELU -> [TANH]*2]*2", "RELU -> TANH -> TANH -> RELU -> TANH -> TANH"),
        ("[CONV(2,3)]*2 -> [RELU]*0", "CONV(2,3) -> CONV(2,3)"),
        ("[[RELU]*0 -> TANH]*2", "TANH -> TANH"),
    ],
)
def test_a_part_in_brackets_is_repeated_as_often_as_it_says(short, long):
    assert parse(f"INPUT(1,9,9) -> {short}") == parse(f"INPUT(1,9,9) -> {long}")


def test_it_is_printed_with_defaults_left_out_and_equal_pairs_as_one_number():
    text = (
        "input(1, 20, 30) -> conv(4, (3,3), stride=(2,1), pad=1, dilation=1, groups=1)"
        " -> pool(2, stride=(2,2)) -> avgpool((1,2)) -> conv(4,1,groups=2) -> fc(5) -> softmax"
    )
    assert str(parse(text)) == (
        "INPUT(1,20,30) -> CONV(4,3,stride=(2,1),pad=1)"
        " -> POOL(2,stride=2) -> AVGPOOL((1,2)) -> CONV(4,1,groups=2) -> FC(5) -> SOFTMAX"
    )


def values(least, most):
    number = st.integers(least, most)
    return number.map(str) | st.tuples(number, number).map(lambda pair: f"({pair[0]},{pair[1]})")


def layers(word, *required, **options):
    """Texts such as CONV(4,3,pad=1): required values, then any of the options by name."""

    def write(arguments):
        positional, named = arguments
        return f"{word}({','.join([*positional, *(f'{n}={v}' for n, v in named.items())])})"

    return st.tuples(st.tuples(*required), st.fixed_dictionaries({}, optional=options)).map(write)


def decimals(least):
    """As texts, with as many digits as the language allows."""
    digits = st.text("0123456789", min_size=1, max_size=7)
    return st.tuples(st.integers(least, 99), digits).map(lambda parts: f"{parts[0]}.{parts[1]}")


number = st.integers(1, 6).map(str)
any_layer = st.one_of(
    layers(
        "CONV",
        number,
        values(1, 4),
        stride=values(1, 3),
        pad=values(0, 2),
        dilation=values(1, 2),
        groups=number,
        bias=st.sampled_from(["map", "unit"]),
    ),
    layers("LOCAL", number, values(1, 4), stride=values(1, 3), pad=values(0, 2)),
    layers("CONV", st.just("16"), values(1, 3), pad=values(0, 2), table=st.just("lenet5")),
    layers("SUBSAMPLE", values(1, 3), stride=values(1, 3)),
    layers("LPPOOL", values(1, 3), stride=values(1, 3), power=decimals(1)),
    layers("SHRINK", threshold=decimals(0)),
    layers("LOGPROBPOOL", values(1, 3), stride=values(1, 3), beta=decimals(1)),
    layers(
        "POOL",
        values(1, 3),
        stride=values(1, 3),
        pad=values(0, 1),
        round=st.sampled_from(["up", "down"]),
        dilation=values(1, 2),
    ),
    layers(
        "AVGPOOL",
        values(1, 3),
        stride=values(1, 3),
        pad=values(0, 1),
        round=st.sampled_from(["up", "down"]),
        count=st.sampled_from(["all", "inside"]),
    ),
    layers(
        "CONVT",
        number,
        values(1, 4),
        stride=values(1, 3),
        pad=values(0, 2),
        output_pad=values(0, 2),
        dilation=values(1, 2),
        groups=number,
    ),
    layers("CAUSAL", number, number, dilation=number, groups=number),
    layers("SHUFFLE", number),
    layers("UNSHUFFLE", number),
    layers("SUBNORM", values(1, 9)),
    layers("DIVNORM", values(1, 9)),
    layers("FC", number),
    layers("BATCHNORM", momentum=st.sampled_from(["1", "0.01"]), eps=st.just("0.001")),
    layers("DROPOUT", p=st.sampled_from(["0.25", "0.5", "0"])),
    st.sampled_from(["RELU", "TANH", "STANH", "SIGMOID", "SHRINK", "GLOBALAVGPOOL", "FLATTEN"]),
    st.sampled_from(["GLOBALMAXPOOL", "BATCHNORM", "DROPOUT", "SUBNORM", "DIVNORM"]),
    st.sampled_from(["FLATTEN(6)", "FLATTEN(1,2,3)", "FLATTEN(24)"]),
)


@st.composite
def items(draw, depth=2):
    """A layer, with a name of its own or without, or a join of chains of layers."""
    name = draw(st.sampled_from(["", "", "", "a: ", "b: ", "conv2: ", "res1: "]))
    if depth == 0 or draw(st.integers(0, 3)):
        return name + draw(any_layer)
    chain = st.lists(items(depth=depth - 1), max_size=2).map(" -> ".join)
    branches = draw(st.lists(chain, min_size=1, max_size=3))
    return f"{name}{draw(st.sampled_from(['RES', 'CONCAT', 'MUL']))}[{' | '.join(branches)}]"


@st.composite
def networks(draw):
    """Networks of layers and branches that fit one another."""
    channels = draw(st.sampled_from("123456") | st.just("6"))  # a table needs six
    height = draw(st.just("") | st.integers(1, 40).map(lambda rows: f"{rows},"))
    net = parse(f"INPUT({channels},{height}{draw(st.integers(1, 40))})")
    for item in draw(st.lists(items(), max_size=10)):
        try:
            net = parse(f"{net} -> {item}")
        except SpecError:
            continue
    return parse(f"{net} -> SOFTMAX") if draw(st.booleans()) else net


@given(networks())
def test_what_is_printed_is_read_back_as_an_equal_network(net):
    assert parse(str(net)) == net
    assert str(parse(str(net))) == str(net)


@given(networks(), st.integers(1, 4))
def test_repeating_is_writing_it_out(net, times):
    head = str(net).removesuffix(" -> SOFTMAX")
    repeated = parse(f"{head} -> [TANH -> RELU]*{times}")
    assert repeated == parse(head + " -> TANH -> RELU" * times)
    assert repeated == parse(f"{head} -> [TANH -> RELU]*Some with SOME={times}")


signs = ["->", "[", "]", "*", "(", ")", ",", "=", "-", " ", "?", "_", "²", "٣", "0", "2", "kernel"]
words = ["INPUT(1,8,8)", "INPUT", "CONV", "CONV(2,3)", "POOL", "RELU", "FC(2)", "SOFTMAX"]
words += ["table", "lenet5", "SUBSAMPLE(2)", "LOCAL(2,3)", "bias=unit", "SHRINK", "0.5"]
words += ["|", "|", "RES", "RES[", "CONCAT[", "MUL[", "a:", ":", "#", "\n", " with ", "N", "N=2"]


@given(st.lists(st.sampled_from(signs + words), max_size=12).map("".join))
def test_any_jumble_is_a_network_or_a_mistake_that_is_pointed_at(text):
    try:
        net = parse(text)
    except SpecError:
        return
    assert parse(str(net)) == net


LOCATED = re.compile(r"(line \d+, )?character \d+|\w+ [A-Z]+|the network has no layers")


def test_of_ten_thousand_random_strings_each_is_a_network_or_a_mistake_that_is_located():
    random = Random(0)
    networks, mistakes = 0, []
    for _ in range(10_000):
        text = "".join(random.choices([*signs, *words], k=random.randint(0, 12)))
        if random.random() < 0.5:  # half of them begin as a network does
            text = f"INPUT(1,8,8) -> {text}"
        try:
            net = parse(text)
        except SpecError as error:
            mistakes.append(str(error))
        else:
            assert parse(str(net)) == net
            networks += 1
    assert networks > 50
    assert [mistake for mistake in mistakes if "\n" in mistake or not LOCATED.match(mistake)] == []


TIMES = "how many times it repeats, a number or a name such as N"
TABLE = "table to be lenet5 or belllabs"
LAYER = 'expected a layer such as CONV(6,5), or "["'
CONV = "CONV(channels,kernel,stride,pad,dilation,groups,table,bias)"
ALL = ", ".join([*KINDS, *JOINS])


@pytest.mark.parametrize(
    ("text", "marked", "expected", "found"),
    [
        ("", 1, LAYER, "the end"),
        ("INPUT(1,8,8) ->", 16, LAYER, "the end"),
        ("INPUT(1,8,8) -> 5", 17, LAYER, '"5"'),
        ("INPUT(1,8,8) -> -> RELU", 17, LAYER, '"->"'),
        ("INPUT(1,8,8) -> []", 18, LAYER, '"]"'),
        ("INPUT(1,8,8) -> PReLU", 17, "expected a layer; did you mean RELU?", '"PReLU"'),
        ("INPUT(1,8,8) -> WIZARD", 17, f"expected a layer ({ALL})", '"WIZARD"'),
        ("INPUT(1,8,8) RELU", 14, 'expected "->" or the end', '"RELU"'),
        ("INPUT(1,8,8) -> RELU]", 21, 'expected "->" or the end', '"]"'),
        ("INPUT(1,8,8) -> [RELU", 22, 'expected "->" or "]"', "the end"),
        (
            "INPUT(1,8,8) -> [RELU]*",
            24,
            f"expected {TIMES}",
            "the end",
        ),
        ("INPUT(1,8,8) -> FC(x=1)", 20, "expected an option of FC(features,bias)", '"x"'),
        (
            "INPUT(1,8,8) -> CONV(3,3,strides=2)",
            26,
            f"expected an option of {CONV}; did you mean stride?",
            '"strides"',
        ),
        ("INPUT(1,8,8) -> CONV(3,3,stride 2)", 33, 'expected "="', '"2"'),
        ("INPUT(1,8,8) -> CONV(3,stride=)", 31, "expected a number", '")"'),
        ("INPUT(1,8,8) -> CONV(3,3,stride=two)", 33, "expected a number", '"two"'),
        ("INPUT(6,8,8) -> CONV(16,3,table=lenet)", 33, f"expected {TABLE}", '"lenet"'),
        ("INPUT(6,8,8) -> CONV(16,3,table=5)", 33, f"expected {TABLE}", '"5"'),
        (
            "INPUT(1,8,8) -> CONV(3,3,bias=all)",
            31,
            "expected bias to be map or unit or none",
            '"all"',
        ),
        (
            "INPUT(1,8,8) -> LOCAL(3,3,groups=3)",
            27,
            "expected an option of LOCAL(channels,kernel,stride,pad,bias)",
            '"groups"',
        ),
        ("INPUT(6,8,8) -> CONV(16,3,lenet5)", 33, 'expected "="', '")"'),
        (
            "INPUT(6,8,8) -> CONV(16,3,tabel=lenet5)",
            27,
            f"expected an option of {CONV}; did you mean table?",
            '"tabel"',
        ),
        (
            "INPUT(6,8,8) -> SUBSAMPLE(2,pad=1)",
            29,
            "expected an option of SUBSAMPLE(kernel,stride)",
            '"pad"',
        ),
        ("INPUT(1,8,8) -> CONV(-3,3)", 22, "expected a number", '"-"'),
        ("INPUT(1,8,8) -> CONV(2.0,3)", 22, "expected a whole number for channels", '"2.0"'),
        ("INPUT(1,8,8) -> CONV(2,(3,1.5))", 27, "expected a whole number", '"1.5"'),
        ("INPUT(1,8,8) -> [RELU]*1.5", 24, f"expected {TIMES}", '"1.5"'),
        ("INPUT(1,8,8) -> SHRINK(.5)", 24, 'expected a layer, a number, "->" or "["', '"."'),
        (
            "INPUT(1,8,8) -> SHRINK(0.123456789)",
            24,
            "expected a number of at most nine digits",
            '"0.123456789"',
        ),
        ("INPUT(1,8,8) -> SHRINK((1,2))", 24, "expected one number for threshold", '"("'),
        ("INPUT(1,8,8) -> LPPOOL(2,power=0.9)", 32, "expected power of at least 1", '"0.9"'),
        ("INPUT(1,8,8) -> CONV(3,(3))", 26, 'expected ","', '")"'),
        ("INPUT(1,8,8) -> CONV(3,(3,x))", 27, "expected a whole number", '"x"'),
        ("INPUT(1,8,8) -> CONV(3,(3,3,3))", 28, 'expected ")"', '","'),
        ("INPUT(1,8,8) -> CONV(3", 23, 'expected "," or ")"', "the end"),
        ("INPUT(1,8,8) -> CONV(3 3)", 24, 'expected "," or ")"', '"3"'),
        (
            "INPUT(1,8,8) -> CONV(3,3.5)",
            24,
            "expected a whole number for kernel",
            '"3.5"',
        ),
        ("INPUT(1,8,8) ->  !", 18, 'expected a layer, a number, "->" or "["', '"!"'),
        ("INPUT(1,8,8) ->  ?", 18, LAYER, '"?"'),
        (
            "INPUT(1,8,8) -> FC(1234567890)",
            20,
            "expected a number of at most nine digits",
            '"1234567890"',
        ),
        ("RELU", 1, "expected INPUT(channels,height,width) as the first layer", '"RELU"'),
        ("INPUT(1,8,8) -> INPUT(1,8,8)", 17, "expected INPUT only as the first layer", '"INPUT"'),
        (
            "INPUT(1,8,8) -> SOFTMAX -> RELU",
            17,
            "expected SOFTMAX only as the last layer",
            '"SOFTMAX"',
        ),
        (
            "INPUT(1,8,8) -> RELU -> WHITEN",
            25,
            "expected WHITEN only straight behind INPUT",
            '"WHITEN"',
        ),
        ("INPUT(1,8,8,8)", 13, "expected INPUT(channels,height,width)", '"8"'),
        ("INPUT(1,8,8) -> RELU(3)", 22, "expected RELU without values", '"3"'),
        (
            "INPUT(1,8,8) -> CONV(3,3,pad=1,pad=1)",
            32,
            "expected pad only once",
            '"pad"',
        ),
        ("INPUT(1,8,8) -> CONV((3,3),3)", 22, "expected one number for channels", '"("'),
        ("INPUT(1,8,8) -> CONV(3,0)", 24, "expected kernel of at least 1", '"0"'),
        (
            "INPUT(1,8,8) -> CONV(3,3,stride=(1,0))",
            33,
            "expected stride of at least 1",
            '"("',
        ),
        ("INPUT(0,8,8)", 7, "expected channels of at least 1", '"0"'),
        ("INPUT(1)", 1, "expected height in INPUT(channels,height,width)", '"INPUT"'),
        ("INPUT", 1, "expected channels in INPUT(channels,height,width)", '"INPUT"'),
        ("INPUT(1,8,8) -> CONV(3)", 17, f"expected kernel in {CONV}", '"CONV"'),
    ],
)
def test_a_mistake_is_pointed_at_with_what_was_expected_and_what_is_there(
    text, marked, expected, found
):
    with pytest.raises(SpecError) as caught:
        parse(text)
    position, message = str(caught.value).split(": ", 1)
    assert position.split(" after ")[0] == f"character {marked}"
    assert message == f"{expected}; found {found}"


def test_the_twenty_characters_before_a_mistake_are_quoted_to_find_it_by():
    with pytest.raises(SpecError) as caught:
        parse("INPUT(1,8,8) -> CONV(6,3) ->   RELU(1)")
    assert str(caught.value).startswith('character 37 after "CONV(6,3) -> RELU(": expected')
    with pytest.raises(SpecError, match=r"^character 1: expected a layer"):
        parse("?")
    with pytest.raises(SpecError, match=r'^line 3, character 1 after "INPUT\(1,8,8\) ->": expect'):
        parse("INPUT(1,8,8)\n-> \n?")  # the message stays one line


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("INPUT(1,8,8) ->\n  RELU ->\n  WIZARD", 'line 3, character 3 after "8,8) -> RELU ->"'),
        ("\r\nINPUT(1,8,8)\r\n-> FC(x)\r\n", 'line 3, character 8 after "NPUT(1,8,8) -> FC(x"'),
        ("INPUT(1,8,8) -> # and then\nRELU -> # what?\n", "line 2, character 8 after"),
        ("INPUT(1,8,8) -> WIZARD\n", 'character 17 after "INPUT(1,8,8) ->"'),
        ("INPUT(1,8,8) ->\n\n", 'character 16 after "INPUT(1,8,8) ->"'),
    ],
)
def test_in_a_text_of_several_lines_a_mistake_is_pointed_at_by_line(text, place):
    with pytest.raises(SpecError) as caught:
        parse(text)
    assert str(caught.value).startswith(place)


def test_a_long_word_is_not_shown_in_full():
    with pytest.raises(SpecError) as caught:
        parse(f"INPUT(1,8,8) -> FC({'9' * 5_000})")
    assert str(caught.value).endswith(f'most nine digits; found "{"9" * 40}…"')


@pytest.mark.parametrize(
    ("sign", "shown"), [("\x1b", r"\x1b"), ("\u202e", r"\u202e"), ("\0", r"\x00")]
)
def test_what_a_terminal_would_obey_is_shown_as_its_code(sign, shown):
    with pytest.raises(SpecError) as caught:
        parse(f"INPUT(1,8,8) -> {sign}RELU")
    assert str(caught.value).endswith(f'found "{shown}"')
    with pytest.raises(SpecError) as caught:
        parse(f"INPUT(1,8,8) -> # {sign}\n?")
    assert sign not in str(caught.value)
    assert shown in str(caught.value)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("INPUT(1,8,8) -> [RELU]*10001", (24, '"10001"')),
        ("INPUT(1,8,8) -> [[RELU]*200]*51", (30, '"51"')),
        ("INPUT(1,8,8) -> [RELU]*10000", (17, '"["')),
        ("INPUT(1,8,8) -> [RELU]*9999 -> FC(1)", (32, '"FC"')),
        ("INPUT(1,8,8) -> CONCAT[ | [RELU]*9998] -> [RELU]*5", (43, '"["')),
    ],
)
def test_a_repetition_beyond_ten_thousand_layers_is_a_slip_of_the_keyboard(text, place):
    character, found = place
    with pytest.raises(SpecError) as caught:
        parse(text)
    assert str(caught.value).startswith(f"character {character} after ")
    assert str(caught.value).endswith(f"expected at most 10,000 layers in all; found {found}")


@pytest.mark.parametrize("text", ["[INPUT(1,8,8)]*0", "[RELU]*0"])
def test_a_network_of_no_layers_is_refused(text):
    with pytest.raises(SpecError):
        parse(text)


def test_thousands_of_open_brackets_are_refused_like_any_other_mistake():
    with pytest.raises(SpecError):
        parse("[" * 5000)
