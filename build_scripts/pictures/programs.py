"""What a customer sees whose programs train: keys and their forms, endpoints and what was sent to them."""

import asyncio

from core.client.customer import AsyncClient
from gui.pages.customer.api_keys import ApiKeysPage
from gui.pages.customer.key_parts.create_key import CreateKeyDialog
from gui.pages.customer.key_parts.let_in import LetInDialog
from gui.pages.customer.webhook_parts.endpoint_form import EndpointForm
from gui.pages.customer.webhook_parts.signature_help import SignatureHelp
from gui.pages.customer.webhooks import WebhooksPage
from gui.settings import LanguageChoice
from gui.widgets.secret_dialog import SecretDialog

from .camera import Camera

_NOT_READY = '{"detail": "upstream not ready"}'


async def keys(camera: Camera) -> None:
    """Keys in use, one revoked, the form for another, the secret of one, and a program that shows its code."""
    client = await camera.client()
    await client.create_api_key("notebook", ["datasets:write", "jobs:write", "jobs:read", "artifacts:read"])
    await client.revoke_api_key((await client.create_api_key("old CI", ["jobs:write"])).id)
    await client.create_api_key("nightly regression", ["datasets:read", "jobs:read", "jobs:write"])
    page = camera.open(ApiKeysPage)
    page.reload()
    await camera.until(lambda: page.model.rowCount() > 3)
    page.table.setCurrentIndex(page.model.index(0, 0))
    await camera.take("api-keys-some")
    for language in camera.languages:
        camera.speak(language)
        page.ask_new()
        form = await camera.dialog(CreateKeyDialog)
        await camera.take_in(language, "key-form", form)
        form.name.set_text("portal reports")
        form.scopes.choose(["usage:read"])
        form.submitted.emit()
        secret = await camera.dialog(SecretDialog)
        await camera.take_in(language, "key-secret", secret)
        secret.accept()
        await _let_in(camera, page, client, language)


async def _let_in(camera: Camera, page: ApiKeysPage, client: AsyncClient, language: LanguageChoice) -> None:
    login = await client.begin_device_login("gpu-agent-client on workstation", ["jobs:read", "jobs:write"])
    page.ask_code()
    form = await camera.dialog(LetInDialog)
    form.code.set_text(login.user_code)
    form.submitted.emit()
    await camera.until(lambda: form.found)
    await camera.take_in(language, "key-let-in", form)
    form.reject()


async def endpoints(camera: Camera) -> None:
    """An endpoint that takes what it is sent and one that doesn't, with the log of each."""
    client = await camera.client()
    page = camera.open(WebhooksPage)
    servers = [await _endpoint("204 No Content", ""), await _endpoint("503 Service Unavailable", _NOT_READY)]
    for server in servers:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/gpu-agent/jobs"
        made = await client.create_webhook(url, ["job.completed", "job.failed", "artifact.ready"])
        await client.test_webhook(made.id)
    page.reload()
    log = page.deliveries
    for place, name in enumerate(("failing", "delivering")):
        await camera.until(lambda: page.model.rowCount() == len(servers))
        page.table.setCurrentIndex(page.model.index(place, 0))
        await camera.until(lambda: log.model.rows and log.model.rows[0].tries)
        log.list.open_delivery(log.model.rows[0].id)
        await camera.take(f"webhooks-{name}")
    for language in camera.languages:
        camera.speak(language)
        page.ask_new()
        form = await camera.dialog(EndpointForm)
        form.boxes["credits.low"].setChecked(True)
        await camera.take_in(language, "webhook-form", form)
        form.reject()
        page.doing.show_code()
        help = await camera.dialog(SignatureHelp)
        await camera.take_in(language, "webhook-code", help)
        help.accept()
    for server in servers:
        server.close()


async def _endpoint(status: str, body: str) -> asyncio.Server:
    """A server on loopback that answers everything alike."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
        await writer.drain()
        writer.close()

    return await asyncio.start_server(answer, "127.0.0.1", 0)
