"""Which service is talked to, by which key: arguments, environment, profiles; never by the key of another service."""

import os
from pathlib import Path

import platformdirs
import pytest

from core.client.errors import AddressRefused, KeyRefused
from core.client.profiles import (
    Access,
    Config,
    Profile,
    ProfileUnusable,
    config_path,
    exposure,
    find_access,
    read_config,
    required_key,
)

HOME = Profile("https://home.example", "sk_home", "house.pem", insecure=True)
CONFIG = Config("home", {"home": HOME, "work": Profile("https://work.example", "sk_work")})
FILE = Path("/config/gpu-agent/config.toml")


def found(environ: dict[str, str] | None = None, **given: str) -> Access:
    return find_access(
        CONFIG, FILE, environ or {}, server=given.get("server"), api_key=given.get("key"), profile=given.get("profile")
    )


def test_the_default_profile_is_taken_whole_and_its_files_lie_beside_it() -> None:
    access = found()
    assert (access.server, access.api_key, access.profile) == ("https://home.example", "sk_home", "home")
    assert access.ca_file == FILE.parent / "house.pem" and access.insecure


@pytest.mark.parametrize(
    ("environ", "given", "server", "key"),
    [
        ({"GPU_AGENT_PROFILE": "work"}, {}, "https://work.example", "sk_work"),
        ({"GPU_AGENT_PROFILE": "work"}, {"profile": "home"}, "https://home.example", "sk_home"),
        ({"GPU_AGENT_API_KEY": "sk_env"}, {}, "https://home.example", "sk_env"),
        ({"GPU_AGENT_API_KEY": "sk_env"}, {"key": "sk_given"}, "https://home.example", "sk_given"),
        ({"GPU_AGENT_SERVER": "https://env.example"}, {"key": "sk_given"}, "https://env.example", "sk_given"),
        ({"GPU_AGENT_SERVER": "https://env.example"}, {"server": "https://a.example"}, "https://a.example", None),
        ({}, {"server": "https://home.example/api/v1/"}, "https://home.example/api/v1/", "sk_home"),
        ({}, {"server": "HTTPS://Home.Example:443"}, "HTTPS://Home.Example:443", "sk_home"),
        ({"GPU_AGENT_SERVER": "", "GPU_AGENT_API_KEY": ""}, {}, "https://home.example", "sk_home"),
    ],
)
def test_what_is_nearer_wins(environ: dict[str, str], given: dict[str, str], server: str, key: str | None) -> None:
    access = found(environ, **given)
    assert (access.server, access.api_key) == (server, key)


@pytest.mark.parametrize("other", ["https://other.example", "http://home.example", "https://home.example:8443"])
def test_a_profiles_key_and_its_trust_go_to_no_other_service(other: str) -> None:
    for access in (found(server=other), found({"GPU_AGENT_SERVER": other})):
        assert (access.api_key, access.ca_file, access.insecure) == (None, None, False)
        with pytest.raises(KeyRefused) as refused:
            required_key(access, FILE)
        assert "sk_" in refused.value.hint and "sk_home" not in refused.value.hint


def test_a_profile_whose_address_is_none_is_in_nobodys_way() -> None:
    config = Config("typo", {"typo": Profile("https//home.example", "sk_home")})
    access = find_access(config, FILE, {}, server="https://a.example", api_key="sk_a")
    assert (access.server, access.api_key) == ("https://a.example", "sk_a")
    assert find_access(config, FILE, {}, server="https://a.example").api_key is None
    with pytest.raises(AddressRefused, match="https//home"):
        find_access(config, FILE, {})


def test_without_any_word_of_a_service_the_next_step_is_told() -> None:
    with pytest.raises(AddressRefused) as refused:
        find_access(Config(), FILE, {})
    assert "GPU_AGENT_SERVER" in refused.value.hint and str(FILE) in refused.value.hint


def test_a_profile_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(ProfileUnusable) as refused:
        found(profile="wrok")
    assert "home, work" in refused.value.hint


def test_neither_profile_nor_access_shows_its_key() -> None:
    assert "sk_" not in repr(CONFIG) + repr(found())


def test_a_file_is_read_and_what_is_newer_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('default_profile = "a"\nnews = 1\n[profiles.a]\nserver = "https://a.example"\nkeyring = true\n')
    assert read_config(path) == Config("a", {"a": Profile("https://a.example")})
    assert read_config(tmp_path / "absent.toml") == Config()


@pytest.mark.parametrize("text", ["[profiles", "profiles = 3", "[profiles.a]\nserver = 3\n", "\xff"])
def test_a_file_that_is_none_is_told_as_such(tmp_path: Path, text: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="latin-1")
    with pytest.raises(ProfileUnusable, match=r"config\.toml"):
        read_config(path)


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_keys_that_others_may_read_are_told_with_what_mends_it(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[profiles.a]\nserver = "https://a.example"\napi_key = "sk_a"\n')
    path.chmod(0o640)
    said = exposure(path, read_config(path))
    assert said is not None and f"chmod 600 {path}" in said and "sk_a" not in said
    path.chmod(0o600)
    assert exposure(path, read_config(path)) is None
    path.write_text('[profiles.a]\nserver = "https://a.example"\n')
    path.chmod(0o644)
    assert exposure(path, read_config(path)) is None


@pytest.mark.parametrize("environ", [{}, {"XDG_CONFIG_HOME": "/elsewhere"}])
def test_the_file_lies_where_the_command_line_looks(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert config_path(os.environ) == platformdirs.user_config_path("gpu-agent") / "config.toml"


def test_each_system_has_its_usual_folder() -> None:
    assert config_path({"HOME": "/home/a"}, "linux") == Path("/home/a/.config/gpu-agent/config.toml")
    mac = config_path({"HOME": "/Users/a"}, "darwin")
    assert mac == Path("/Users/a/Library/Application Support/gpu-agent/config.toml")
    windows = config_path({"LOCALAPPDATA": "/local"}, "win32")
    assert windows == Path("/local/gpu-agent/gpu-agent/config.toml")


def test_who_said_all_needs_no_profile() -> None:
    access = find_access(None, FILE, {"GPU_AGENT_PROFILE": "absent"}, server="https://a.example", api_key="sk_a")
    assert (access.api_key, access.profile) == ("sk_a", None)
