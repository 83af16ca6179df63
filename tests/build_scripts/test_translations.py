"""Every word of the window has a Chinese one, what is compiled is what stands in the source, and no part is lost."""

import re
from pathlib import Path

from build_scripts.translations import (
    LANGUAGE,
    TRANSLATIONS,
    Words,
    compile_ts,
    find_words,
    missing_words,
    read_ts,
    ts_text,
    words_of,
)

TS = TRANSLATIONS / f"gpu-agent_{LANGUAGE}.ts"


def test_every_word_of_the_window_is_translated_and_none_is_left_over() -> None:
    words, known = find_words(), read_ts(TS)
    assert missing_words(words, known) == []
    assert TS.read_text(encoding="utf-8") == ts_text(words, known), "python -m build_scripts.translations"


def test_it_says_you_to_its_reader_in_one_way() -> None:
    assert [text for text in read_ts(TS).values() if "您" in text] == []


def test_what_is_compiled_is_what_stands_in_the_source(tmp_path: Path) -> None:
    compile_ts(TS, tmp_path / "new.qm")
    assert (tmp_path / "new.qm").read_bytes() == TS.with_suffix(".qm").read_bytes()


def test_a_translation_fills_in_what_its_source_fills_in() -> None:
    places = re.compile(r"\{\d+\}|%n")
    lost = [
        (source, text)
        for (_, source, _), text in read_ts(TS).items()
        if not set(places.findall(text)) <= set(places.findall(source)) or ("{0}" in source and "{0}" not in text)
    ]
    assert lost == []


def test_words_are_found_in_each_of_the_ways_that_code_says_them() -> None:
    code = """
def _tr(text):
    return QCoreApplication.translate("own", text)

class Page:
    def words(self):
        self.tr("in a" " class")
        self.tr("%n unit(s)", "", 3)
        translate("elsewhere", "plain", "a note")
        _tr("of the module")
        self.tr(variable)
"""
    assert set(words_of(code)) == {
        Words("Page", "in a class", "", False),
        Words("Page", "%n unit(s)", "", True),
        Words("elsewhere", "plain", "a note", False),
        Words("own", "of the module", "", False),
    }


def test_a_translation_outlives_an_update(tmp_path: Path) -> None:
    words = [Words("A", "%n file(s)", "", True), Words("B", "Open", "a door", False), Words("B", "new", "", False)]
    known = {("A", "%n file(s)", ""): "%n 个文件", ("B", "Open", "a door"): "开门", ("gone", "x", ""): "y"}
    (tmp_path / "t.ts").write_text(ts_text(words, known), encoding="utf-8")
    assert read_ts(tmp_path / "t.ts") == {key: text for key, text in known.items() if key[0] != "gone"}
