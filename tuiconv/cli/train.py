"""`tuiconv train`: headless training."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tuiconv.cli.carry_out import carry_out
from tuiconv.cli.carry_out_series import carry_out_series
from tuiconv.cli.completion import data_sets, presets
from tuiconv.cli.options import Json
from tuiconv.errors import RequestError

if TYPE_CHECKING:
    from tuiconv.runs.settings import Settings


def train(
    network: Annotated[
        str | None,
        typer.Argument(
            metavar="PRESET|FILE.toml|SPEC",
            autocompletion=presets,
            help="A preset, a run file, or a network in the layer-pattern language.",
            show_default="lenet5",
        ),
    ] = None,
    changes: Annotated[
        list[str] | None,
        typer.Option(
            "--set", help="Set any key of a run file; may be repeated.", metavar="KEY=VALUE"
        ),
    ] = None,
    data: Annotated[
        str | None,
        typer.Option(
            help="A data set of `tuiconv data list`, a folder of pictures, or a file .npz.",
            autocompletion=data_sets,
            show_default="strokes",
        ),
    ] = None,
    data_dir: Annotated[
        str | None, typer.Option(help="Folder that holds the data set's folder, such as mnist/.")
    ] = None,
    epochs: Annotated[
        int | None, typer.Option(help="Times every training image is seen.", show_default="4")
    ] = None,
    batch_size: Annotated[
        int | None, typer.Option(help="Images per update.", show_default="64")
    ] = None,
    optimizer: Annotated[
        str | None,
        typer.Option(
            help="sgd, nesterov, adagrad, rmsprop, adam or natural.",
            metavar="NAME",
            show_default="sgd",
        ),
    ] = None,
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
        float | None,
        typer.Option(
            help="Adds this share of every parameter to its gradient.", show_default="0.0"
        ),
    ] = None,
    schedule: Annotated[
        str | None,
        typer.Option(
            help="How the learning rate changes: constant, step, cosine or 1998.",
            metavar="NAME",
            show_default="constant",
        ),
    ] = None,
    clip: Annotated[
        float | None, typer.Option(help="Shorten gradients whose norm over all is above this.")
    ] = None,
    loss: Annotated[
        str | None,
        typer.Option(
            help="cross_entropy, squared or svm.", metavar="NAME", show_default="cross_entropy"
        ),
    ] = None,
    initialiser: Annotated[
        str | None,
        typer.Option(
            help="How widely first weights vary: lecun, he or xavier.",
            metavar="NAME",
            show_default="lecun",
        ),
    ] = None,
    distort: Annotated[
        bool,
        typer.Option(
            "--distort", help="Distort the images anew for every epoch, by recommended amounts."
        ),
    ] = False,
    until: Annotated[
        str | None,
        typer.Option(help='Stop after an epoch with, say, "test_accuracy >= 0.99".'),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="Weights, order and stroke digits.", show_default="0")
    ] = None,
    threads: Annotated[
        int | None, typer.Option(help="Threads; the result is the same for any number.")
    ] = None,
    weights: Annotated[
        str | None, typer.Option(help="Start from this checkpoint instead of random weights.")
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            "-o", "--output", help="A new directory for the run, or one checkpoint: .safetensors."
        ),
    ] = None,
    resume: Annotated[
        Path | None, typer.Option(help="Go on with the run in this directory.", metavar="RUN")
    ] = None,
    as_json: Json = False,
) -> int:
    """Train a network and report loss and accuracy.

    With no arguments, LeNet-5 learns stroke digits drawn on the spot; no files are needed. A run
    file holds the same settings as the options, which override it. With -o DIRECTORY the run is
    kept: its settings, its log, its last and its best network. Ctrl-C stops after the batch in
    hand and keeps what was learned; --resume goes on from there, to the same numbers as if nothing
    had happened. With --json every line is one event, as in the log; the last is the end event
    with test_accuracy, seconds, epochs, images_per_second and reason.

    \b
    Examples:
      tuiconv train
      tuiconv train lenet5 --data mnist --data-dir ~/data --epochs 2 -o runs/mnist
      tuiconv train --resume runs/mnist
      tuiconv train runs/mnist/run.toml --set optimizer.lr=0.01 -o runs/slower
      tuiconv train --optimizer adam --until "test_accuracy >= 0.98" -o lenet5.safetensors
      tuiconv train "INPUT(1,32,32) -> FC(10) -> SOFTMAX" --json
    """
    flags: dict[str, tuple[str, object]] = {
        "data.name": ("--data", data),
        "data.dir": ("--data-dir", data_dir),
        "epochs": ("--epochs", epochs),
        "batch_size": ("--batch-size", batch_size),
        "optimizer.name": ("--optimizer", optimizer),
        "optimizer.lr": ("--lr", lr),
        "optimizer.momentum": ("--momentum", momentum),
        "optimizer.weight_decay": ("--weight-decay", weight_decay),
        "optimizer.clip": ("--clip", clip),
        "schedule.name": ("--schedule", schedule),
        "loss": ("--loss", loss),
        "initialiser": ("--initialiser", initialiser),
        "until": ("--until", until),
        "seed": ("--seed", seed),
        "threads": ("--threads", threads),
        "weights": ("--weights", weights),
        "output": ("--output", output),
    }
    used = {key: flag for key, flag in flags.items() if flag[1] is not None}
    if resume is None:
        from tuiconv.runs.outputs import begin

        settings = settings_of(network, changes or [], used)
        settings = distorted(settings) if distort else settings
        if settings.series is not None:
            return carry_out_series(settings, as_json)
        return carry_out(*begin(settings), as_json)
    more = [*([network] if network else []), *(["--set"] if changes else [])]
    more += [*(["--distort"] if distort else []), *(name for name, _ in used.values())]
    if more:
        raise RequestError(f"--resume takes all settings from its run; leave out {', '.join(more)}")
    return go_on(resume, as_json)


def settings_of(
    network: str | None, changes: list[str], flags: dict[str, tuple[str, object]]
) -> "Settings":
    """What was asked for: flags before --set before the run file.

    Args:
        network: a run file, a network, or None.
        changes: `KEY=VALUE`.
        flags: name and value of each, by the key of a run file.
    """
    from tuiconv.runs.given import Given, settings_from
    from tuiconv.runs.toml import read_override, read_run_file

    given: dict[str, Given] = {}
    if network is not None and network.endswith(".toml"):
        given = read_run_file(Path(network))
    elif network is not None:
        given = {"net": Given(network, "the network", is_named=True)}
    for change in changes:
        given |= read_override(change)
    for key, (name, value) in flags.items():
        given[key] = Given(value, name, is_named=True)
    return settings_from(given)


def distorted(settings: "Settings") -> "Settings":
    """The settings with the distortions that are recommended for images of their size."""
    from dataclasses import replace

    import numpy as np

    from tuiconv.data.distortions import recommended
    from tuiconv.data.load import is_path
    from tuiconv.runs.data import example, read

    data, rng = settings.data, np.random.default_rng(settings.seed)
    image = read(data, rng).train if is_path(data.name) else example(data)
    channels, height, width = image.images.shape[1:]
    return replace(settings, distortions=recommended((channels, height, width)))


def go_on(path: Path, as_json: bool) -> int:
    """Finish a run, or say that it is finished."""
    from tuiconv.cli.reports import JsonReport, summary
    from tuiconv.nn.events import to_json
    from tuiconv.runs.directory import resume
    from tuiconv.runs.log import finished
    from tuiconv.runs.watch import LOG

    end = finished(path / LOG)
    if end is None:
        return carry_out(*resume(path), as_json)
    if as_json:
        JsonReport().event(end, to_json(end))
    else:
        print(f"{path} is finished: {summary(end)}")
    return 0
