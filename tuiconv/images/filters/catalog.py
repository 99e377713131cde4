"""Every filter there is by name: the nine of the lectures first."""

from typing import Final

from tuiconv.images.filters.family_kernels import FAMILIES
from tuiconv.images.filters.filter import Filter
from tuiconv.images.filters.gradients import GRADIENT_FILTERS
from tuiconv.images.filters.lecture import LECTURE_FILTERS

FILTERS: Final[dict[str, Filter]] = {
    named.name: named for named in (*LECTURE_FILTERS, *GRADIENT_FILTERS)
}
"""Every named filter by name: those of the lectures, gradients, and families with their defaults.

What the name alone means: `box-blur` is the lecture's 3×3, as `box-blur()` is.
"""

for _family in FAMILIES.values():
    FILTERS.setdefault(_family.name, _family.with_values({}))
