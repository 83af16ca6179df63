"""`gpu-agent-client webhooks` against a real backend and a real endpoint."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from standardwebhooks import Webhook as Verifier

from core.client.customer import Client
from core.client.errors import ServerError
from core.errors import ErrorCode
from core.protocol.webhooks import DeliveryStatus, WebhookEvent
from tests.backend.many_calls import until
from tests.backend.webhook_endpoint import Endpoint, answers
from tests.core.client.live_backend import LiveBackend
from tests.core.client.saying import failed, ok


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveBackend]:
    """A backend that may send to this machine."""
    running = LiveBackend(tmp_path_factory.mktemp("hooks"), "--allow-loopback-webhooks")
    yield running
    running.close()


def delivered(hooks: LiveBackend, webhook: str) -> int:
    """How many deliveries were made."""
    with Client(hooks.url, hooks.key) as client:
        return len(client.list_deliveries(webhook, status=DeliveryStatus.DELIVERED).data)


@pytest.mark.full
def test_a_webhook_is_made_tried_sent_again_changed_and_deleted(hooks: LiveBackend, tmp_path: Path) -> None:
    with Endpoint(answers("204 No Content")) as endpoint:
        made = ok(hooks.command("webhooks", "create", endpoint.url(), "--credits-below", "2.5", "--json"))
        assert made["events"] == ["job.completed", "job.failed", "job.cancelled", "credits.low"]
        assert made["credits_low_threshold_micro"] == 2_500_000
        sent = ok(hooks.command("webhooks", "test", made["id"], "--json"))
        until(lambda: delivered(hooks, made["id"]) == 1, "the test was not delivered")
        again = ok(hooks.command("webhooks", "redeliver", made["id"], sent["id"], "--json"))
        assert again["id"] != sent["id"] and again["webhook_message_id"] == sent["webhook_message_id"]
        until(lambda: delivered(hooks, made["id"]) == 2, "it was not delivered again")
        shown = hooks.command("webhooks", "deliveries", made["id"], "--status", "delivered").stdout
        assert shown.count("webhook.test") == 2 and "204" in shown
        for one in endpoint.received:
            Verifier(made["secret"]).verify(one.body.decode(), one.headers)
    assert made["id"] in hooks.command("webhooks", "list", "-q").stdout
    changed = ok(hooks.command("webhooks", "update", made["id"], "--off", "--event", "job.failed", "--json"))
    assert (changed["enabled"], changed["events"]) == (False, ["job.failed"])
    assert "off" in hooks.command("webhooks", "show", made["id"]).stdout
    conflict = failed(hooks.command("webhooks", "test", made["id"], "--json"), 1)
    assert conflict["hint"] == "Switch it on first: gpu-agent-client webhooks update WEBHOOK --on"
    assert hooks.command("webhooks", "delete", made["id"]).returncode == 4, "nobody is there to answer"
    assert hooks.command("webhooks", "delete", made["id"], "-y", "-q").stdout == f"{made['id']}\n"
    absent = failed(hooks.command("webhooks", "show", made["id"], "--json"), 1)
    assert absent["hint"] == "gpu-agent-client webhooks list"


def test_the_secret_alone_is_printed_quietly(hooks: LiveBackend) -> None:
    printed = hooks.command("webhooks", "create", "http://127.0.0.1:9/", "-q").stdout
    assert printed.startswith("whsec_") and printed.count("\n") == 1


def test_what_can_be_no_webhook_is_refused_with_a_command(hooks: LiveBackend) -> None:
    private = failed(hooks.command("webhooks", "create", "https://10.0.0.8/", "--json"), 1)
    assert private["code"] == "WEBHOOK_INVALID_URL" and "webhooks create --help" in private["hint"]
    wrong = failed(hooks.command("webhooks", "create", "http://127.0.0.1:9/", "--event", "job.eaten", "--json"), 4)
    assert wrong["code"] == "VALIDATION_FAILED"
    assert (
        "--credits-below 2.5"
        in failed(hooks.command("webhooks", "create", "http://127.0.0.1:9/", "--credits-below", "much", "--json"), 4)[
            "hint"
        ]
    )


def test_the_client_has_all_of_it(hooks: LiveBackend) -> None:
    with Client(hooks.url, hooks.key) as client:
        made = client.create_webhook("http://127.0.0.1:9/", [WebhookEvent.CREDITS_LOW], credits_low_threshold_micro=7)
        assert client.get_webhook(made.id).credits_low_threshold_micro == 7
        assert client.change_webhook(made.id, credits_low_threshold_micro=8).credits_low_threshold_micro == 8
        test = client.test_webhook(made.id)
        assert [one.id for one in client.list_deliveries(made.id).data] == [test.id]
        assert client.list_deliveries(made.id, status=DeliveryStatus.DELIVERED).data == []
        assert made.id in [one.id for one in client.list_webhooks().data]
        client.delete_webhook(made.id)
        with pytest.raises(ServerError) as gone:
            client.get_webhook(made.id)
    assert gone.value.code is ErrorCode.WEBHOOK_NOT_FOUND
