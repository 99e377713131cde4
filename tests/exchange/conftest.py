"""Networks with every kind of layer, and numbers for them."""

import numpy as np
import pytest

from tuiconv.arithmetic import PRESETS, parse, summarize
from tuiconv.nn.network import Network

KINDS = {
    "convolutions": (
        "INPUT(4,17,13) -> CONV(6,(3,2),stride=(2,1),pad=(1,2),groups=2) -> TANH"
        " -> CONV(5,3,dilation=2) -> RELU -> POOL(2,stride=1,pad=1) -> FC(7) -> SOFTMAX"
    ),
    "tables and units": (
        "INPUT(6,9,8) -> CONV(16,3,table=lenet5,stride=2,bias=unit) -> STANH -> CONV(4,2,bias=unit)"
        " -> SHRINK(threshold=0.1) -> FC(5) -> SIGMOID"
    ),
    "no bias": (
        "INPUT(6,9,8) -> CONV(4,3,bias=none) -> LOCAL(2,3,bias=none) -> CONVT(16,3,bias=none)"
        " -> CONVT(6,1) -> CONV(16,2,table=lenet5,bias=none) -> FC(3,bias=none)"
    ),
    "no bias in time": "INPUT(2,9) -> CAUSAL(4,2,bias=none) -> LEAKYRELU -> LEAKYRELU(0.3)",
    "a ceiling": (
        "INPUT(3,8,8) -> CONV(6,3) -> [RES[ | ]]*3 -> RELU6 -> CONV(6,3,pad=1,groups=6) -> RELU6"
        " -> FC(4)"
    ),
    "padded unevenly": (
        "INPUT(6,9,8) -> CONV(4,3,pad=((1,2),0)) -> CONV(6,2,stride=2,pad=((0,1),(2,0)),bias=unit)"
        " -> CONV(16,3,table=lenet5,pad=((1,1),(2,0))) -> LOCAL(2,3,pad=((1,2),(0,1)))"
        " -> CONVT(3,4,stride=2,pad=((0,1),(2,1))) -> CONVT(2,3,pad=((0,0),(1,0)))"
    ),
    "by channels": (
        "INPUT(3,6,5) -> CONV(7,2) -> LRN(5,alpha=0.3,beta=0.5,k=2) -> LRN(4,alpha=2) -> LRN(1)"
    ),
    "a table": "INPUT(6,9,8) -> CONV(16,(3,2),table=lenet5,pad=1) -> TANH -> FC(3)",
    "local": (
        "INPUT(2,9,8) -> LOCAL(3,(3,2),stride=(2,1),pad=(0,1)) -> SIGMOID -> LOCAL(2,3) -> FC(5)"
    ),
    "time": (
        "INPUT(2,20) -> CAUSAL(4,2) -> RELU -> CAUSAL(6,3,dilation=2,groups=2) -> TANH"
        " -> CAUSAL(3,1) -> CONV(2,3,stride=2,pad=1) -> POOL(2) -> FC(2)"
    ),
    "transposed": (
        "INPUT(2,6,5) -> CONVT(4,(3,2),stride=2,pad=(1,0),output_pad=(1,0),groups=2) -> TANH"
        " -> CONVT(3,3,dilation=2) -> CONVT(2,3,dilation=2,pad=1,output_pad=1)"
    ),
    "shuffles": "INPUT(2,6,4) -> UNSHUFFLE(2) -> CONV(18,1) -> SHUFFLE(3) -> FC(2)",
    "pools": (
        "INPUT(3,13,12) -> CONV(4,2) -> AVGPOOL(3,stride=2,pad=1) -> SUBSAMPLE((2,1),stride=1)"
        " -> SUBSAMPLE(2) -> FC(5)"
    ),
    "pools rounded up": (
        "INPUT(2,16,15) -> CONV(4,2) -> POOL((2,3),dilation=(2,1),round=up,pad=(1,1))"
        " -> AVGPOOL(3,stride=2,pad=1,round=up) -> AVGPOOL(2,stride=3,round=up,count=inside,pad=1)"
    ),
    "pools past the end": (
        "INPUT(2,8,8) -> POOL(3,stride=2,round=up) -> AVGPOOL(3,stride=2,round=up)"
    ),
    "a window too many": (
        "INPUT(2,7,7) -> POOL(2,stride=2,pad=1,round=up) -> AVGPOOL(2,stride=2,pad=1,round=up)"
    ),
    "pools padded by more than half a kernel": (
        "INPUT(2,13,12) -> POOL(3,stride=2,pad=2,dilation=2,round=up)"
        " -> POOL(2,stride=1,pad=((2,1),0),dilation=(4,1))"
    ),
    "pools padded unevenly": (
        "INPUT(3,14,13) -> POOL(3,stride=2,pad=((1,0),(0,1))) -> AVGPOOL(3,stride=1,pad=((0,1),1))"
        " -> AVGPOOL((2,3),stride=1,pad=((1,0),(0,1)),count=inside)"
    ),
    "pools padded unevenly and rounded up": (
        "INPUT(3,19,18) -> POOL(3,stride=2,pad=((1,0),(0,1)),round=up)"
        " -> AVGPOOL(3,stride=2,pad=((0,1),(1,0)),round=up)"
        " -> AVGPOOL(2,stride=3,pad=((1,0),(0,1)),round=up,count=inside)"
    ),
    "soft pools": (
        "INPUT(3,14,13) -> CONV(4,2) -> LPPOOL(2,power=3) -> LPPOOL(2,stride=1,power=1.5)"
        " -> LPPOOL((1,2),stride=1) -> LOGPROBPOOL(2,stride=1,beta=2.5) -> LOGPROBPOOL((2,1))"
    ),
    "the mean of maps": "INPUT(1,9,8) -> CONV(6,3) -> GLOBALAVGPOOL -> FC(5)",
    "the largest of maps": "INPUT(1,9,8) -> CONV(6,3) -> GLOBALMAXPOOL -> FLATTEN -> SOFTMAX",
    "normalised": (
        "INPUT(2,9,8) -> CONV(3,3) -> BATCHNORM(momentum=0.2) -> RELU -> FLATTEN -> FC(6)"
        " -> BATCHNORM(eps=0.001) -> TANH -> DROPOUT(0.25) -> FC(4) -> SOFTMAX"
    ),
    "by neighbours": "INPUT(3,9,8) -> WHITEN -> SUBNORM((5,3)) -> DIVNORM(5) -> DIVNORM -> SUBNORM",
    "classes of places": "INPUT(2,5,6) -> CONV(3,2) -> SOFTMAX",
}
"""Together they have every kind of layer, with every setting."""

BRANCHES = {
    "a skip": "INPUT(2,6,5) -> CONV(3,3) -> RES[TANH -> CONV(3,3,pad=1)] -> FC(4) -> SOFTMAX",
    "a projection": (
        "INPUT(2,6,6) -> RES[CONV(4,3,stride=2,pad=1) -> RELU -> CONV(4,1) | CONV(4,1,stride=2)]"
        " -> RES[ | CONV(4,1) | TANH -> CONV(4,1)]"
    ),
    "a stack": (
        "INPUT(2,6,6) -> CONCAT[CONV(3,1) | CONV(2,3,pad=1) -> RELU | | POOL(3,1,1)] -> FC(3)"
    ),
    "a stack of vectors": "INPUT(2,6,6) -> CONCAT[FC(3) -> TANH | CONV(1,6) -> FLATTEN] -> SOFTMAX",
    "gates": (
        "INPUT(2,9) -> MUL[CAUSAL(4,2) -> TANH | CAUSAL(4,2) -> SIGMOID] -> MUL[CONV(4,1)]"
        " -> MUL[CONV(2,1) | CONV(2,1) | CONV(2,1)]"
    ),
    "joins in joins": (
        "INPUT(2,8,8) -> CONCAT[ | POOL(2) -> RES[RES[CONV(2,1)] -> CONV(2,1)]"
        " -> CONCAT[CONV(1,1) | RES[RELU]] -> CONVT(3,2,stride=2)] -> a: CONV(2,3) -> RELU"
    ),
}
"""Layers that take more than one thing."""

MOST_MACS = 300_000_000
"""Of presets that are run as they are."""

LARGE = {"wavenet": (1, 300), "resnet18": (3, 40, 40), "googlenet": (3, 224, 224)}
"""Presets beyond that, and what they are shown, with the slow proofs."""

SPECS = {
    **{name: parse(text) for name, text in (KINDS | BRANCHES).items()},
    **{
        name: spec
        for name, spec in ((preset, summarize(preset)) for preset in PRESETS)
        if spec.totals.macs < MOST_MACS
    },
}
EVERY = [pytest.param(spec, id=name) for name, spec in SPECS.items()]
EVERY += [
    pytest.param(summarize(name, shape), id=name, marks=pytest.mark.slow)
    for name, shape in LARGE.items()
]


@pytest.fixture(params=EVERY)
def spec(request):
    """Every network in turn."""
    return request.param


@pytest.fixture
def every_spec():
    """All of them at once, but the large ones."""
    return SPECS.values()


@pytest.fixture
def net(spec):
    """The network of `spec`, with numbers of its own also where fresh ones are all 0 or 1."""
    made = Network(spec, 1)
    rng = np.random.default_rng(2)
    state = made.state_dict()
    for name, array in state.items():
        if name.endswith("weight") and array.ndim > 1:
            continue
        noise = rng.normal(0, 0.1, array.shape).astype(np.float32)
        state[name] = array + (np.abs(noise) if name.endswith("running_var") else noise)
    made.load_state_dict(state)
    return made


@pytest.fixture
def images(spec):
    """Five images for it."""
    return np.random.default_rng(3).standard_normal((5, *spec.input), np.float32)
