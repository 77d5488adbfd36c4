from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "storygen"
LAYERS = [
    {"errors"},
    {"messages", "draft", "catalogue", "known_settings", "settings", "shipped", "crash_points"},
    {"text", "files"},
    {"outline"},
    {"prompts", "model", "rehearsal", "manuscript", "book", "review"},
    {"writer"},
    {"desk"},
    {"web"},
    {"cli"},
    {"__init__", "__main__"},
]
RANK = {room: rank for rank, layer in enumerate(LAYERS) for room in layer}
VALUES = {
    ("draft", "messages"),
    ("catalogue", "messages"),
    ("settings", "known_settings"),
    ("errors", "draft"),
}
TYPES_ONLY = "TYPE_CHECKING"
SOURCES = sorted(PACKAGE.rglob("*.py"))
OWNERS = {
    "httpx": "model",
    "tiktoken": "text",
    "markdown_it": "text",
    "mdit_py_plugins": "text",
    "sentencex": "text",
    "sqlite3": "book",
    "filelock": "book",
    "yaml": "outline",
    "jinja2": "prompts",
    "click": "cli",
    "rich": "cli",
    "platformdirs": "cli",
    "h11": "web",
}


def room(path: Path) -> str:
    """Return the room that a file of the package lies in."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    """Return every module that *path* imports, anywhere in it."""
    return imported(ast.parse(path.read_text(encoding="utf-8")))


def imported(tree: ast.Module) -> set[str]:
    """Return every module that is imported anywhere in *tree*."""
    found = set()
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                found |= {alias.name for alias in names}
            case ast.ImportFrom(module="storygen", names=names):
                found |= {f"storygen.{alias.name}" for alias in names}
            case ast.ImportFrom(module=str(module)):
                found.add(module)
            case _:
                pass
    return found


def needed(path: Path) -> set[str]:
    """Return every module that *path* imports when it runs, not only for its types."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    types = [node for node in tree.body if isinstance(node, ast.If) and ast.unparse(node.test) == TYPES_ONLY]
    tree.body = [node for node in tree.body if node not in types]
    return imported(tree)


def rooms_used(path: Path) -> set[str]:
    """Return the other rooms that *path* imports from."""
    used = {name.split(".")[1] for name in imports(path) if name.startswith("storygen.")}
    return {name for name in used if name in RANK and name != room(path)}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_arrows_point_down(path: Path) -> None:
    here = room(path)
    upward = [name for name in rooms_used(path) if RANK[name] >= RANK[here] and (here, name) not in VALUES]

    assert [] == upward


def test_no_files_import_each_other_in_a_circle() -> None:
    modules = {".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts): path for path in SOURCES}
    order = TopologicalSorter({name: needed(path) & modules.keys() for name, path in modules.items()})

    assert modules.keys() == set(order.static_order())


def test_every_room_has_its_place() -> None:
    assert set() == {room(path) for path in SOURCES} - set(RANK)


@pytest.mark.parametrize(("package", "owner"), OWNERS.items())
def test_a_library_has_one_importer(package: str, owner: str) -> None:
    users = {room(path) for path in SOURCES if package in {name.split(".")[0] for name in imports(path)}}

    assert users <= {owner}


@pytest.mark.parametrize("path", [p for p in SOURCES if room(p) not in {"cli", "web"}], ids=lambda p: p.stem)
def test_only_the_command_line_prints_or_reads_the_environment(path: Path) -> None:
    words = {
        node.attr if isinstance(node, ast.Attribute) else node.id
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute | ast.Name)
    }

    assert set() == words & {"print", "environ_b", "getenv", "stdout", "stderr"}
