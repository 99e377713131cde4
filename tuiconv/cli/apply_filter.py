"""`tuiconv apply-filter`: pictures before and after a filter."""

from pathlib import Path
from typing import Annotated

import typer

from tuiconv.cli.completion import filter_behind_pictures
from tuiconv.cli.options import Color, Json, Width, at_most_one, console_for, lines_to_draw_in

WORKERS = 2
"""Pictures at a time, if nothing is said of it and there are as many cores."""


def apply_filter(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="IMAGE... FILTER",
            autocompletion=filter_behind_pictures,
            help="Pictures (PNG, JPEG, TIFF, WebP, BMP, GIF, ...; - for stdin), and what they are"
            ' filtered with: names from `tuiconv filters`, such as sharpen or "gaussian(2) |'
            ' sobel-x". With --kernel, --kernel-file or --conv1 all are pictures.',
        ),
    ],
    output: Annotated[
        str | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE|DIR|-",
            help="Where to save what comes out: a file, whose name decides the format; a directory,"
            " where names are kept; or - for stdout.",
        ),
    ] = None,
    kernel: Annotated[
        str | None,
        typer.Option(metavar="ROWS", help='A kernel of your own: "0 -1 0; -1 5 -1; 0 -1 0".'),
    ] = None,
    kernel_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The same from a text file.")
    ] = None,
    divide: Annotated[
        float | None,
        typer.Option(metavar="N", help="Divide the sums of your own kernel.", show_default="1"),
    ] = None,
    bias: Annotated[
        float | None,
        typer.Option(metavar="N", help="Then add this to them.", show_default="0"),
    ] = None,
    conv1: Annotated[
        str | None,
        typer.Option(
            metavar="MODEL[:k]",
            help="What a network has learned: kernel k, from 0, of its first convolution, such as"
            " lenet5:3.",
        ),
    ] = None,
    edge: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="What stands around the picture: zero, replicate, reflect or wrap. If it is given,"
            " a kernel may be larger than the picture.",
            show_default="reflect",
        ),
    ] = None,
    stride: Annotated[
        str, typer.Option(metavar="N|N,M", help="Pixels from one sum to the next: down and across.")
    ] = "1",
    padding: Annotated[
        str | None,
        typer.Option(
            metavar="N|N,M",
            help="Rows and columns laid around the picture.",
            show_default="what keeps its size",
        ),
    ] = None,
    flip: Annotated[
        bool,
        typer.Option(
            "--flip", help="Rotate the kernel by 180 degrees: convolution, not correlation."
        ),
    ] = False,
    channel: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Filter one channel: R, G, B, alpha, grey, C, M, Y or K."
        ),
    ] = None,
    as_grey: Annotated[
        bool, typer.Option("--grey", help="Make the picture grey, then filter it.")
    ] = False,
    range_: Annotated[
        str | None,
        typer.Option(
            "--range",
            metavar="NAME",
            help="How sums become pixels: clamp to black and white; signed, with 0 as middle grey;"
            " abs, without their sign; minmax, stretched. By default files are clamped, and sums"
            " of kernels whose weights cancel out are drawn signed.",
        ),
    ] = None,
    view: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="What is drawn: both, before, after, difference or kernel. Several pictures that"
            " are saved are drawn only if this is given.",
            show_default="both",
        ),
    ] = None,
    crop: Annotated[
        str | None,
        typer.Option(
            metavar="X,Y,W,H",
            help="Draw a part of what comes out, pixel by pixel: W by H pixels from column X, row Y"
            " on, counted from 0.",
        ),
    ] = None,
    explain: Annotated[
        str | None,
        typer.Option(
            metavar="X,Y",
            help="Tell how the pixel in column X, row Y comes about, product by product.",
        ),
    ] = None,
    svg: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Save the drawing, for slides.")
    ] = None,
    plain: Annotated[
        bool, typer.Option("--plain", help="Tell everything in words, for screen readers.")
    ] = False,
    as_json: Json = False,
    jobs: Annotated[
        int | None,
        typer.Option(
            metavar="N", help="Pictures at a time, each in memory.", min=1, show_default="2"
        ),
    ] = None,
    large: Annotated[
        bool,
        typer.Option(
            "--large",
            help="Take pictures of more than 89,478,485 pixels. Input and output are in memory, the"
            " sums in bands.",
        ),
    ] = False,
    color: Color = "auto",
    width: Width = None,
) -> int:
    """Filter pictures, show them before and after, and save them.

    What is saved keeps mode, depth, size, colour profile and density, as far as its format can;
    what cannot be kept is told. Alpha is kept, and transparent pixels lend no colour to others.
    All frames of an animation are filtered. A file is replaced when the new one is complete, so
    that a picture may take its own place. Of several pictures one that fails is told, and the
    others are done; the exit status is then 1.

    \b
    Examples:
      tuiconv apply-filter photo.jpg edge-8
      tuiconv apply-filter photo.png sharpen -o sharper.png
      tuiconv apply-filter photo.png "gaussian(1) | sobel-x" --view after --range signed
      tuiconv apply-filter photo.png photo.jpg box-blur -o blurred
      tuiconv apply-filter photo.png --kernel "1 2 1; 2 4 2; 1 2 1" --divide 16 --explain 4,2
    """
    from tuiconv.cli.filter_one import Job
    from tuiconv.cli.filter_outputs import STREAM, check_stdin, check_svg, outputs_for
    from tuiconv.cli.filter_request import Change, Showing, filters_asked, pictures_and_filter
    from tuiconv.cli.filter_told import tell
    from tuiconv.cli.filter_words import box, given, one_of, pair, point
    from tuiconv.images.apply import Settings
    from tuiconv.images.channels import CHANNELS
    from tuiconv.images.ranges import RANGES
    from tuiconv.images.stages import EDGES
    from tuiconv.lessons.filters import VIEWS

    undrawn = {"--json": as_json, "--plain": plain, "--output -": output == STREAM}
    at_most_one(undrawn)
    at_most_one({"--explain": explain, "--output -": output == STREAM})
    at_most_one({"--channel": channel, "--grey": as_grey})
    if svg is None:
        at_most_one({"--view": view, **undrawn})
        at_most_one({"--crop": crop, **undrawn})
    pictures, text = pictures_and_filter(words, kernel, kernel_file, conv1)
    workers, threads = shared_out(len(pictures), jobs)
    kept = given(range_, lambda name: one_of("range", name, RANGES))
    change = Change(
        filters_asked(text, kernel, kernel_file, conv1, divide, bias, flip),
        Settings(
            edge=given(edge, lambda name: one_of("edge", name, EDGES)) or "reflect",
            stride=pair("--stride", stride, 1),
            padding=given(padding, lambda text: pair("--padding", text, 0)),
            range=kept or "clamp",
            threads=threads,
            may_exceed=edge is not None,
            large=large,
        ),
        is_flipped=flip,
        channel=given(channel, lambda name: one_of("channel", name, CHANNELS)),
        grey=as_grey,
        large=large,
    )
    console, display = console_for(color, width)
    is_asked = view is not None or crop is not None
    is_usual = explain is None and (output is None or len(pictures) == 1)
    showing = Showing(
        heads=len(pictures) > 1,
        draws=(is_asked or is_usual) and output != STREAM,
        view=given(view, lambda name: one_of("view", name, VIEWS)) or "both",
        range=kept,
        crop=given(crop, lambda text: box("--crop", text)),
        explain=given(explain, lambda text: point("--explain", text)),
        as_json=as_json,
        in_words=plain,
        svg=svg,
        width=console.width,
        height=lines_to_draw_in(console),
        display=display,
    )
    check_stdin(pictures)
    outputs = outputs_for(pictures, output)
    if svg is not None:
        check_svg(svg, pictures)
    job = Job(change, showing)
    with outputs.prepared():
        if len(pictures) > 1:
            from tuiconv.cli.filter_many import filter_many

            return filter_many(job, pictures, outputs.targets, workers, console)
        tell(pictures[0], job(pictures[0], outputs.targets[0]), console)
    return 0


def shared_out(pictures: int, jobs: int | None) -> tuple[int, int | None]:
    """How many pictures are filtered at a time, and by how many threads each."""
    if pictures == 1:
        return 1, None
    from tuiconv_kernels.cores import usable_cores  # with Numba, which one picture is read beside

    cores = usable_cores()
    workers = min(jobs or min(WORKERS, cores), pictures)
    return workers, max(cores // workers, 1)
