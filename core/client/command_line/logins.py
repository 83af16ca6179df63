"""Which profile a command works with, and where the key of a login lies: in the system's keyring, or, where there is
none, in the file of profiles, which its owner alone can read.

How that file is read is in core.client.profiles, which the Python library shares; only here is it written.
"""

import contextlib
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from ...console import CommandError, ExitCode
from ...errors import ErrorCode
from ...private_files import write_private
from ...system_keyring import KeyringAbsent, KeyringFailed, in_time, system_forget, system_get, system_put
from ..address import base_url
from ..customer import Client
from ..errors import ServerError
from ..profiles import (
    PROFILE_VARIABLE,
    SERVER_VARIABLE,
    Access,
    Config,
    Profile,
    config_path,
    find_access,
    read_config,
)

KEYRING = "keyring"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_DEFAULT_NAME = "default"
_GOOD_NO_MORE = frozenset({ErrorCode.API_KEY_REVOKED, ErrorCode.API_KEY_INVALID})


class Login(msgspec.Struct, frozen=True):
    """The profile of a login, made or to be made, and what it talks to. The key, if any, is in `access`."""

    name: str
    access: Access


class Found(msgspec.Struct, frozen=True):
    """The key of a profile, if there is one; `problem` is why a keyring that is there didn't say."""

    key: str | None
    problem: str = ""

    def __repr__(self) -> str:
        """Without the key."""
        return f"Found(problem={self.problem!r})"


class Kept(msgspec.Struct, frozen=True):
    """Where a key was kept: "keyring", or the path of a file, and then why no keyring serves."""

    place: str
    problem: str = ""


def file_of_profiles() -> Path:
    """Where it lies for this user."""
    return config_path(os.environ)


def login_of(profile: str | None, environ: Mapping[str, str], **arguments: Any) -> Login:
    """The profile that a login or logout is about, whether or not there is one of its name yet.

    Raises ProfileUnusable, AddressRefused, and CommandError for a name that can't be one.
    """
    path = file_of_profiles()
    config = read_config(path)
    name = profile or environ.get(PROFILE_VARIABLE) or config.default_profile or _DEFAULT_NAME
    if not _NAME.fullmatch(name):
        raise CommandError(
            f"{name!r} can't be the name of a profile.",
            hint="Take 1 to 64 letters, digits, dots, dashes and underscores, beginning with a letter or digit.",
            exit_code=ExitCode.ARGUMENTS,
        )
    known = config.profiles.get(name, Profile())
    with_it = Config(config.default_profile, {**config.profiles, name: known})
    return Login(name, find_access(with_it, path, environ, profile=name, **arguments))


def refuse_another_service(login: Login) -> None:
    """Raises CommandError where the profile of a new login is another service's: that login's key would be out of
    reach, and still good."""
    known = read_config(file_of_profiles()).profiles.get(login.name, Profile()).server
    if known is None or base_url(known, insecure=True) == base_url(login.access.server, insecure=True):
        return
    raise CommandError(
        f"Profile {login.name} is a login at {known}.",
        hint=f"Give this one its own: gpu-agent-client login --server {login.access.server} --profile NAME",
        exit_code=ExitCode.ARGUMENTS,
    )


def find_key(access: Access) -> Found:
    """The key of this access: the one it has already, else its profile's in the keyring, which is kept for the
    profile's name and its service together, so that it goes nowhere else."""
    if access.api_key or access.profile is None:
        return Found(access.api_key)
    try:
        return Found(in_time(lambda: system_get(_entry(access))))
    except KeyringFailed as failed:
        return Found(None, str(failed))
    except KeyringAbsent:
        return Found(None)


def keep_login(login: Login, key: str, before: str | None = None) -> Kept:
    """Write the profile, as the default one if there is none yet, and keep its key, in place of that before. Raises
    CommandError; then it is all as it was."""
    access = login.access
    kept = Kept(KEYRING)
    try:
        in_time(lambda: system_put(_entry(access), key))
    except KeyringAbsent as absent:
        kept = Kept(str(file_of_profiles()), str(absent))
    fields: dict[str, Any] = {"server": access.server}
    if access.ca_file is not None:
        fields["ca_file"] = str(access.ca_file.absolute())
    if access.insecure:
        fields["insecure"] = True
    if kept.place != KEYRING:
        fields["api_key"] = key
    try:
        _write(login.name, fields, default=True)
    except BaseException:
        if kept.place == KEYRING:
            _put_back(_entry(access), None if access.api_key else before)
        raise
    return kept


def _put_back(entry: str, before: str | None) -> None:
    with contextlib.suppress(KeyringAbsent):  # it served a moment ago; what failed is told, and the new key is revoked
        in_time(lambda: system_forget(entry) if before is None else system_put(entry, before))


def give_up_key(client: Client) -> None:
    """Revoke the key that a client goes by, if it is good still."""
    try:
        client.revoke_own_key()
    except ServerError as refused:
        if refused.code not in _GOOD_NO_MORE:
            raise


def forget_login(login: Login) -> None:
    """Keep the key nowhere any more; the profile goes on naming its service. Raises CommandError."""
    with contextlib.suppress(KeyringAbsent):  # then it lies in the file alone
        in_time(lambda: system_forget(_entry(login.access)))
    if read_config(file_of_profiles()).profiles.get(login.name, Profile()).api_key is not None:
        _write(login.name, {}, default=False)


def _entry(access: Access) -> str:
    return f"{base_url(access.server, insecure=True)} ({access.profile})"


def _write(name: str, fields: dict[str, Any], *, default: bool) -> None:
    """Change one profile in the file and leave all else of it, remarks too, as it is. Its old key goes in any case."""
    import tomlkit  # here: only few commands write, and all would wait for it
    import tomlkit.exceptions

    path = file_of_profiles()
    try:
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        document = tomlkit.parse(text)
        profiles = document.setdefault("profiles", tomlkit.table(is_super_table=True))
        profile = profiles.setdefault(name, tomlkit.table())
        for old in ("api_key", "ca_file", "insecure") if fields else ("api_key",):
            profile.pop(old, None)
        profile.update(fields)
        if default and "default_profile" not in document:
            document["default_profile"] = name
        write_private(path, tomlkit.dumps(document).encode())
    except (OSError, UnicodeDecodeError, tomlkit.exceptions.TOMLKitError) as error:
        reason = (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
        raise CommandError(
            f"{path} can't be written: {reason}",
            hint=f"Mend the file or its folder, or do without: export {SERVER_VARIABLE}=URL GPU_AGENT_API_KEY=sk_…",
            exit_code=ExitCode.ENVIRONMENT,
        ) from error
