"""`tuiconv train`: headless training."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from tuiconv.cli.options import INTERRUPTED, Json
from tuiconv.errors import RequestError

if TYPE_CHECKING:
    from tuiconv.arithmetic import NetworkSpec
    from tuiconv.nn.network import Network

DEFAULT = "lenet5"


def train(
    network: Annotated[
        str | None,
        typer.Argument(
            metavar="PRESET|SPEC",
            help="A preset or a network in the layer-pattern language.",
            show_default=DEFAULT,
        ),
    ] = None,
    data: Annotated[str, typer.Option(help="Data set: strokes or mnist.")] = "strokes",
    data_dir: Annotated[
        Path | None, typer.Option(help="Folder that holds the data set's folder, such as mnist/.")
    ] = None,
    epochs: Annotated[int, typer.Option(help="Times every training image is seen.", min=1)] = 4,
    batch_size: Annotated[int, typer.Option(help="Images per update.", min=1)] = 64,
    lr: Annotated[float, typer.Option(help="Learning rate.")] = 0.02,
    momentum: Annotated[float, typer.Option(help="Share of the last update carried on.")] = 0.9,
    seed: Annotated[int, typer.Option(help="Weights, order and stroke digits.", min=0)] = 0,
    threads: Annotated[
        int | None, typer.Option(help="Threads; the result is the same for any number.", min=1)
    ] = None,
    weights: Annotated[
        Path | None, typer.Option(help="Start from this checkpoint instead of random weights.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Checkpoint to write (safetensors).")
    ] = None,
    as_json: Json = False,
) -> int:
    """Train a network and report loss and accuracy.

    With no arguments, LeNet-5 learns stroke digits drawn on the spot; no files are needed.
    Ctrl-C stops after the batch in hand and keeps what was learned. With --json every line is one
    event; the last is the end event with test_accuracy, seconds, epochs and images_per_second.

    \b
    Examples:
      tuiconv train
      tuiconv train lenet5 --data mnist --data-dir ~/data --epochs 2 -o lenet5.safetensors
      tuiconv train "INPUT(1,32,32) -> FC(10) -> SOFTMAX" --json
    """
    from tuiconv.arithmetic import summarize
    from tuiconv.files import check_writable

    spec = summarize(DEFAULT if network is None else network)
    if output is not None:
        check_writable(output)

    import numpy as np

    from tuiconv.cli.reports import report_for
    from tuiconv.data.load import load_dataset
    from tuiconv.nn.events import RunEnd
    from tuiconv.nn.network import Network
    from tuiconv.nn.training import Trainer, check_fits
    from tuiconv.nn.warm_up import training_kernels, warm_up

    rng = np.random.default_rng(seed)
    if weights is None:
        net = Network(spec, rng)
    else:
        net = load_weights(weights, asked=None if network is None else spec)
    trainer = Trainer(net, "sgd", lr, momentum, batch_size, rng, threads)
    with report_for(as_json) as report, cancelled_by_ctrl_c() as cancel:
        report.doing("drawing stroke digits" if data == "strokes" else f"reading {data}")
        train_set, test_set = load_dataset(data, data_dir, rng)
        check_fits(net, train_set)
        for kernel in warm_up(training_kernels(net)):
            progress = f"{kernel.number} of {kernel.of}"
            report.doing(f"compiling {kernel.name}, {progress} (the first run only)")
        for event in trainer.run(train_set, test_set, epochs, cancel):
            if isinstance(event, RunEnd) and output is not None:
                net.save(output)
            report.event(event)
    if not as_json:
        print(f"saved {output}" if output else "not saved: add -o FILE to keep the network")
        print("next: run tuiconv and press 4, to watch such a network learn from inside")
    return INTERRUPTED if isinstance(event, RunEnd) and event.cancelled else 0


def load_weights(path: Path, asked: "NetworkSpec | None") -> "Network":
    """The network in a checkpoint, which must be of the spec that was asked for, if one was.

    Raises:
        RequestError: it holds another network.
        CheckpointError: it holds none.
    """
    from tuiconv.nn.network import Network

    net = Network.load(path)
    if asked is not None and net.spec != asked:
        raise RequestError(f"--weights {path} holds {net.spec}; the network asked for is {asked}")
    return net


@contextmanager
def cancelled_by_ctrl_c() -> Iterator[Event]:
    """A token that the first Ctrl-C sets; the second interrupts at once."""
    cancel = Event()

    def on_interrupt(signal_number: int, frame: FrameType | None) -> None:
        cancel.set()
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield cancel
    finally:
        signal.signal(signal.SIGINT, before)
