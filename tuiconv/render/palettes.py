"""The colours and glyphs that numbers are shown with.

A value becomes one of 63 levels; a 64th says "not a number". Every palette has the 63 levels in
true colour, in the 256 colours of xterm, and as glyphs for terminals with fewer.

True colours are blended in Oklab (B. Ottosson, "A perceptual color space for image processing",
2020), where equal steps look equal: the lightness of a sequential palette grows evenly, so it can
be read without seeing hue, and a diverging one darkens evenly to both sides of a neutral middle.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from tuiconv.lessons.scene import Quantity

Rgb: TypeAlias = tuple[int, int, int]
FloatArray: TypeAlias = npt.NDArray[np.float64]

LEVELS: Final = 63
"""How many levels a range of values is cut into; odd, so that one is exactly in the middle."""
MIDDLE_LEVEL: Final = LEVELS // 2
"""The level of zero in a signed map."""
NAN_LEVEL: Final = LEVELS
"""The level of values that are not numbers."""
NAN_RGB: Final[Rgb] = (255, 0, 255)
NAN_XTERM: Final = 201
NAN_GLYPH: Final = "?"

_LINEAR_TO_LMS: Final = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_LMS_TO_LAB: Final = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def srgb_to_oklab(rgb: npt.ArrayLike) -> FloatArray:
    """Oklab lightness (0 to 1), green–red and blue–yellow of sRGB colours 0..255, (..., 3)."""
    encoded = np.asarray(rgb, dtype=np.float64) / 255
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    return np.asarray(np.cbrt(linear @ _LINEAR_TO_LMS.T) @ _LMS_TO_LAB.T)


def oklab_to_srgb(lab: npt.ArrayLike) -> FloatArray:
    """The inverse of `srgb_to_oklab`, rounded to whole numbers and clipped to 0..255."""
    lms = np.asarray(lab, dtype=np.float64) @ np.linalg.inv(_LMS_TO_LAB).T
    linear = np.clip(lms**3 @ np.linalg.inv(_LINEAR_TO_LMS).T, 0, 1)
    encoded = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.asarray(np.rint(encoded * 255))


@dataclass(frozen=True, eq=False)
class Palette:
    """63 levels from low to high, for every colour depth. Compared by identity."""

    name: str
    signed: bool
    """Whether the middle level means zero and the ends mean minus and plus."""
    truecolor: tuple[Rgb, ...]
    xterm: tuple[int, ...]
    """Indices of xterm's 256 colours."""

    def glyphs(self, unicode: bool) -> str:
        """One character for each level, growing heavier with magnitude.

        A signed palette has other glyphs for negative than for positive levels, so the sign can
        be seen without colour.
        """
        if not self.signed:
            return _stretch(" ░▒▓█" if unicode else " .:-=+*#%@")
        negative, positive = ("-=≡", "░▒▓█") if unicode else ("-=N", ".+#@")
        return _stretch(negative[::-1], MIDDLE_LEVEL) + " " + _stretch(positive, MIDDLE_LEVEL)


def _stretch(ramp: str, count: int = LEVELS) -> str:
    """`count` characters in which each one of the ramp has the same share."""
    return "".join(ramp[i * len(ramp) // count] for i in range(count))


def _blend(anchors: tuple[Rgb, ...], count: int = LEVELS) -> tuple[Rgb, ...]:
    """`count` colours through the anchors, with equal steps of lightness."""
    lab = srgb_to_oklab(anchors)
    lightness = np.linspace(lab[0, 0], lab[-1, 0], count)
    rising = slice(None, None, 1 if lab[-1, 0] > lab[0, 0] else -1)  # as np.interp needs it
    blended = np.stack(
        [np.interp(lightness, lab[rising, 0], lab[rising, axis]) for axis in range(3)], axis=1
    )
    return tuple((int(r), int(g), int(b)) for r, g, b in oklab_to_srgb(blended))


def _spread(ramp: tuple[int, ...]) -> tuple[int, ...]:
    """63 indices in which the ramp's ends are at the ends and its middle is in the middle."""
    last = len(ramp) - 1
    return tuple(ramp[round(i * last / (LEVELS - 1))] for i in range(LEVELS))


def _signed(name: str, anchors: tuple[Rgb, Rgb, Rgb, Rgb, Rgb], xterm: tuple[int, ...]) -> Palette:
    """A palette from the most negative colour over zero to the most positive."""
    least, less, zero, more, most = anchors
    below = _blend((least, less, zero), MIDDLE_LEVEL + 1)[:-1]
    return Palette(
        name, True, (*below, *_blend((zero, more, most), MIDDLE_LEVEL + 1)), _spread(xterm)
    )


def _from_zero(signed: Palette) -> Palette:
    """The positive half of a palette, for magnitudes."""
    reds, greens, blues = zip(*signed.truecolor[MIDDLE_LEVEL:], strict=True)
    levels, half = np.linspace(0, MIDDLE_LEVEL, LEVELS), np.arange(MIDDLE_LEVEL + 1)
    channels = (np.rint(np.interp(levels, half, each)) for each in (reds, greens, blues))
    truecolor = tuple((int(r), int(g), int(b)) for r, g, b in zip(*channels, strict=True))
    name = signed.name.removesuffix(", signed")
    return Palette(name, False, truecolor, _spread(signed.xterm[MIDDLE_LEVEL:]))


_NEUTRAL: Final[Rgb] = (242, 242, 242)
_NIGHT: Final[Rgb] = (16, 16, 16)

SEQUENTIAL: Final = Palette(
    "sequential",
    signed=False,
    truecolor=_blend(
        (
            (33, 8, 66),
            (62, 62, 148),
            (30, 126, 150),
            (62, 180, 124),
            (166, 214, 66),
            (255, 238, 110),
        )
    ),
    xterm=_spread((17, 18, 54, 55, 25, 31, 36, 78, 149, 185, 191, 227)),
)
# Both ends of a signed palette are equally far from zero: equal magnitudes look equally strong.
DIVERGING: Final = _signed(
    "diverging",
    ((30, 95, 185), (110, 170, 230), _NEUTRAL, (243, 160, 86), (160, 66, 0)),
    (25, 32, 74, 117, 153, 189, 255, 223, 216, 215, 208, 166, 130),
)
_WEIGHTS: Final = _signed(
    "weights, signed",
    ((104, 44, 152), (175, 142, 208), _NEUTRAL, (130, 190, 120), (18, 96, 40)),
    (54, 91, 97, 140, 183, 225, 255, 151, 114, 71, 34, 28, 22),
)
_GRADIENTS: Final = _signed(
    "gradients, signed",
    ((0, 94, 138), (84, 176, 216), _NEUTRAL, (238, 150, 150), (158, 20, 50)),
    (24, 31, 38, 81, 117, 153, 255, 224, 217, 210, 203, 124, 88),
)
GREY: Final = Palette(
    "grey",
    signed=False,
    # Proportional, not blended: a pixel's grey is shown as that grey.
    truecolor=tuple((g, g, g) for g in (round(255 * i / (LEVELS - 1)) for i in range(LEVELS))),
    xterm=_spread((16, *range(232, 256), 231)),
)
_GREY_SIGNED: Final = Palette("grey, signed", True, GREY.truecolor, GREY.xterm)
_NIGHT_ACTIVATIONS: Final = _signed(
    "night, signed",
    ((130, 195, 255), (40, 95, 170), _NIGHT, (170, 90, 20), (255, 172, 62)),
    (117, 75, 68, 25, 24, 17, 233, 52, 94, 130, 172, 214, 222),
)
_NIGHT_WEIGHTS: Final = _signed(
    "night weights, signed",
    ((215, 165, 255), (120, 70, 165), _NIGHT, (40, 120, 45), (130, 216, 116)),
    (183, 141, 98, 61, 54, 53, 233, 22, 28, 34, 71, 77, 120),
)
_NIGHT_GRADIENTS: Final = _signed(
    "night gradients, signed",
    ((80, 200, 244), (16, 104, 140), _NIGHT, (160, 45, 70), (255, 140, 150)),
    (117, 81, 38, 31, 24, 235, 233, 52, 88, 125, 167, 210, 217),
)

Family: TypeAlias = dict[tuple[Quantity, bool], Palette]
"""The palette of each quantity that is not pixels, without and with negative numbers."""


def _family(activations: Palette, weights: Palette, gradients: Palette) -> Family:
    """Signed palettes for three quantities, and for each the half that begins at 0."""
    return {
        ("activations", True): activations,
        ("activations", False): _from_zero(activations),
        ("weights", True): weights,
        ("weights", False): _from_zero(weights),
        ("gradients", True): gradients,
        ("gradients", False): _from_zero(gradients),
    }


FAMILIES: Final[dict[str, Family]] = {
    "standard": _family(DIVERGING, _WEIGHTS, _GRADIENTS) | {("activations", False): SEQUENTIAL},
    "night": _family(_NIGHT_ACTIVATIONS, _NIGHT_WEIGHTS, _NIGHT_GRADIENTS),
    "greys": _family(_GREY_SIGNED, _GREY_SIGNED, _GREY_SIGNED)
    | dict.fromkeys([("activations", False), ("weights", False), ("gradients", False)], GREY),
}
"""The choices of palettes: 0 is light, black or grey where there are signs."""

PALETTES: Final = {
    palette.name: palette
    for palette in (GREY, *(each for family in FAMILIES.values() for each in family.values()))
}
"""Every palette by name."""


def palette_of(quantity: Quantity, is_signed: bool, family: str) -> Palette:
    """The palette of a quantity; pixels are grey in all families."""
    return GREY if quantity == "pixels" else FAMILIES[family][quantity, is_signed]
