"""Numbers as they are stored: with all digits that tell them apart, or rounded, which is said."""

import numpy as np

from tuiconv.lessons.figures import minus


def exact(value: float) -> str:
    """A float32 with as few digits as single it out among all float32."""
    number = np.float32(value)
    if number != 0 and not 1e-4 <= abs(number) < 1e9:
        return minus(np.format_float_scientific(number, trim="-"))
    return minus(np.format_float_positional(number, trim="-"))


def short(value: float) -> str:
    """A number rounded to six digits."""
    return minus(f"{value:.6g}")


def signed(value: float) -> str:
    """A float32 behind a plus or a minus: ` + 0.25`, ` − 0.25`."""
    return f" {'−' if value < 0 else '+'} {exact(abs(value))}"


def in_brackets(value: float) -> str:
    """A float32, in brackets if it is below 0, to stand behind an operator."""
    return f"({exact(value)})" if value < 0 else exact(value)


def compared(computed: float, stored: float) -> str:
    """Whether a number that was computed anew is the stored one, and by how much it differs."""
    rounded = float(np.float32(computed))
    if rounded == stored or (np.isnan(rounded) and np.isnan(stored)):
        return f"equals the stored {exact(stored)}: difference 0"
    difference = rounded - stored
    places = abs(difference) / float(np.spacing(np.float32(abs(stored))))
    return (
        f"differs from the stored {exact(stored)} by {short(difference)},"
        f" {places:,.0f} times the last place of float32, as the kernel rounds in between"
    )
