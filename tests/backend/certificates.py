"""A certificate authority of a house's own, and servers' certificates of it in files."""

from pathlib import Path

import msgspec
import trustme


class CertificateFiles(msgspec.Struct, frozen=True):
    """Where a server's certificate chain and its key lie."""

    cert: Path
    key: Path

    @property
    def options(self) -> tuple[str, ...]:
        """What `serve` is given."""
        return "--tls-cert", str(self.cert), "--tls-key", str(self.key)


class Authority:
    """It signs for this machine; `ca_file` is what clients and nodes trust."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ca = trustme.CA()
        self.ca_file = folder / "ca.pem"
        self._ca.cert_pem.write_to_path(str(self.ca_file))

    def issue(self, name: str = "server", hosts: tuple[str, ...] = ("127.0.0.1", "localhost")) -> CertificateFiles:
        """A new certificate for these hosts, its key readable by its owner alone; an earlier one of the name is
        replaced."""
        made = self._ca.issue_cert(*hosts)
        files = CertificateFiles(self._folder / f"{name}.pem", self._folder / f"{name}.key")
        files.key.unlink(missing_ok=True)
        files.key.touch(0o600)
        made.private_key_pem.write_to_path(str(files.key))
        files.cert.write_bytes(b"".join(blob.bytes() for blob in made.cert_chain_pems))
        return files
