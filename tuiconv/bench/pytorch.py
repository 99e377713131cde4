"""Networks of ours in PyTorch, from their source; imported only where PyTorch is installed."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from tuiconv.arithmetic import NetworkSpec
from tuiconv.arithmetic.layers import Softmax
from tuiconv.exchange.pytorch_source import pytorch_source

Images = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int64]


def training_step(
    spec: NetworkSpec, x: Images, labels: Labels, lr: float, momentum: float, threads: int
) -> Callable[[], None]:
    """A step of training on a batch, in eager mode."""
    torch.set_num_threads(threads)
    model = learner(spec)
    loss = nn.CrossEntropyLoss()
    sgd = torch.optim.SGD(model.parameters(), lr=lr, momentum=momentum)
    images, classes = torch.from_numpy(x), torch.from_numpy(labels)

    def step() -> None:
        sgd.zero_grad()
        loss(model(images), classes).backward()
        sgd.step()

    return step


def inference(
    spec: NetworkSpec, x: Images, threads: int, *, compiled: bool = False
) -> Callable[[], Any]:
    """A forward pass on a batch without gradients, in eager mode or compiled."""
    torch.set_num_threads(threads)
    model = network(spec).eval()
    run = torch.compile(model) if compiled else model
    images = torch.from_numpy(x)

    def infer() -> torch.Tensor:
        with torch.no_grad():
            return run(images)

    return infer


def network(spec: NetworkSpec) -> nn.Module:
    """A network with random weights."""
    names: dict[str, Any] = {}
    exec(pytorch_source(spec), names)
    made: nn.Module = names["Net"]()
    return made


def learner(spec: NetworkSpec) -> nn.Module:
    """A network up to a final SOFTMAX, which CrossEntropyLoss has in itself."""
    ends = isinstance(spec.layers[-1], Softmax)
    return network(NetworkSpec(spec.layers[:-1]) if ends else spec)
