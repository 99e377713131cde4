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


_NEUTRAL: Final[Rgb] = (242, 242, 242)

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
DIVERGING: Final = Palette(
    "diverging",
    signed=True,
    # Both ends are equally dark: equal magnitudes look equally strong.
    truecolor=(
        *_blend(((30, 95, 185), (110, 170, 230), _NEUTRAL), MIDDLE_LEVEL + 1)[:-1],
        *_blend((_NEUTRAL, (243, 160, 86), (160, 66, 0)), MIDDLE_LEVEL + 1),
    ),
    xterm=_spread((25, 32, 74, 117, 153, 189, 255, 223, 216, 215, 208, 166, 130)),
)
GREY: Final = Palette(
    "grey",
    signed=False,
    # Proportional, not blended: a pixel's grey is shown as that grey.
    truecolor=tuple((g, g, g) for g in (round(255 * i / (LEVELS - 1)) for i in range(LEVELS))),
    xterm=_spread((16, *range(232, 256), 231)),
)
PALETTES: Final = {palette.name: palette for palette in (SEQUENTIAL, DIVERGING, GREY)}
"""Every palette by name."""
