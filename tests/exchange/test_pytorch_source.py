"""PyTorch source; where PyTorch is installed it computes what the network computes."""

import ast

import numpy as np
import pytest

from tuiconv.arithmetic import PRESETS, parse, summarize
from tuiconv.arithmetic.layers import Conv
from tuiconv.errors import RequestError
from tuiconv.exchange.pytorch_source import pytorch_source


def net_of(text):
    """The statements of `__init__` and of `forward` in the source of a network."""
    *_, net = ast.parse(pytorch_source(parse(text))).body
    _, init, forward = net.body
    return [[ast.unparse(line) for line in each.body[1:]] for each in (init, forward)]


def test_lenet_is_written_as_a_student_would():
    text = "INPUT(1,32,32) -> CONV(6,5) -> RELU -> POOL(2) -> FC(120) -> TANH -> FC(10) -> SOFTMAX"
    init, forward = net_of(text)
    assert init == [
        "self.conv1 = nn.Conv2d(1, 6, kernel_size=5)",
        "self.fc1 = nn.Linear(1176, 120)",
        "self.fc2 = nn.Linear(120, 10)",
    ]
    assert forward == [
        "x = self.conv1(x)",
        "x = F.relu(x)",
        "x = F.max_pool2d(x, 2)",
        "x = torch.flatten(x, 1)",
        "x = self.fc1(x)",
        "x = torch.tanh(x)",
        "x = self.fc2(x)",
        "x = F.log_softmax(x, dim=1)",
        "return x",
    ]


def test_branches_are_called_after_their_join():
    _, forward = net_of(
        "INPUT(2,8,8) -> block: RES[RELU -> CONV(2,1) | CONV(2,1)]"
        " -> CONCAT[ | TANH | MUL[SIGMOID]]"
    )
    assert forward == [
        "block_body = F.relu(x)",
        "block_body = self.conv1(block_body)",
        "block_shortcut = self.conv2(x)",
        "x = block_body + block_shortcut",
        "concat1_2 = torch.tanh(x)",
        "mul1_1 = torch.sigmoid(x)",
        "concat1_3 = mul1_1 * x",
        "x = torch.cat([x, concat1_2, concat1_3], 1)",
        "return x",
    ]


def test_padding_that_differs_from_side_to_side_is_a_step_of_its_own():
    init, forward = net_of("INPUT(1,9,9) -> CONV(2,3,pad=((1,2),(3,4))) -> POOL(2,pad=((0,1),0))")
    assert init == ["self.conv1 = nn.Conv2d(1, 2, kernel_size=3)"]
    assert forward[0] == "x = F.pad(x, (3, 4, 1, 2))"
    assert forward[2] == "x = F.pad(x, (0, 0, 0, 0), value=-torch.inf)"  # no window reaches it


def test_what_has_its_usual_value_is_left_out():
    init, _ = net_of(
        "INPUT(4,9,9) -> CONV(2,3,stride=2,pad=(1,2)) -> CONV(2,1,bias=none) -> BATCHNORM"
        " -> BATCHNORM(momentum=0.5) -> CONVT(4,2,stride=(1,2),groups=2)"
    )
    assert init == [
        "self.conv1 = nn.Conv2d(4, 2, kernel_size=3, stride=2, padding=(1, 2))",
        "self.conv2 = nn.Conv2d(2, 2, kernel_size=1, bias=False)",
        "self.batchnorm1 = nn.BatchNorm2d(2)",
        "self.batchnorm2 = nn.BatchNorm2d(2, momentum=0.5)",
        "self.convt1 = nn.ConvTranspose2d(2, 4, kernel_size=2, stride=(1, 2), groups=2)",
    ]


def test_every_step_says_what_leaves_the_layer():
    source = pytorch_source(parse("INPUT(1,6,6) -> CONV(2,3) -> FC(3)"))
    assert "        x = self.conv1(x)  # 2×4×4\n" in source
    assert "        x = self.fc1(x)  # a vector of 3\n" in source


def test_it_says_what_it_takes_and_gives():
    source = pytorch_source(parse("INPUT(1,6,6) -> FC(3) -> SOFTMAX"), "Bright numbers.")
    docstring = ast.get_docstring(ast.parse(source)) or ""
    assert "INPUT(1,6,6) -> FC(3) -> SOFTMAX\n" in docstring
    assert "It takes images (n, 1, 6, 6) and gives (n, 3), log-probabilities.\n" in docstring
    assert "Bright numbers.\n" in docstring


@pytest.mark.parametrize("preset", PRESETS)
def test_the_source_of_a_preset_imports_pytorch_only(preset):
    tree = ast.parse(pytorch_source(summarize(preset)))
    imported = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    modules = [getattr(node, "module", None) or node.names[0].name for node in imported]
    assert {name.partition(".")[0] for name in modules} == {"torch"}


def test_only_the_parts_that_are_needed_are_copied(spec):
    tree = ast.parse(pytorch_source(spec))
    *parts, net = [each for each in tree.body if isinstance(each, ast.ClassDef | ast.FunctionDef)]
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert net.name == "Net"
    assert {part.name for part in parts} <= used


@pytest.mark.parametrize("name", ["eval", "training", "lambda", "_hidden", "größe", "a²"])
def test_a_name_that_a_module_cannot_have_is_refused(name):
    with pytest.raises(RequestError, match=rf'layer "{name}" \(FC\(2\)\)'):
        pytorch_source(parse(f"INPUT(1,2,2) -> {name}: FC(2)"))


def net_in(source):
    """The network of a source; the test is skipped where PyTorch is not installed."""
    pytest.importorskip("torch")
    names = {}
    exec(source, names)
    return names["Net"]()


@pytest.fixture
def theirs(net, spec):
    """The network in PyTorch, with the numbers of `net`, in evaluation."""
    torch = pytest.importorskip("torch")
    made = net_in(pytorch_source(spec))
    made.load_state_dict({name: torch.from_numpy(array) for name, array in net.arrays().items()})
    return made.eval()


def test_with_our_numbers_it_gives_our_outputs(net, theirs, images):
    torch = pytest.importorskip("torch")
    with torch.no_grad():
        found, expected = theirs(torch.from_numpy(images)).numpy(), net(images)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5 * max(1, abs(expected).max()))


def test_what_it_keeps_is_what_a_checkpoint_of_ours_has(net, theirs):
    found = theirs.state_dict()
    for name, array in net.arrays().items():
        np.testing.assert_array_equal(found.pop(name).numpy(), array)
    assert all(name.endswith("num_batches_tracked") for name in found)


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_learns_as_many_numbers(preset):
    torch = pytest.importorskip("torch")
    spec = summarize(preset)
    has_table = any(isinstance(layer, Conv) and layer.table for layer in spec)
    with torch.device("cpu" if has_table else "meta"):  # which has sizes, but no memory
        made = net_in(pytorch_source(spec))
    assert sum(each.numel() for each in made.parameters()) == spec.totals.parameters


def test_what_a_table_does_not_connect_learns_nothing():
    torch = pytest.importorskip("torch")
    spec = parse("INPUT(6,4,4) -> CONV(16,3,table=lenet5,bias=unit) -> FC(2)")
    made = net_in(pytorch_source(spec))
    sgd = torch.optim.SGD(made.parameters(), lr=0.1, weight_decay=0.1)
    before = made.state_dict()["conv1.weight"].clone()
    made(torch.ones(2, 6, 4, 4)).square().sum().backward()
    sgd.step()
    after = made.state_dict()["conv1.weight"]
    connected = torch.tensor(spec.layers[1].connection_table)
    assert (before[~connected] == 0).all()
    assert (after[~connected] == 0).all()
    assert (after[connected] != before[connected]).all()
