"""`tuiconv train`: headless training."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Event, Thread
from types import FrameType
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from tuiconv.cli.options import INTERRUPTED, Json
from tuiconv.errors import RequestError

if TYPE_CHECKING:
    from concurrent.futures import Future

    from tuiconv.arithmetic import NetworkSpec
    from tuiconv.nn.network import Network

DEFAULT = "lenet5"

Result = TypeVar("Result")


def train(
    network: Annotated[
        str | None,
        typer.Argument(
            metavar="PRESET|SPEC",
            help="A preset or a network in the layer-pattern language.",
            show_default=DEFAULT,
        ),
    ] = None,
    data: Annotated[
        str,
        typer.Option(
            help="A data set of `tuiconv data list`, a folder of pictures, or a file .npz."
        ),
    ] = "strokes",
    data_dir: Annotated[
        Path | None, typer.Option(help="Folder that holds the data set's folder, such as mnist/.")
    ] = None,
    epochs: Annotated[int, typer.Option(help="Times every training image is seen.", min=1)] = 4,
    batch_size: Annotated[int, typer.Option(help="Images per update.", min=1)] = 64,
    optimizer: Annotated[
        str, typer.Option(help="sgd, nesterov, adagrad, rmsprop, adam or natural.", metavar="NAME")
    ] = "sgd",
    lr: Annotated[
        float | None,
        typer.Option(
            help="Learning rate.",
            show_default="0.02 with sgd and nesterov, 0.01 with adagrad, else 0.001",
        ),
    ] = None,
    momentum: Annotated[
        float | None,
        typer.Option(
            help="Share of the last update carried on, by sgd and nesterov.", show_default="0.9"
        ),
    ] = None,
    weight_decay: Annotated[
        float, typer.Option(help="Adds this share of every parameter to its gradient.")
    ] = 0.0,
    schedule: Annotated[
        str,
        typer.Option(
            help="How the learning rate changes: constant, step, cosine or 1998.", metavar="NAME"
        ),
    ] = "constant",
    clip: Annotated[
        float | None, typer.Option(help="Shorten gradients whose norm over all is above this.")
    ] = None,
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
      tuiconv train --optimizer adam --schedule cosine --weight-decay 0.0001
      tuiconv train "INPUT(1,32,32) -> FC(10) -> SOFTMAX" --json
    """
    from tuiconv.arithmetic import summarize
    from tuiconv.files import check_writable

    spec = summarize(DEFAULT if network is None else network)
    if output is not None:
        check_writable(output)

    import numpy as np

    from tuiconv.data.load import blank, load_dataset

    example = blank(data)
    rng = np.random.default_rng(seed)
    load = partial(load_dataset, data, data_dir, rng)
    if data != "strokes":  # these wait for the weights, which are drawn by the same Generator
        loading = in_background(load)

    from tuiconv.cli.reports import report_for
    from tuiconv.nn.events import RunEnd
    from tuiconv.nn.network import Network
    from tuiconv.nn.schedules import schedule_named
    from tuiconv.nn.training import Trainer, check_fits
    from tuiconv.nn.warm_up import training_kernels, warm_up

    if weights is None:
        net = Network(spec, rng, example.class_names)
    else:
        net = load_weights(weights, asked=None if network is None else spec)
    trainer = Trainer(
        net,
        optimizer,
        lr,
        momentum,
        batch_size,
        rng,
        threads,
        weight_decay=weight_decay,
        schedule=schedule_named(schedule),
        clip=clip,
    )
    check_fits(net, example)
    if data == "strokes":
        loading = in_background(load)
    with report_for(as_json) as report, cancelled_by_ctrl_c() as cancel:
        loading_data = "drawing stroke digits" if data == "strokes" else f"reading {data}"
        report.doing(loading_data)
        for kernel in warm_up(training_kernels(net, optimizer, clip)):
            if cancel.is_set():
                return INTERRUPTED
            if loading.done():
                loading.result()  # raises what is wrong with the data
            progress = f"{kernel.number} of {kernel.of}"
            report.doing(f"compiling {kernel.name}, {progress} (the first run only)")
        report.doing(loading_data)
        train_set, test_set = loading.result()
        if weights is None:
            net.preprocessing = train_set.preprocessing
        for event in trainer.run(train_set, test_set, epochs, cancel):
            if isinstance(event, RunEnd) and output is not None:
                net.save(output)
            report.event(event)
    if not as_json:
        print(f"saved {output}" if output else "not saved: add -o FILE to keep the network")
        print("next: run tuiconv and press 4, to watch such a network learn from inside")
    return INTERRUPTED if isinstance(event, RunEnd) and event.cancelled else 0


def in_background(work: Callable[[], Result]) -> "Future[Result]":
    """Begin some work in a thread that does not keep a program from ending."""
    from concurrent.futures import Future

    future: Future[Result] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # handed to whoever asks for the result
            future.set_exception(error)

    Thread(target=run, daemon=True).start()
    return future


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
