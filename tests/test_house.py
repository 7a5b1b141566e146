"""The house keeps its laws: who may import whom, what a file may be, what stands in the repository.

Every law is a function from sources to complaints, so that each is shown to find its fault too.
"""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("core", "otio_adapters", "cli", "presets")
PLANNING = ("stylereel.core.plan", "stylereel.core.media.probe", "stylereel.cli.main")  # where `plan` begins
HEAVY = ("torch", "torchvision")
Sources = dict[str, str]  # module -> its text; a package's `__init__` goes by the package's name


@dataclass(frozen=True, slots=True)
class Import:
    """One imported name, in full; `lazy` where it stands inside a function."""

    name: str
    line: int
    lazy: bool


def sources() -> Sources:
    found: Sources = {}
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            name = ".".join(("stylereel", *(part for part in parts if part != "__init__")))
            found[name] = path.read_text("utf-8")
    return found


def imports(module: str, tree: Sources) -> Iterator[Import]:
    """Everything that a module imports, but for what only type checkers see."""
    package = module if any(other.startswith(module + ".") for other in tree) else module.rpartition(".")[0]
    yield from _imports(ast.parse(tree[module]), package, lazy=False)


def _imports(parent: ast.AST, package: str, lazy: bool) -> Iterator[Import]:
    for node in ast.iter_child_nodes(parent):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, node.lineno, lazy) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from (Import(f"{base}.{alias.name}", node.lineno, lazy) for alias in node.names)
        inside = lazy or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        yield from _imports(node, package, inside)


def within(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(package + ".") for package in packages)


def forbid(outside: tuple[str, ...], packages: tuple[str, ...]) -> Callable[[Sources], list[str]]:
    """The law that `packages` are imported by modules of `outside` alone."""

    def law(tree: Sources) -> list[str]:
        return [
            f"{module}:{found.line} imports {found.name}"
            for module in tree
            if not within(module, *outside)
            for found in imports(module, tree)
            if within(found.name, *packages)
        ]

    return law


def no_doors_out_of_core(tree: Sources) -> list[str]:
    rooms = ("stylereel.otio_adapters", "stylereel.cli")
    core = {module for module in tree if within(module, "stylereel.core")}
    return [
        f"{module}:{found.line} imports {found.name}"
        for module in core
        for found in imports(module, tree)
        if within(found.name, *rooms)
    ]


def no_print_outside_cli(tree: Sources) -> list[str]:
    return [
        f"{module}:{node.lineno} prints"
        for module, text in tree.items()
        if not within(module, "stylereel.cli")
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]


def planning_is_light(tree: Sources) -> list[str]:
    """Follows every import that is run on the way to a plan."""
    ways = {root: root for root in PLANNING if root in tree}
    waiting, complaints = list(ways), []
    while waiting:
        module = waiting.pop()
        for found in imports(module, tree):
            if found.lazy:
                continue
            if within(found.name, *HEAVY):
                complaints.append(f"{ways[module]} imports {found.name}")
            for name in _modules(found.name, tree):
                if name not in ways:
                    ways[name] = f"{ways[module]} > {name}"
                    waiting.append(name)
    return complaints


def _modules(name: str, tree: Sources) -> Iterator[str]:
    """The modules that importing a name runs: itself, or what holds it, and the packages above."""
    parts = name.split(".")
    yield from (above for end in range(1, len(parts) + 1) if (above := ".".join(parts[:end])) in tree)


def packages_are_doors_only(tree: Sources) -> list[str]:
    packages = [module for module in tree if any(within(other, module) and other != module for other in tree)]
    return [name for name in packages if not _is_docstring_only(tree[name])]


def _is_docstring_only(text: str) -> bool:
    body = ast.parse(text).body
    return not body or (len(body) == 1 and isinstance(body[0], ast.Expr))


def files_are_short(tree: Sources) -> list[str]:
    return [
        f"{name}: {len(text.splitlines())} lines" for name, text in tree.items() if text.count("\n") > 350
    ]


def nothing_is_called_utils(tree: Sources) -> list[str]:
    return [name for name in tree if re.search(r"\.(utils?|helpers?|common|misc)(\.|$)", name)]


LAWS: dict[str, tuple[Callable[[Sources], list[str]], Sources]] = {
    "core opens no door": (
        no_doors_out_of_core,
        {"stylereel.core.media.a": "from ...cli import main"},
    ),
    "opentimelineio": (
        forbid(("stylereel.otio_adapters",), ("opentimelineio",)),
        {"stylereel.core.a": "def f():\n    import opentimelineio as otio"},
    ),
    "av": (
        forbid(("stylereel.core.media",), ("av",)),
        {"stylereel.cli.a": "from av.video import frame", "stylereel.core.media.b": "import av"},
    ),
    "typer and rich": (
        forbid(("stylereel.cli",), ("typer", "rich")),
        {"stylereel.core.a": "from rich.console import Console"},
    ),
    "presets import nothing": (
        lambda tree: [name for name in tree if within(name, "stylereel.presets") and [*imports(name, tree)]],
        {"stylereel.presets": "import os"},
    ),
    "print": (no_print_outside_cli, {"stylereel.core.a": "print(1)"}),
    "no torch on the way to a plan": (
        planning_is_light,
        {
            "stylereel.core.plan": "from .net import x",
            "stylereel.core.net": "import numpy\nfrom torch import nn",
            "stylereel.core.free": "import torch",
        },
    ),
    "packages are doors only": (
        packages_are_doors_only,
        {"stylereel.core": "from .a import f", "stylereel.core.a": "x = 1"},
    ),
    "files are short": (files_are_short, {"stylereel.core.a": "x = 1\n" * 351}),
    "no utils": (nothing_is_called_utils, {"stylereel.core.utils": ""}),
}


@pytest.mark.parametrize("law", LAWS)
def test_the_house_keeps_the_law(law: str) -> None:
    assert LAWS[law][0](sources()) == []


@pytest.mark.parametrize("law", LAWS)
def test_the_law_finds_its_fault(law: str) -> None:
    check, broken = LAWS[law]
    assert len(check(broken)) == 1


def test_the_tree_is_seen() -> None:
    found = sources()
    assert {"stylereel.core.plan", "stylereel.core.media.reader", "stylereel.cli.demo.film"} <= found.keys()
    assert "torch" in {one.name for one in imports("stylereel.core.nets.reel", found)}
    assert "stylereel.core.rates.FrameRange" in {one.name for one in imports("stylereel.core.cut", found)}


def test_pyproject_lists_every_package_and_no_other() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
    tree = {
        "stylereel." + ".".join(path.parent.relative_to(ROOT).parts)
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
    }
    assert settings["packages"] == sorted(tree)
    assert settings["package-dir"] == {f"stylereel.{room}": room for room in ROOMS}


DISTRIBUTIONS = {"cv2": "opencv-python", "pydantic_core": "pydantic"}


def strangers(tree: Sources) -> set[str]:
    """The distributions that the sources import from."""
    tops = {found.name.split(".")[0] for module in tree for found in imports(module, tree)}
    return {DISTRIBUTIONS.get(top, top) for top in tops - sys.stdlib_module_names - {"stylereel"}}


def test_pyproject_names_what_is_imported_and_nothing_else() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lines = [*project["dependencies"], *project["optional-dependencies"]["onnx"]]
    assert {re.split(r"[<>=\[]", line)[0] for line in lines} == strangers(sources())


def test_an_undeclared_import_is_seen() -> None:
    tree = {"stylereel.core.a": "import os, cv2\nfrom .b import c\ndef f():\n    from PIL import Image"}
    assert strangers(tree) == {"opencv-python", "PIL"}


def tracked() -> list[Path]:
    """The files of the repository; skips where this is no checkout."""
    if not (ROOT / ".git").exists() or not shutil.which("git"):
        pytest.skip("not a git checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout
    return [ROOT / name for name in listed.decode().split("\0") if name and (ROOT / name).is_file()]


def machine_paths(text: str) -> list[str]:
    """Absolute paths that can only be one developer's."""
    return re.findall(r"(?<![\w.~:])/(?:work|opt/sr|root|home/\w+|Users/\w+/(?:src|dev))/[\w./-]*", text)


def test_no_file_names_a_place_of_one_machine() -> None:
    found = {}
    for path in tracked():
        text = (
            path.read_bytes().decode("utf-8", "ignore") if path.suffix not in (".png", ".safetensors") else ""
        )
        if places := machine_paths(text):
            found[str(path.relative_to(ROOT))] = places
    assert found == {}


def test_a_place_of_one_machine_is_found() -> None:
    assert machine_paths("cd /" + "work/main && ls") and machine_paths("see /" + "home/ada/src/x.py")
    assert not machine_paths("C:/work/a.mov, ./work/b.mov, /mnt/work/c.mov")
