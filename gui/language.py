"""Which language the window speaks: the system's, or the one chosen; switched while it runs."""

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QObject, QTranslator, Signal

from .settings import LanguageChoice
from .theme.tokens import RESOURCES

TRANSLATIONS = RESOURCES / "translations"


class Language(QObject):
    """`current` is "en" or "zh_CN". Widgets hear of a change as a LanguageChange event, others by `changed`."""

    changed = Signal()

    def __init__(self, app: QCoreApplication, choice: LanguageChoice = "system") -> None:
        super().__init__()
        self._app = app
        self._installed: list[QTranslator] = []
        self.choice: LanguageChoice = choice
        self.current = "en"
        self.set(choice)

    @property
    def of_system(self) -> str:
        """What the system's first language comes to here: "en" or "zh_CN"."""
        system = QLocale.system().uiLanguages()
        return "zh_CN" if system and system[0].startswith("zh") else "en"

    def set(self, choice: LanguageChoice) -> None:
        """Speak it from now on."""
        self.choice = choice
        wanted = self.of_system if choice == "system" else choice
        QLocale.setDefault(QLocale(wanted))
        if wanted == self.current:
            return
        self.current = wanted
        for old in self._installed:
            self._app.removeTranslator(old)
        self._installed = [] if wanted == "en" else self._load(wanted)
        for translator in self._installed:
            self._app.installTranslator(translator)
        self.changed.emit()

    def _load(self, language: str) -> list[QTranslator]:
        """Qt's own words first, so that ours win."""
        qt_folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        found = []
        for name, folder in ((f"qtbase_{language}", qt_folder), (f"gpu-agent_{language}", str(TRANSLATIONS))):
            translator = QTranslator(self)
            if translator.load(name, folder):
                found.append(translator)
        return found
