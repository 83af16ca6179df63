"""The library cuts, packs, names and zips as the project's Python does: neither sends again what the other has sent."""

import hashlib
import json
import random
from pathlib import Path

import msgspec

from core.client.download import name_problem
from core.content.chunking import scan
from core.content.manifest import CHUNK_SIZE_BYTES, PACK_BELOW_BYTES
from core.packages.archive import Archive, zip_folder

from .programs import DIST, Stranger

NAMES = ["a", "b", "Z", "ä", "é", "日本", "\ue000", "\uffee", "😀", "a b", "a.b", "0", "-", "~"]
STRANGE_NAMES = [
    "model.npz",
    "train/model.npz",
    "train/日本/😀",
    "",
    ".",
    "..",
    "../out",
    "a/../../out",
    "/etc/passwd",
    "a//b",
    "a/./b",
    "C:/windows",
    "c:x",
    "a\\b",
    "con",
    "train/NUL.txt",
    "com1",
    "LPT¹.log",
    "CONIN$",
    "conout$.log",
    "nul .txt",
    "con  .log",
    "aux.tar.gz",
    "console",
    "conin",
    "com0",
    "nul_.txt",
    "con.",
    "a.",
    "a ",
    "a /b",
    "a<b",
    "a:b",
    "what?",
    "a\nb",
    "a\u202eb",
    "a\x7fb",
    "x" * 255,
    "x" * 256,
    "é" * 128,
    "/".join("a" * 33),
    "/".join(["x" * 200] * 11),
    "\ud800",
]
SIZES = [0, 0, 1, 2, 63, 64, 65, 4096, 70_000]


def imported(name: str, file: str) -> str:
    """The line that imports what is no part of the library's surface."""
    return f"import {{ {name} }} from {json.dumps(str(DIST / file))};\n"


def tree(folder: Path, seed: int) -> Path:
    """Files of a few hundred random names and sizes, in folders of random depths."""
    chance = random.Random(seed)
    for _ in range(chance.randint(1, 300)):
        place = folder.joinpath(*(chance.choice(NAMES) for _ in range(chance.randint(0, 3))))
        file = place / f"{chance.choice(NAMES)}{chance.randint(0, 999)}.txt"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(chance.randbytes(chance.choice(SIZES)))
    return folder


def large_tree(folder: Path) -> Path:
    """Files at the edges of what is packed and of what is cut, two of the same bytes, and packs that are full."""
    chance = random.Random(0)
    folder.mkdir(parents=True)
    sizes = [PACK_BELOW_BYTES - 1, PACK_BELOW_BYTES, PACK_BELOW_BYTES + 1, CHUNK_SIZE_BYTES, CHUNK_SIZE_BYTES + 3]
    for number, size in enumerate([*sizes, *[PACK_BELOW_BYTES - 1] * 10]):
        (folder / f"{number:02}.bin").write_bytes(chance.randbytes(size))
    (folder / "twin.bin").write_bytes((folder / "04.bin").read_bytes())
    return folder


def test_every_tree_has_the_manifest_that_python_makes_of_it(stranger: Stranger, tmp_path: Path) -> None:
    folders = [tree(tmp_path / str(seed), seed) for seed in range(8)] + [large_tree(tmp_path / "large")]
    one_file = folders[-1] / "01.bin"
    code = """
const made = [];
for (const path of args) {
  const found = await sdk.scan(await disk.filesAt(path));
  made.push([found.files, [...found.chunks.keys()], found.sizeBytes]);
}
tell(made);
"""
    told = stranger.tell(code, *map(str, [*folders, one_file]))
    for path, (files, chunks, size_bytes) in zip([*folders, one_file], told, strict=True):
        expected = scan(path)
        assert files == msgspec.to_builtins(expected.manifest.files), path
        assert set(chunks) == set(expected.sources) and size_bytes == expected.manifest.size_bytes


def test_links_are_not_uploaded_and_what_changes_meanwhile_is_told(stranger: Stranger, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "file").write_text("12345")
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked" / "link").symlink_to(tmp_path / "real" / "file")
    code = """
import { writeFileSync } from "node:fs";
const linked = await disk.filesAt(args[0] + "/linked").catch((error) => error.constructor.name);
const files = await disk.filesAt(args[0] + "/real");
writeFileSync(args[0] + "/real/file", "123");
tell([linked, await sdk.scan(files).catch((error) => error.constructor.name)]);
"""
    assert stranger.tell(code, str(tmp_path)) == ["TransferError", "TransferError"]


def test_digests_in_pieces_are_those_of_the_whole(stranger: Stranger) -> None:
    sizes = [*range(130), 1000, 4095, 4096, 4097, 1 << 20]
    code = """
const made = [];
for (const size of JSON.parse(args[0])) {
  const data = Uint8Array.from({ length: size }, (_, index) => (index * 7) % 251);
  const hash = new sdk.Sha256();
  for (let at = 0, step = 1; at < size; at += step, step = (step * 5) % 97 || 1) {
    hash.update(data.subarray(at, Math.min(at + step, size)));
  }
  made.push([hash.hex(), await sdk.sha256(data)]);
}
tell(made);
"""
    told = stranger.tell(code, json.dumps(sizes))
    expected = [hashlib.sha256(bytes((index * 7) % 251 for index in range(size))).hexdigest() for size in sizes]
    assert told == [[digest, digest] for digest in expected]


def test_a_zip_of_a_folder_holds_what_python_puts_into_its_own(stranger: Stranger, tmp_path: Path) -> None:
    folder = tree(tmp_path / "package", 5)
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "left_out.pyc").touch()
    code = """
import { writeFileSync } from "node:fs";
const made = await disk.zipFolder(args[0]);
writeFileSync(args[1], new Uint8Array(await made.arrayBuffer()));
const again = await disk.zipFolder(args[0]);
tell(await sdk.sha256(new Uint8Array(await again.arrayBuffer())));
"""
    made = tmp_path / "made.zip"
    again = stranger.tell(code, str(folder), str(made))
    assert again == hashlib.sha256(made.read_bytes()).hexdigest()
    expected = zip_folder(folder, tmp_path / "expected.zip").entries
    with Archive(made) as archive:
        archive.verify()
        assert sorted(archive.entries, key=lambda entry: entry.path) == expected
        assert all(archive.read(entry.path) == (folder / entry.path).read_bytes() for entry in expected)


def test_a_name_is_refused_where_python_refuses_it(stranger: Stranger) -> None:
    code = f"{imported('nameProblem', 'names.js')}tell(JSON.parse(args[0]).map((name) => nameProblem(name) !== null));"
    refused = stranger.tell(code, json.dumps(STRANGE_NAMES))
    expected = [name_problem(name) is not None for name in STRANGE_NAMES]
    assert dict(enumerate(refused)) == dict(enumerate(expected)) and {True, False} <= set(refused)


def test_names_that_clash_on_some_system_are_found(stranger: Stranger) -> None:
    sets = [["a", "b"], ["a/b", "a/c"], ["a", "A"], ["a/b", "A/c"], ["a", "a/b"], ["a/b", "a"], ["é", "e\u0301"]]
    code = imported("firstClash", "names.js")
    code += "tell(JSON.parse(args[0]).map((names) => firstClash(names) !== null));"
    assert stranger.tell(code, json.dumps(sets)) == [False, False, True, True, True, True, True]


def test_events_are_read_the_same_wherever_their_bytes_are_cut(stranger: Stranger) -> None:
    text = "retry: 5\nid: 1\nevent: log\ndata: {\n: comment\ndata:}\n\ndata\r\n\r\n"
    text += "id: 2\rdata:  two\r\r\n\nid: 3\ndata: cut"
    code = imported("EventParser", "events.js")
    code += """
const made = [];
for (let first = 0; first <= args[0].length; first++) {
  for (let second = first; second <= args[0].length; second++) {
    const parser = new EventParser();
    const pieces = [args[0].slice(0, first), args[0].slice(first, second), args[0].slice(second)];
    made.push(JSON.stringify(pieces.flatMap((piece) => [...parser.feed(piece)])));
  }
}
tell([[...new Set(made)].map((one) => JSON.parse(one)), made.length]);
"""
    [events], cuts = stranger.tell(code, text)
    assert cuts > 4000
    assert events == [
        {"id": "1", "event": "log", "data": "{\n}"},
        {"id": "1", "event": "message", "data": ""},
        {"id": "2", "event": "message", "data": " two"},
    ]
