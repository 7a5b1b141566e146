"""What the tables of a film file have in common. Knows none of their keys."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError


class Strict(BaseModel):
    """A table of the film file: no unknown keys, no silent conversions."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=False)


def _size(text: str) -> str:
    if re.fullmatch(r"any|[1-9]\d*x[1-9]\d*|multiple of [1-9]\d*", text):
        return text
    message = 'Input should be "any", "256x256" (width, height) or "multiple of 32"'
    raise PydanticCustomError("size", message)


NetSize = Annotated[str, AfterValidator(_size)]
Range = Literal["0..1", "-1..1", "0..255", "imagenet"]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
