"""The way in: one service, one customer.

Made of asynchronous/client.py (change that, not this) by
`python3 build_scripts/run.py --dev python -m build_scripts.sync_library`.
"""

import os
import warnings
from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Any

from ...client.customer import Client as Connection
from ...client.http import Retries
from ...client.profiles import config_path, exposure, find_access, read_config, required_key
from ...protocol.accounts import Account
from ...protocol.customer import Meta
from ...protocol.events import StreamEvent
from .account import ApiKeys, Credits, Usage
from .content import Datasets, Packages
from .jobs import Jobs
from .streams import customer_stream
from .webhooks import Webhooks


class Client:
    """A service, as one of its customers. Close it, or use `with`.

    What is not given is taken from GPU_AGENT_SERVER, GPU_AGENT_API_KEY and GPU_AGENT_CA_FILE, else from a profile of
    `config.toml`: `profile`, or GPU_AGENT_PROFILE, or the default one. A session's token may stand in the key's place.
    `insecure` allows plain http to another machine; `ca_file` (PEM) is trusted beside the usual authorities.

    Calls that are safe to repeat are tried again for some seconds, as `retries` says. Raises AddressRefused,
    KeyRefused, ProfileUnusable; says in a warning if others may read the keys of the profiles.
    """

    def __init__(
        self,
        server: str | None = None,
        api_key: str | None = None,
        *,
        profile: str | None = None,
        ca_file: str | os.PathLike[str] | None = None,
        insecure: bool | None = None,
        retries: Retries | None = None,
    ) -> None:
        path = config_path(os.environ)
        told_all = server is not None and api_key is not None and profile is None
        config = None if told_all else read_config(path)
        exposed = None if config is None else exposure(path, config)
        if exposed is not None:
            warnings.warn(exposed, stacklevel=2)
        access = find_access(
            config,
            path,
            os.environ,
            server=server,
            api_key=api_key,
            ca_file=None if ca_file is None else Path(ca_file),
            insecure=insecure,
            profile=profile,
        )
        self._connection = Connection(
            access.server,
            required_key(access, path),
            insecure=access.insecure,
            retries=retries,
            ca_file=access.ca_file,
        )
        self.datasets = Datasets(self._connection)
        self.packages = Packages(self._connection)
        self.jobs = Jobs(self._connection)
        self.usage = Usage(self._connection)
        self.credits = Credits(self._connection)
        self.api_keys = ApiKeys(self._connection)
        self.webhooks = Webhooks(self._connection)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.base_url}>"

    @property
    def base_url(self) -> str:
        """Where calls go: `https://host/api/v1`."""
        return self._connection.base_url

    def account(self) -> Account:
        """The account, its balance, and what this key may do."""
        return self._connection.account()

    def limits(self) -> dict[str, Any]:
        """Each limit, what is used and left of it, and when it renews."""
        return self._connection.limits()

    def meta(self) -> Meta:
        """What this service is: its limits, rates, tiers and error codes."""
        return self._connection.meta()

    def events(self, *, after: int | None = None) -> Generator[StreamEvent, None, None]:
        """The states of all jobs, units, datasets and packages of this customer as they change, without end; `after` is
        the number of the last event that is known, None for new ones only."""
        with closing(customer_stream(self._connection, after)) as events:
            yield from events

    def close(self) -> None:
        """Lets go of its connections."""
        self._connection.close()

    def __enter__(self) -> "Client":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
