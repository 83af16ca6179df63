"""Collects the window's words into resources/translations, and compiles them (pyside6-lrelease).

Words are found by reading the code (ast), since lupdate passes over modules' own `_tr` functions and joined strings.

    python -m build_scripts.translations            update the .ts and compile the .qm
    python -m build_scripts.translations --check    only say what is missing or out of date
"""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

PROJECT = Path(__file__).resolve().parent.parent
SOURCES = PROJECT / "gui"
TRANSLATIONS = PROJECT / "resources" / "translations"
LANGUAGE = "zh_CN"


class Words(NamedTuple):
    """A text to translate: where it belongs, the English source, a note that tells equal ones apart, and whether it
    counts (%n)."""

    context: str
    source: str
    note: str
    counts: bool


def find_words(folder: Path = SOURCES) -> list[Words]:
    """All texts of the window, sorted, each once. Raises SyntaxError."""
    found = {words for path in sorted(folder.rglob("*.py")) for words in words_of(path.read_text(encoding="utf-8"))}
    return sorted(found)


def words_of(code: str) -> Iterator[Words]:
    """The texts of one module: `self.tr(…)` in its class's name, `translate(context, …)`, and `_tr(…)` in the context
    that the module's own `_tr` names, as `_mark(…)`, which only marks what is translated later."""
    tree = ast.parse(code)
    own_context = _context_of_tr(tree)
    for class_name, call in _calls(tree, ""):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        arguments = [_text(argument) for argument in call.args]
        if name == "tr" and class_name and arguments:
            context, rest = class_name, arguments
        elif name == "translate" and len(arguments) > 1 and arguments[0] is not None:
            context, rest = arguments[0], arguments[1:]
        elif name in ("_tr", "_mark") and own_context and arguments:
            context, rest = own_context, arguments
        else:
            continue
        if rest[0] is not None:
            note = rest[1] if len(rest) > 1 and rest[1] else ""
            yield Words(context, rest[0], note, len(rest) > 2 or "%n" in rest[0])


def _calls(node: ast.AST, class_name: str) -> Iterator[tuple[str, ast.Call]]:
    for child in ast.iter_child_nodes(node):
        inner = child.name if isinstance(child, ast.ClassDef) else class_name
        if isinstance(child, ast.Call):
            yield inner, child
        yield from _calls(child, inner)


def _context_of_tr(tree: ast.Module) -> str:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == "_tr":
            for _, call in _calls(node, ""):
                if call.args and (context := _text(call.args[0])) is not None:
                    return context
    return ""


def _text(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return None


def read_ts(path: Path) -> dict[tuple[str, str, str], str]:
    """The finished translations of a .ts by context, source and note."""
    if not path.is_file():
        return {}
    known = {}
    for context in ElementTree.parse(path).getroot().iter("context"):
        name = context.findtext("name") or ""
        for message in context.iter("message"):
            translation = message.find("translation")
            if translation is None or translation.get("type") == "unfinished":
                continue
            forms = [form.text or "" for form in translation.findall("numerusform")]
            key = name, message.findtext("source") or "", message.findtext("comment") or ""
            known[key] = forms[0] if forms else translation.text or ""
    return known


def ts_text(words: list[Words], known: dict[tuple[str, str, str], str]) -> str:
    """A .ts of these words with the translations known. Chinese has one form for all numbers."""
    root = ElementTree.Element("TS", version="2.1", language=LANGUAGE, sourcelanguage="en")
    contexts: dict[str, ElementTree.Element] = {}
    for one in words:
        context = contexts.get(one.context)
        if context is None:
            context = contexts[one.context] = ElementTree.SubElement(root, "context")
            ElementTree.SubElement(context, "name").text = one.context
        message = ElementTree.SubElement(context, "message")
        if one.counts:
            message.set("numerus", "yes")
        ElementTree.SubElement(message, "source").text = one.source
        if one.note:
            ElementTree.SubElement(message, "comment").text = one.note
        translation = ElementTree.SubElement(message, "translation")
        text = known.get((one.context, one.source, one.note), "")
        if not text:
            translation.set("type", "unfinished")
        if one.counts:
            ElementTree.SubElement(translation, "numerusform").text = text
        else:
            translation.text = text
    ElementTree.indent(root, " ")
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n'
        + ElementTree.tostring(root, encoding="unicode")
        + "\n"
    )


def missing_words(words: list[Words], known: dict[tuple[str, str, str], str]) -> list[Words]:
    """What has no translation yet."""
    return [one for one in words if not known.get((one.context, one.source, one.note))]


def compile_ts(ts: Path, qm: Path) -> None:
    """Raises CalledProcessError."""
    program = Path(sys.executable).parent / "pyside6-lrelease"
    subprocess.run([str(program), "-silent", str(ts), "-qm", str(qm)], check=True)


def main() -> int:
    ts = TRANSLATIONS / f"gpu-agent_{LANGUAGE}.ts"
    words, known = find_words(), read_ts(ts)
    text = ts_text(words, known)
    missing = missing_words(words, known)
    for one in missing:
        print(f"not translated: [{one.context}] {one.source!r}")
    if "--check" in sys.argv[1:]:
        current = ts.is_file() and ts.read_text(encoding="utf-8") == text
        print("up to date" if current else f"{ts.name} is out of date")
        return 0 if current and not missing else 1
    TRANSLATIONS.mkdir(exist_ok=True)
    ts.write_text(text, encoding="utf-8")
    compile_ts(ts, ts.with_suffix(".qm"))
    print(f"{len(words)} texts, {len(missing)} without a translation")
    return 0


if __name__ == "__main__":
    sys.exit(main())
