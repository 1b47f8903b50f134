"""The tree against the vectors of RFC 6962 implementations, against the RFC's recursive definition, and against the verifier."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.trust.evidence.core import tree
from linli.trust.evidence.core.tree import CompactRange, ProofBroken
from linli_verify import merkle as other

# The eight test leaves and roots every implementation of RFC 6962 carries.
LEAVES = [bytes.fromhex(h) for h in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")]
ROOTS = [bytes.fromhex(h) for h in (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)]  # fmt: skip
INCLUSION = {
    (0, 1): [],
    (0, 8): ["96a296d2", "5f083f0a", "6b47aaf2"],
    (5, 8): ["bc1a0643", "ca854ea1", "d37ee418"],
    (2, 3): ["fac54203"],
    (1, 5): ["6e340b9c", "5f083f0a", "bc1a0643"],
}
CONSISTENCY = {
    (1, 1): [],
    (1, 8): ["96a296d2", "5f083f0a", "6b47aaf2"],
    (6, 8): ["0ebc5d34", "ca854ea1", "d37ee418"],
    (2, 5): ["5f083f0a", "bc1a0643"],
}


def hashes(count: int) -> list[bytes]:
    return [tree.leaf_hash(n.to_bytes(4, "big")) for n in range(count)]


def mth(row: list[bytes]) -> bytes:
    """MTH of RFC 6962 §2.1, as written there."""
    if len(row) <= 1:
        return row[0] if row else tree.EMPTY_ROOT
    k = 1
    while k * 2 < len(row):
        k *= 2
    return tree.node_hash(mth(row[:k]), mth(row[k:]))


def nodes_of(row: list[bytes]) -> tree.Node:
    return lambda level, index: mth(row[index << level : (index + 1) << level])


def test_roots_of_the_known_leaves() -> None:
    row = [tree.leaf_hash(leaf) for leaf in LEAVES]
    grown = CompactRange()
    assert grown.root() == ROOTS[0]
    for size, root in enumerate(ROOTS):
        assert tree.root_of(nodes_of(row), size) == root
        if size:
            grown.append(row[size - 1])
            assert grown.root() == root


@pytest.mark.parametrize(("index", "size"), INCLUSION)
def test_inclusion_of_the_known_leaves(index: int, size: int) -> None:
    row = [tree.leaf_hash(leaf) for leaf in LEAVES]
    path = tree.inclusion_path(nodes_of(row), index, size)
    assert [p.hex()[:8] for p in path] == INCLUSION[index, size]
    assert tree.root_from_path(row[index], index, size=size, path=path) == ROOTS[size]


@pytest.mark.parametrize(("old", "new"), CONSISTENCY)
def test_consistency_of_the_known_leaves(old: int, new: int) -> None:
    row = [tree.leaf_hash(leaf) for leaf in LEAVES]
    path = tree.consistency_path(nodes_of(row), old, new)
    assert [p.hex()[:8] for p in path] == CONSISTENCY[old, new]
    tree.check_consistency((old, ROOTS[old]), (new, ROOTS[new]), path)


@pytest.mark.parametrize("size", range(1, 34))
def test_every_leaf_of_every_small_tree(size: int) -> None:
    row = hashes(size)
    node = nodes_of(row)
    root = mth(row)
    for index in range(size):
        path = tree.inclusion_path(node, index, size)
        assert tree.root_from_path(row[index], index, size=size, path=path) == root
        assert other.root_through(row[index], index=index, size=size, path=path) == root


@pytest.mark.parametrize("new", range(1, 34))
def test_every_growth_of_every_small_tree(new: int) -> None:
    row = hashes(new)
    for old in range(1, new + 1):
        path = tree.consistency_path(nodes_of(row), old, new)
        tree.check_consistency((old, mth(row[:old])), (new, mth(row)), path)


@given(st.integers(1, 300), st.randoms(use_true_random=False))
def test_compact_range_and_verifier_agree_with_the_definition(size: int, rand: random.Random) -> None:
    row = hashes(size)
    grown, theirs = CompactRange(), other.Growing()
    at = 0
    while at < size:
        fits = [level for level in range(9) if at % (1 << level) == 0 and at + (1 << level) <= size]
        level = rand.choice(fits)
        grown.append(mth(row[at : at + (1 << level)]), level)
        at += 1 << level
    for digest in row:
        theirs.add(digest)
    assert grown.size == theirs.size == size
    assert grown.root() == theirs.root() == mth(row)


def test_a_subtree_must_stand_on_its_node() -> None:
    grown = CompactRange()
    grown.append(hashes(1)[0])
    with pytest.raises(ValueError, match="aligned"):
        grown.append(hashes(1)[0], 1)


@given(st.integers(1, 200), st.data())
def test_a_damaged_path_never_reaches_the_root(size: int, data: st.DataObject) -> None:
    row = hashes(size)
    index = data.draw(st.integers(0, size - 1))
    path = tree.inclusion_path(nodes_of(row), index, size)
    root = mth(row)
    damage = data.draw(st.sampled_from(["flip", "drop", "add", "index", "size", "leaf"]))
    leaf, place, bad_size, bad = row[index], index, size, list(path)
    if damage == "flip" and path:
        n = data.draw(st.integers(0, len(path) - 1))
        bad[n] = bytes([bad[n][0] ^ 1]) + bad[n][1:]
    elif damage == "drop" and path:
        bad.pop(data.draw(st.integers(0, len(path) - 1)))
    elif damage == "add":
        bad.insert(data.draw(st.integers(0, len(path))), row[0])
    elif damage == "index":
        place = data.draw(st.integers(0, size).filter(lambda n: n != index))
    elif damage == "leaf":
        leaf = tree.leaf_hash(b"another")
    else:
        bad, bad_size = path, 0  # no leaf is in an empty tree

    def reached(through: object) -> bytes | None:
        try:
            if through is tree:
                return tree.root_from_path(leaf, place, size=bad_size, path=bad)
            return other.root_through(leaf, index=place, size=bad_size, path=bad)
        except (ProofBroken, other.Mismatch):
            return None

    assert reached(tree) != root
    assert reached(other) != root


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ((0, ROOTS[0]), (8, ROOTS[8]), []),
        ((9, ROOTS[8]), (8, ROOTS[8]), []),
        ((8, ROOTS[8]), (8, ROOTS[7]), []),
        ((8, ROOTS[8]), (8, ROOTS[8]), [ROOTS[1]]),
        ((6, ROOTS[6]), (8, ROOTS[8]), []),
        ((4, ROOTS[4]), (8, ROOTS[8]), []),
        ((4, ROOTS[4]), (8, ROOTS[8]), [ROOTS[1], ROOTS[1]]),
        ((5, ROOTS[5]), (6, ROOTS[6]), [ROOTS[1], ROOTS[1], ROOTS[4], ROOTS[1]]),
    ],
)
def test_false_growth_is_refused(old: tuple[int, bytes], new: tuple[int, bytes], path: list[bytes]) -> None:
    with pytest.raises(ProofBroken):
        tree.check_consistency(old, new, path)


def test_each_hash_of_a_consistency_proof_counts() -> None:
    row = hashes(77)
    for old in (1, 2, 31, 32, 33, 64, 76):
        path = tree.consistency_path(nodes_of(row), old, 77)
        for n in range(len(path)):
            bad = [*path[:n], path[n][:-1] + bytes([path[n][-1] ^ 0x80]), *path[n + 1 :]]
            with pytest.raises(ProofBroken):
                tree.check_consistency((old, mth(row[:old])), (77, mth(row)), bad)


def test_proofs_outside_of_the_tree_are_refused() -> None:
    node = nodes_of(hashes(4))
    for index in (-1, 4):
        with pytest.raises(ValueError, match="not in a tree"):
            tree.inclusion_path(node, index, 4)
    for old, new in ((0, 4), (5, 4)):
        with pytest.raises(ValueError, match="no proof"):
            tree.consistency_path(node, old, new)
    with pytest.raises(ProofBroken, match="too long"):
        tree.root_from_path(ROOTS[1], 0, size=1, path=[ROOTS[1]])
    with pytest.raises(ProofBroken, match="too short"):
        tree.root_from_path(ROOTS[1], 0, size=2, path=[])
