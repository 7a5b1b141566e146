"""An unfinished training as one file: a safetensors file whose metadata is JSON; nothing runs on loading.

Knows which training a file belongs to and how far it is. Knows nothing of how a style is fitted.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from safetensors import SafetensorError, safe_open
from torch import Tensor

from ..errors import OutputError, StyleError
from ..nets.files import packed
from ..nets.shelf import FORMAT
from ..whole import write_whole

Ordered = Mapping[str, object]  # what decides the result of a training, as JSON


@dataclass(frozen=True, slots=True)
class Halt:
    """A training behind so many steps, with what they changed."""

    step: int
    tensors: dict[str, Tensor]


def write_checkpoint(path: Path, ordered: Ordered, halt: Halt) -> None:
    """Writes the file, whole or not at all. Raises OutputError."""
    told = {"format": FORMAT, "kind": "training", "step": str(halt.step), "order": json.dumps(ordered)}
    tensors = {name: tensor.cpu().contiguous() for name, tensor in halt.tensors.items()}
    write_whole(path, packed(tensors, told), "the checkpoint")


def read_checkpoint(path: Path, ordered: Ordered) -> Halt | None:
    """Where the training stopped that `ordered` describes, or None where none has begun.

    Raises OutputError where the file is of another training, with what differs, StyleError where it is
    damaged.
    """
    if not path.exists():
        return None
    try:
        with safe_open(path, framework="pt") as file:
            told = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (no mapping)
        if told.get("format") != FORMAT or told.get("kind") != "training":
            raise ValueError("it is no checkpoint of a training")
        step, former = int(told["step"]), dict(json.loads(told["order"]))
    except (SafetensorError, OSError, ValueError, KeyError) as error:
        hint = "Delete it to begin anew, or choose another --name."
        raise StyleError(f"cannot be gone on with: {error}", where=str(path), hint=hint) from error
    if differences := list(_differences(former, json.loads(json.dumps(ordered)))):
        what = "an unfinished training of this name had another order:\n  " + "\n  ".join(differences)
        hint = "Go on as it was ordered, choose another --name, or delete this file and the pictures "
        hint += "of that name beside it to begin anew."
        raise OutputError(what, where=str(path), hint=hint)
    return Halt(step, tensors)


def drop_checkpoint(path: Path) -> None:
    """Removes the file, where there is one."""
    with suppress(OSError):
        path.unlink()


def _differences(former: Mapping[str, object], now: Mapping[str, object]) -> Iterator[str]:
    for key in dict.fromkeys((*former, *now)):
        if former.get(key) != now.get(key):
            yield f"{key}: {_short(former.get(key))} then, {_short(now.get(key))} now"


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else f"{text[:40]}…"
