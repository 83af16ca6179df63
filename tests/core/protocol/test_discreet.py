"""What is printed shows no secret."""

import msgspec
import pytest
from rich.pretty import pretty_repr

from core.protocol.accounts import CreatedApiKey, SignedIn, SignedInCustomer
from core.protocol.webhooks import CreatedWebhook

SECRET = "never-to-be-shown"


@pytest.mark.parametrize(
    "answer",
    [
        SignedIn(SECRET, "2026-04-01", 900, SignedInCustomer("the-id", "a@example.com")),
        CreatedApiKey("the-id", "notebook", "sk_alpha_ab", [], "2026-04-01", None, None, SECRET),
        CreatedWebhook("the-id", "https://a.example", [], True, None, "2026-04-01", None, None, SECRET),
    ],
    ids=lambda answer: type(answer).__name__,
)
def test_an_answer_shows_all_but_its_secret(answer: msgspec.Struct) -> None:
    for shown in (repr(answer), str(answer), f"{[answer]}", pretty_repr(answer)):
        assert "the-id" in shown and type(answer).__name__ in shown and SECRET not in shown
    assert SECRET in msgspec.json.encode(answer).decode()
