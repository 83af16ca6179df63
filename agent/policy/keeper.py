"""The rules of a running node: what is in force, what was seen last, and what it comes to. The file is beside it."""

import contextlib
import hashlib
import time
from collections.abc import Callable, Sequence
from datetime import tzinfo
from pathlib import Path

import msgspec

from agent.events import RulesJudged
from agent.owners_choice import Anyway
from agent.policy.decide import Decision, RuleBook, book_of, decide
from agent.policy.rules_file import RulesUnreadable, read_rules, write_rules
from agent.policy.surroundings import Surroundings
from core.protocol.node_rules import RULES_FILE_NAME, Rules

UNREADABLE_FILE_NAME = "rules.unreadable.json"
_DIGEST_LENGTH = 16


class RulesKeeper:
    """One node's. All but `write` is of one thread; `clock` gives Unix seconds, `zone` None is the machine's."""

    def __init__(self, data_dir: Path, clock: Callable[[], float], zone: tzinfo | None = None) -> None:
        """Reads what was kept; `warnings` are words for the owner of what could not be taken from there."""
        self._file = data_dir / RULES_FILE_NAME
        self._clock = clock
        self._zone = zone
        self._seen = Surroundings()
        self._decision = Decision()
        self._is_judged = False
        self.warnings: list[str] = []
        try:
            rules, unknown = read_rules(self._file)
        except RulesUnreadable as error:
            self._book = RuleBook(trouble=str(error))
            self.warnings.append(str(error))
        else:
            self._book = book_of(rules)
            if unknown:
                words = f"{self._file} has rules that this version doesn't know, they are not minded: "
                self.warnings.append(words + ", ".join(unknown))

    @property
    def rules(self) -> Rules:
        """Those in force; while they can't be read, those that hold where none were set."""
        return self._book.rules

    @property
    def limits(self) -> Rules:
        """What line and disk are held to. While the rules can't be read no chunk passes: they may forbid it."""
        return Rules(daily_mb=0) if self.trouble else self.rules

    @property
    def trouble(self) -> str:
        """Why the rules can't be read; empty if they could."""
        return self._book.trouble

    @property
    def digest(self) -> str:
        """What names the rules in force."""
        content = msgspec.json.encode((self.rules, self.trouble), order="deterministic")
        return hashlib.sha256(content).hexdigest()[:_DIGEST_LENGTH]

    @property
    def next_at(self) -> float | None:
        """When to judge again though nothing is seen, in Unix seconds."""
        return self._decision.next_at

    @property
    def is_due(self) -> bool:
        """Whether to judge now: the rules or what was seen are new, or the moment has come that was named."""
        next_at = self._decision.next_at
        return not self._is_judged or (next_at is not None and self._clock() >= next_at)

    def write(self, rules: Rules) -> None:
        """Keep them for the next start (blocking, any thread). What could not be read stays beside them, where the file
        system can give it a second name. Raises OSError, and the old ones stay."""
        if self._book.trouble:
            aside = self._file.with_name(UNREADABLE_FILE_NAME)
            with contextlib.suppress(OSError):
                aside.unlink(missing_ok=True)
                aside.hardlink_to(self._file)
        write_rules(self._file, rules)

    def take(self, rules: Rules) -> None:
        """Have them in force; they are on the disk."""
        self._book = book_of(rules)
        self._is_judged = False

    def see(self, seen: Surroundings) -> None:
        """What was seen just now, the zone that the machine is in with it: laptops travel."""
        if hasattr(time, "tzset"):
            time.tzset()
        self._seen = seen
        self._is_judged = False

    def judge(self, anyway: Sequence[Anyway]) -> RulesJudged:
        """What the rules come to now, with what was seen last and what the owner sets aside."""
        self._is_judged = True
        self._decision = decide(self._book, self._seen, self._decision.memory, anyway, self._clock(), self._zone)
        return RulesJudged(self.rules, self._decision.now, self.digest)
