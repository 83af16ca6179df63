"""What the window remembers from one start to the next."""

import stat
from pathlib import Path

from pytestqt.qtbot import QtBot

from gui.settings import SavedServer, Settings


def test_what_was_changed_is_there_at_the_next_start(tmp_path: Path, qtbot: QtBot) -> None:
    settings = Settings(tmp_path / "new")
    with qtbot.waitSignal(settings.changed):
        settings.change(language="zh_CN", scheme="dark")
    again = Settings(tmp_path / "new")
    assert (again.value.language, again.value.scheme) == ("zh_CN", "dark")
    assert stat.S_IMODE((tmp_path / "new" / "window.json").stat().st_mode) == 0o600


def test_the_server_used_last_comes_first_and_only_once(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    settings.remember_server(SavedServer("a", "https://a.example"))
    settings.remember_server(SavedServer("b", "https://b.example"))
    settings.remember_server(SavedServer("a", "https://a.example"))
    assert [one.name for one in settings.value.servers] == ["a", "b"]
    current = settings.current_server()
    assert current is not None
    assert current.name == "a"


def test_a_damaged_file_is_named_and_defaults_hold(tmp_path: Path) -> None:
    (tmp_path / "window.json").write_text('{"language": "kl')
    settings = Settings(tmp_path)
    assert settings.value.language == "system"
    assert "window.json" in settings.problem


def test_a_folder_that_can_not_be_written_stops_nothing(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    settings = Settings(blocked / "below")
    settings.change(language="en")
    assert settings.value.language == "en"
    assert settings.problem
