"""The arithmetic that layers spell out, worked out once more from its text."""

import ast
import math
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tuiconv.arithmetic import SpecError, parse

SIGNS = str.maketrans({"·": "*", "−": "-", ",": ""})


def sides_of(formula):
    """What both sides of a formula come to."""
    term, result = formula.partition(" (one more")[0].split(" = ")
    return [
        worked_out(ast.parse(side.translate(SIGNS), mode="eval").body) for side in (term, result)
    ]


def worked_out(node):
    match node:
        case ast.Constant(value=int(number)):
            return Fraction(number)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -worked_out(operand)
        case ast.BinOp(left=left, op=op, right=right):
            left, right = worked_out(left), worked_out(right)
            match op:
                case ast.Add():
                    return left + right
                case ast.Sub():
                    return left - right
                case ast.Mult():
                    return left * right
                case ast.Div():
                    return left / right
        case ast.Call(func=ast.Name(id="floor" | "ceil" as name), args=[inner]):
            return Fraction(getattr(math, name)(worked_out(inner)))
    raise ValueError(ast.dump(node))


def layer(text):
    return parse(text).layers[-1]


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("INPUT(1,32,32) -> CONV(6,5)", "6·(1·5·5)+6 = 156"),
        ("INPUT(1,32,32) -> CONV(6,5,bias=none)", "6·(1·5·5) = 150"),
        ("INPUT(4,9,9) -> CONV(8,3,groups=2)", "8·(4/2·3·3)+8 = 152"),
        ("INPUT(6,14,14) -> CONV(16,5,table=lenet5)", "60·(5·5)+16 = 1,516"),
        (
            "INPUT(1,16,16) -> CONV(12,5,stride=2,pad=2,bias=unit)",
            "12·(1·5·5)+12·8·8 = 1,068",
        ),
        ("INPUT(4,20) -> CONV(6,3,groups=2)", "6·(4/2·3)+6 = 42"),
        ("INPUT(4,20) -> CONV(6,(3,5),pad=(1,0))", "6·(4·3·5)+6 = 366"),
        ("INPUT(4,20) -> CONV(6,3,bias=unit)", "6·(4·3)+6·18 = 180"),
        ("INPUT(2,9,8) -> LOCAL(3,(3,2),stride=2,pad=1)", "3·5·5·(2·3·2)+3·5·5 = 975"),
        ("INPUT(2,9,8) -> LOCAL(3,(3,2),stride=2,pad=1,bias=none)", "3·5·5·(2·3·2) = 900"),
        ("INPUT(2,9) -> LOCAL(3,4)", "3·6·(2·4)+3·6 = 162"),
        ("INPUT(4,1,20) -> CAUSAL(6,2,dilation=4,groups=2)", "6·(4/2·2)+6 = 30"),
        ("INPUT(6,3,5) -> CONVT(4,4,stride=2,pad=1)", "4·(6·4·4)+4 = 388"),
        ("INPUT(6,3,5) -> CONVT(4,(1,3),groups=2,bias=none)", "4·(6/2·1·3) = 36"),
        ("INPUT(16,5,5) -> FC(120)", "120·(16·5·5)+120 = 48,120"),
        ("INPUT(16,5,5) -> FLATTEN -> FC(120)", "120·400+120 = 48,120"),
        ("INPUT(16,5) -> FC(120)", "120·(16·5)+120 = 9,720"),
        ("INPUT(16,5,5) -> FC(120,bias=none)", "120·(16·5·5) = 48,000"),
        ("INPUT(6,28,28) -> SUBSAMPLE(2)", "6·2 = 12"),
        ("INPUT(6,28,28) -> BATCHNORM", "6·2 = 12"),
        ("INPUT(6,28,28) -> POOL(2)", ""),
        ("INPUT(6,28,28) -> RELU", ""),
    ],
)
def test_what_a_layer_learns_is_spelled_out(text, formula):
    assert layer(text).parameter_formula == formula


@pytest.mark.parametrize(
    ("text", "rows", "columns"),
    [
        (
            "INPUT(1,32,31) -> CONV(6,5,stride=2,pad=2)",
            "floor((32 + 2·2 − 5) / 2) + 1 = 16",
            "floor((31 + 2·2 − 5) / 2) + 1 = 16",
        ),
        (
            "INPUT(1,32,32) -> LOCAL(6,5,pad=((1,2),0))",
            "floor((32 + 1 + 2 − 5) / 1) + 1 = 31",
            "floor((32 + 2·0 − 5) / 1) + 1 = 28",
        ),
        (
            "INPUT(1,9,8) -> POOL((2,3),stride=2,dilation=(1,2))",
            "floor((9 + 2·0 − 2) / 2) + 1 = 4",
            "floor((8 + 2·0 − (2·(3 − 1) + 1)) / 2) + 1 = 2",
        ),
        (
            "INPUT(1,3,5) -> CONVT(4,(4,3),stride=2,pad=(1,(1,0)),output_pad=(0,1),dilation=(1,2))",
            "(3 − 1)·2 + 4 − 2·1 = 6",
            "(5 − 1)·2 + (2·(3 − 1) + 1) − 1 − 0 + 1 = 13",
        ),
        ("INPUT(4,3,5) -> SHUFFLE(2)", "3·2 = 6", "5·2 = 10"),
        ("INPUT(1,4,6) -> UNSHUFFLE(2)", "4 / 2 = 2", "6 / 2 = 3"),
        (
            "INPUT(1,7,9) -> GLOBALMAXPOOL",
            "floor((7 + 2·0 − 7) / 1) + 1 = 1",
            "floor((9 + 2·0 − 9) / 1) + 1 = 1",
        ),
        *((f"INPUT(4,1,9) -> {word}", "", "") for word in ("RELU", "SUBNORM(3)", "LRN(3)")),
        *((f"INPUT(4,1,9) -> {word}", "", "") for word in ("CAUSAL(2,3)", "BATCHNORM", "WHITEN")),
    ],
)
def test_the_size_that_leaves_is_spelled_out_for_each_axis(text, rows, columns):
    spec = layer(text)
    assert (spec.output_formula(0), spec.output_formula(1)) == (rows, columns)


numbers = st.integers(1, 4)
pads = st.one_of(st.integers(0, 2), st.tuples(st.integers(0, 2), st.integers(0, 2)))


def value(drawn):
    """A number, or a pair in brackets."""
    return str(drawn).replace(" ", "")


@st.composite
def layers(draw):
    """A layer on maps or on a row, that slides, enlarges or weighs."""
    groups = draw(numbers)
    channels, maps = (groups * draw(st.integers(1, 3)) for _ in "io")
    is_1d = draw(st.booleans())
    size = st.integers(1, 12) if is_1d else st.tuples(numbers, numbers)
    kernel, stride, dilation = (value(draw(st.one_of(numbers, size))) for _ in "ksd")
    padding = value(draw(st.one_of(st.integers(0, 2), st.tuples(pads, pads))))
    bias = draw(st.sampled_from(["map", "unit", "none"]))
    shared = bias if bias == "none" else "map"
    own = bias if bias == "none" else "unit"
    options = draw(
        st.sampled_from(
            [
                f"CONV({maps},{kernel},{stride},{padding},{dilation},{groups},bias={bias})",
                f"CONVT({maps},{kernel},{stride},{padding},0,{dilation},{groups},bias={shared})",
                f"LOCAL({maps},{kernel},{stride},{padding},bias={own})",
                f"CAUSAL({maps},{draw(numbers)},{draw(numbers)},{groups},bias={shared})",
                f"FC({maps},bias={own})",
                f"FLATTEN -> FC({maps},bias={own})",
                f"POOL({kernel},{stride},{padding},up,{dilation})",
                f"AVGPOOL({kernel},{stride},{padding})",
                f"SUBSAMPLE({kernel},{stride})",
                f"SHUFFLE({draw(numbers)})",
                f"UNSHUFFLE({draw(numbers)})",
                "GLOBALAVGPOOL",
                "BATCHNORM",
            ]
        )
    )
    sides = [draw(st.integers(1, 30)) for _ in ("w" if is_1d else "hw")]
    try:
        return parse(f"INPUT({','.join(map(str, [channels, *sides]))}) -> {options}").layers[-1]
    except SpecError:
        assume(False)


@given(layers())
def test_every_formula_comes_to_what_it_says(spec):
    if spec.parameters:
        term, result = sides_of(spec.parameter_formula)
        assert term == result == spec.parameters
        assert spec.parameter_formula.endswith(f" = {spec.parameters:,}")
    else:
        assert spec.parameter_formula == ""
    for axis in (0, 1):
        if formula := spec.output_formula(axis):
            term, result = sides_of(formula)
            assert term == result == spec.output[1 + axis]
        else:
            assert len(spec.output) == 1 or spec.output[1 + axis] == spec.input[1 + axis]


@given(layers())
def test_without_biases_a_layer_has_a_parameter_less_for_each_and_a_connection_less_per_unit(spec):
    if not hasattr(spec, "bias"):
        return
    if spec.bias == "none":
        assert spec.bias_shape is None
        assert spec.parameters == spec.weights
        assert spec.connections == spec.macs
    else:
        assert spec.parameters - spec.weights == math.prod(spec.bias_shape)
        assert spec.connections - spec.macs == math.prod(spec.output)
