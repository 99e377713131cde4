"""The PyTorch source of a network: one class, as a student would write it.

Its layers have our names, so that `load_state_dict` takes what a checkpoint of ours holds.
"""

import ast
import re
import textwrap
from collections.abc import Sequence
from importlib.resources import files
from keyword import iskeyword

from tuiconv.arithmetic import NetworkSpec, Spec
from tuiconv.arithmetic.joins import Concat, Join, Residual
from tuiconv.arithmetic.layers import Conv, Input, Softmax
from tuiconv.arithmetic.specs import show_shape
from tuiconv.arithmetic.tables import TABLES
from tuiconv.errors import RequestError
from tuiconv.exchange.pytorch_layers import written

WIDTH = 95
"""Columns of the text in a docstring."""

OF_A_MODULE = """
    T_destination add_module apply bfloat16 buffers call_super_init children compile cpu cuda double
    dump_patches eval extra_repr float forward get_buffer get_extra_state get_parameter
    get_submodule half ipu load_state_dict modules mtia named_buffers named_children named_modules
    named_parameters parameters register_backward_hook register_buffer register_forward_hook
    register_forward_pre_hook register_full_backward_hook register_full_backward_pre_hook
    register_load_state_dict_post_hook register_load_state_dict_pre_hook register_module
    register_parameter register_state_dict_post_hook register_state_dict_pre_hook requires_grad_
    set_extra_state set_submodule share_memory state_dict to to_empty train training type xpu
    zero_grad
""".split()  # noqa: SIM905 - so it can be read
"""Names that stand for something else in every nn.Module."""


def pytorch_source(network: NetworkSpec, expects: str = "") -> str:
    """The text of a Python module with a class `Net`; it imports PyTorch and nothing else.

    Args:
        network: what it computes.
        expects: a sentence for its docstring about the numbers that it expects.

    Raises:
        RequestError: a layer has a name that no attribute of an nn.Module can have.
    """
    net = net_class(network)
    tables = {each.table for each in network if isinstance(each, Conv) and each.table}
    blocks = [*map(table_source, sorted(tables)), *parts_for(net), net]
    imports = ["import torch", "from torch import nn"]
    if any(re.search(r"\bF\.", block) for block in blocks):
        imports.append("from torch.nn import functional as F")
    head = "\n".join([docstring(network, expects), "", *imports])
    return "\n\n\n".join([head, *blocks]) + "\n"


def docstring(network: NetworkSpec, expects: str) -> str:
    """What the module says of itself."""
    takes, gives = (", ".join(map(str, ("n", *shape))) for shape in (network.input, network.output))
    is_log = isinstance(network.layers[-1], Softmax)
    paragraphs = [
        "A network of tuiconv's in PyTorch.",
        str(network),
        f"It takes images ({takes}) and gives ({gives}){', log-probabilities' * is_log}.",
        *([expects] if expects else []),
        "The weights of a checkpoint of tuiconv's fit it:",
    ]
    usage = """
    net = Net()
    net.load_state_dict(safetensors.torch.load_file("net.safetensors"))
    net.eval()  # and net.train() before it is trained
"""
    return '"""' + "\n\n".join(map(filled, paragraphs)) + f'\n{usage}"""'


def filled(paragraph: str) -> str:
    """Broken into lines, but within no word."""
    return textwrap.fill(paragraph, WIDTH, break_long_words=False, break_on_hyphens=False)


def net_class(network: NetworkSpec) -> str:
    """The class `Net`: every layer that holds numbers, and the way through all of them."""
    variables = variables_of(network.layers)
    modules, steps = [], []
    for place, layer in enumerate(network):
        if isinstance(layer, Input):
            continue
        check_name(layer)
        if isinstance(layer, Join):
            module, expressions = "", [joined(layer, variables)]
        else:
            module, expressions = written(layer)
        if module:
            modules.append(f"        self.{layer.name} = {module}")
        variable, arriving = variables[place], variables[layer.sources[0]]
        for expression in expressions:
            steps.append(f"        {variable} = {expression.format(arriving)}")
            arriving = variable
        steps[-1] += f"  # {show_shape(layer.output)}"
    return "\n".join(
        [
            "class Net(nn.Module):",
            '    """The whole network."""',
            "",
            "    def __init__(self) -> None:",
            "        super().__init__()",
            *modules,
            "",
            "    def forward(self, x: torch.Tensor) -> torch.Tensor:",
            f'        """Of images ({", ".join(map(str, ("n", *network.input)))})."""',
            *steps,
            f"        return {variables[len(network) - 1]}",
        ]
    )


def variables_of(layers: Sequence[Spec]) -> dict[int, str]:
    """What each layer's output is called: x, but in a branch by the join and the branch."""
    variables = {0: "x"}

    def call(after: int, last: int, variable: str) -> None:
        while last != after:
            variables[last] = variable
            layer = layers[last]
            if not isinstance(layer, Join):
                last = layer.sources[0]
                continue
            for end, branch in zip(layer.sources, branches(layer), strict=True):
                call(layer.fork, end, f"{layer.name}_{branch}")
            last = layer.fork

    call(0, len(layers) - 1, "x")
    return variables


def branches(join: Join) -> tuple[str, ...]:
    """What its branches are called."""
    if isinstance(join, Residual) and len(join.sources) == 2:
        return "body", "shortcut"
    return tuple(str(1 + number) for number in range(len(join.sources)))


def joined(join: Join, variables: dict[int, str]) -> str:
    """A join, as an expression."""
    ends = [variables[place] for place in join.sources]
    if isinstance(join, Concat):
        return f"torch.cat([{', '.join(ends)}], 1)"
    return (" + " if isinstance(join, Residual) else " * ").join(ends)


def check_name(layer: Spec) -> None:
    """Raise RequestError if an nn.Module cannot have a layer of this name."""
    name = layer.name
    if name in OF_A_MODULE:
        why = "every nn.Module of PyTorch has something else of this name"
    elif iskeyword(name) or name[0] == "_" or not (name.isascii() and name.isidentifier()):
        why = "a layer in PyTorch source cannot be called so"
    else:
        return
    raise RequestError(f'layer "{name}" ({layer}): {why}; expected another name, such as part1')


def table_source(name: str) -> str:
    """A table of connections under the name that `convolution` gives it."""
    rows = "\n".join(f'    "{row}",' for row in TABLES[name])
    return f"{name.upper()} = (\n{rows}\n)"


def parts_for(net: str) -> list[str]:
    """What a source names of `pytorch_parts`, and what that names."""
    text = (files("tuiconv.exchange") / "pytorch_parts.py").read_text("utf-8")
    needed: list[str] = []
    for node in reversed(ast.parse(text).body):
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            named = re.compile(rf"\b{node.name}\b")
            if any(named.search(source) for source in (net, *needed)):
                needed.insert(0, ast.get_source_segment(text, node) or "")
    return needed
