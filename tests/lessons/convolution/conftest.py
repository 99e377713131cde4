"""Looks at settled views of the Convolution lesson."""

from collections.abc import Callable
from typing import Any

import pytest

from tuiconv.lessons.convolution.lesson import ConvolutionLesson
from tuiconv.lessons.convolution.look import Look
from tuiconv.lessons.convolution.view import ConvolutionView


@pytest.fixture
def look_at() -> Callable[..., Look]:
    """The look at a view with some fields."""
    lesson = ConvolutionLesson()

    def look(**fields: Any) -> Look:
        return lesson.look(lesson.settled(ConvolutionView(**fields)))

    return look
