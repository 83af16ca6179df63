"""Passwords: what may be one, and that only a salted hash of it is kept."""

import os

import pytest
from argon2 import PasswordHasher
from hypothesis import given, settings
from hypothesis import strategies as st

from core.accounts.passwords import (
    NO_PASSWORD_HASH,
    check_new_password,
    hash_password,
    needs_new_hash,
    password_matches,
)
from core.errors import ApiError, ErrorCode


@pytest.mark.parametrize(
    "password", ["correct horse", "a" * 10, "x" * 1024, "          ", "密码密码密码密码密码", "\x00" * 10]
)
def test_any_characters_make_a_password(password: str) -> None:
    check_new_password(password)


@pytest.mark.parametrize("password", ["", "a" * 9, "x" * 1025, "\ufdfa" * 100, "short\udcff....."])
def test_what_is_too_short_too_long_or_no_text_is_refused_with_the_rule(password: str) -> None:
    with pytest.raises(ApiError) as refused:
        check_new_password(password)
    assert refused.value.code is ErrorCode.VALIDATION_FAILED
    assert refused.value.details[0].field == "password"
    assert not password or password not in str(refused.value.details)


def test_the_same_password_typed_otherwise_matches_and_another_does_not() -> None:
    stored = hash_password("ﬁnancé-Åskar", os.urandom)
    assert password_matches(stored, "financé-Åskar")
    assert not password_matches(stored, "financé-Askar")
    assert "financ" not in stored and stored != hash_password("ﬁnancé-Åskar", os.urandom)


def test_where_there_is_no_password_the_same_work_is_done_for_nothing() -> None:
    assert not password_matches(NO_PASSWORD_HASH, "")
    assert not password_matches(NO_PASSWORD_HASH, "correct horse")
    assert not needs_new_hash(NO_PASSWORD_HASH)


def test_a_hash_of_other_parameters_is_to_be_made_anew() -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash("correct horse")
    assert password_matches(weak, "correct horse") and needs_new_hash(weak)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40))
def test_a_password_is_accepted_or_refused_and_nothing_else_happens(password: str) -> None:
    try:
        check_new_password(password)
    except ApiError as refused:
        assert refused.code is ErrorCode.VALIDATION_FAILED
