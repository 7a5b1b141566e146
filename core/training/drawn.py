"""The three style pictures of the shelf, drawn: an exam paper, a code editor, an enrolment form.

Everything on them is this project's own, letters included. Knows nothing of nets or files.
"""

from collections.abc import Callable

import numpy as np

from ..errors import UsageError
from .editor import draw_editor
from .exam import draw_exam
from .form import draw_form
from .page import Page

_PICTURES: dict[str, Callable[[], Page]] = {"exam": draw_exam, "code": draw_editor, "form": draw_form}


def draw_picture(name: str, height: int = 768) -> np.ndarray:
    """The style picture `name` (`exam`, `code` or `form`): uint8 RGB, height x height * 4 / 3 x 3.

    The same on every machine, but for the last bit of anti-aliasing between releases of OpenCV.
    Raises UsageError where there is no such picture.
    """
    if name not in _PICTURES:
        raise UsageError(f"no picture is called {name!r}", hint=f"there are {', '.join(_PICTURES)}")
    return _PICTURES[name]().finished(height)
