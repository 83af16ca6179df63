"""Amounts as people write them: what is shown can be read back, and nothing else passes."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.billing.amounts import MOST_CREDITS, micro_from
from core.clock import MICRO_PER_CREDIT, credits_text
from core.errors import ApiError, ErrorCode


@given(st.integers(0, MOST_CREDITS * MICRO_PER_CREDIT))
def test_every_amount_that_is_shown_can_be_read_back(micro: int) -> None:
    assert micro_from(credits_text(micro), "credits") == micro


@given(st.text(max_size=40) | st.from_regex(r"[-+]?[0-9_]{0,14}(\.[0-9]{0,14})?(e[0-9]{1,9})?", fullmatch=True))
def test_whatever_is_written_is_exact_or_refused(text: str) -> None:
    try:
        micro = micro_from(text, "credits")
    except ApiError as error:
        assert error.code is ErrorCode.VALIDATION_FAILED
        assert [row.field for row in error.details] == ["credits"]
    else:
        assert Decimal(micro) == Decimal(text.strip()) * MICRO_PER_CREDIT
        assert 0 <= micro <= MOST_CREDITS * MICRO_PER_CREDIT


@pytest.mark.parametrize("text", ["1e3", "Infinity", "sNaN", "0x10", "1_000", "１", "", ".", "1.", ".5", "1,5"])
def test_other_ways_of_writing_numbers_are_refused(text: str) -> None:
    with pytest.raises(ApiError):
        micro_from(text, "credits")
