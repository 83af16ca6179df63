"""The certificate that this server shows, where it speaks https itself: read, checked, and read again when renewed."""

import os
import ssl
import stat
from collections.abc import Iterator
from pathlib import Path

import structlog

from core.console import CommandError, ExitCode

_OTHERS = stat.S_IRWXO
log = structlog.get_logger("backend")


class EncryptedKey(Exception):
    """A key with a pass phrase, which nobody is here to type."""


class Certificate:
    """A chain and its private key in PEM files, and the TLS context (1.2 and later) that shows them.

    Raises CommandError, naming the file and what to do, for files that can't be read or don't belong together, and for
    a key that others on this machine can read.
    """

    def __init__(self, cert_file: Path, key_file: Path) -> None:
        self._cert_file = cert_file
        self._key_file = key_file
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2
        self._seen = self._stamps()
        self._load()

    def renew(self) -> bool:
        """Takes up files that have been replaced: connections made from now on are shown the new certificate. Files
        that are no good are told of once, and the old certificate stays. Says whether it is a new one."""
        try:
            stamps = self._stamps()
            if stamps == self._seen:
                return False
            self._seen = stamps
            # tried apart first: a context half loaded would show a chain that its key doesn't fit
            Certificate(self._cert_file, self._key_file)
            self._load()
        except CommandError as error:
            log.warning("the new certificate is not used", reason=error.message)
            return False
        log.info("took up the new certificate", file=str(self._cert_file))
        return True

    def _stamps(self) -> tuple[tuple[int, int], ...]:
        return tuple((facts.st_mtime_ns, facts.st_ino) for facts in self._facts())

    def _facts(self) -> Iterator[os.stat_result]:
        for option, file in (("--tls-cert", self._cert_file), ("--tls-key", self._key_file)):
            try:
                with file.open("rb") as opened:
                    yield os.fstat(opened.fileno())
            except OSError as error:
                raise _bad(
                    f"{option} {file} can't be read: {error.strerror or error}",
                    "Give a PEM file that the user who runs this server may read.",
                ) from error

    def _load(self) -> None:
        mode = list(self._facts())[1].st_mode
        if os.name == "posix" and mode & _OTHERS:
            raise _bad(
                f"the private key {self._key_file} can be read by every user of this machine "
                f"(mode {stat.S_IMODE(mode):03o})",
                f"chmod 600 {self._key_file}",
            )
        try:
            self.context.load_cert_chain(self._cert_file, self._key_file, password=_no_pass_phrase)
        except EncryptedKey as error:
            raise _bad(
                f"the private key {self._key_file} needs a pass phrase",
                "Give a key without one: openssl pkey -in KEY -out PLAIN_KEY",
            ) from error
        except (ssl.SSLError, OSError) as error:
            raise _bad(
                f"{self._cert_file} and {self._key_file} can't be used: {_reason(error)}",
                "Give the certificate's chain and its own private key, each in PEM.",
            ) from error


def certificate_from(cert_file: Path | None, key_file: Path | None) -> Certificate | None:
    """The certificate of `--tls-cert` and `--tls-key`, None where neither is given. Raises CommandError."""
    if cert_file is None and key_file is None:
        return None
    if cert_file is None or key_file is None:
        missing = "--tls-cert" if cert_file is None else "--tls-key"
        raise _bad(f"{missing} is missing", "Give both --tls-cert FILE and --tls-key FILE, or neither.")
    return Certificate(cert_file.absolute(), key_file.absolute())


def _no_pass_phrase() -> str:
    raise EncryptedKey


def _reason(error: OSError) -> str:
    reason = getattr(error, "reason", None)
    if reason == "KEY_VALUES_MISMATCH":
        return "the key is another certificate's"
    return str(reason or error.strerror or "they are no PEM files").replace("_", " ").lower()


def _bad(message: str, hint: str) -> CommandError:
    return CommandError(message, hint=hint, exit_code=ExitCode.ARGUMENTS)
