from __future__ import annotations

import ast

import pytest

from tests.saboteurs.__main__ import check_patches
from tests.saboteurs.promises import TREE, Saboteur, read_promises, read_saboteurs

TESTS = sorted({test for promise in read_promises().values() for test in promise.tests})


def test_every_promise_has_its_saboteurs_and_its_tests() -> None:
    promises = read_promises()

    assert [f"I-{number}" for number in range(1, 25)] == list(promises)
    assert promises.keys() == {saboteur.promise.name for saboteur in read_saboteurs()}
    assert [] == [name for name, promise in promises.items() if not promise.tests]


def test_every_saboteur_still_applies() -> None:
    assert [] == check_patches(read_saboteurs())


@pytest.mark.parametrize("saboteur", read_saboteurs(), ids=lambda saboteur: saboteur.patch.stem)
def test_a_saboteur_says_what_it_breaks(saboteur: Saboteur) -> None:
    assert saboteur.says.endswith(".")


@pytest.mark.parametrize("test", TESTS)
def test_what_a_promise_names_is_a_test(test: str) -> None:
    path, _, name = test.partition("::")
    tree = ast.parse((TREE / path).read_text(encoding="utf-8"))
    named = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    named |= {ast.unparse(node.targets[0]) for node in tree.body if isinstance(node, ast.Assign)}

    assert not name or name in named
