"""The API page of the real window at a real server: what it says in both languages, that its examples run, and that it
follows a server that is started again as another build."""

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from core.client.customer import AsyncClient
from core.client.errors import ServiceError
from core.errors import ERRORS, ErrorBody
from gui.api_examples import PLACEHOLDER_KEY, key_of_prefix
from gui.api_reference import ErrorCodeRow
from gui.pages.customer.api_docs import ApiDocs
from gui.settings import SavedServer
from gui.ui import Ui
from gui.widgets.code_view import CodeView
from gui.window import MainWindow
from tests.backend.furnished import Furnished, a_node, furnish
from tests.backend.server_process import BackendServer
from tests.gui.keyrings import InMemory
from tests.gui.waiting import until
from tests.gui.whole_window import connected_window, page_of, press, said

ENVIRONMENT = ("--environment", "staging", "--client-domain", "https://customer-staging.example.com")
RUN_SECONDS = 60
# The published page's own words, in its order
PUBLISHED = (
    "Python SDK / TypeScript SDK",
    "本地安装 SDK(alpha — 暂不发布到 PyPI / npm)。",
    "认证",
    "所有程序化调用需要在 X-API-Key 头中携带 API Key。请到 API Key 页面创建。",
    "产品方向",
    "GPU-Agent 是面向客户自定义训练的家庭异构算力网络。客户上传自己的数据集和训练包(Python 入口 zip),"
    "平台将训练任务规划成 CPU + GPU 计算单元 DAG,分发给具备能力的受控级家庭节点执行。"
    "请使用左侧的「数据集 / 训练包 / 训练任务」页面,并参考 customer-custom-training-guide 文档。",
    "创建训练任务",
    "幂等性",
    "在 POST /customer/training-jobs 上传 Idempotency-Key 头可让重试安全。相同 key + 相同请求体返回原任务;"
    "相同 key + 不同请求体会被 IDEMPOTENCY_CONFLICT 拒绝。",
    "分页",
    "列表接口返回 { data, page: { limit, next_cursor, has_more } }。仅支持向前游标。默认 limit 50,最大 100。",
    "查询训练任务列表",
    "查询单个训练任务",
    "查询训练任务的 compute units",
    "查询训练产物(checkpoint / metrics / logs)",
    "查询用量",
    "速率限制",
    "每个客户每分钟最多 10 个训练任务。",
    "同时运行的训练任务最多 3 个。",
    "每个客户每天最多 200 个 compute unit。",
    "所有 customer 响应都带 X-RateLimit-Limit / -Remaining / -Reset;429 响应带 Retry-After。",
    "积分规则",
    "每个完成的 compute unit 按工作负载费率扣积分。",
    "失败 / 被拒 / 校验未通过的 compute unit 不扣积分。",
    "重放的重复完成事件按 compute_unit_id 去重,不会重复扣费。",
    "错误码",
)
PUBLISHED_ROUTES = (
    "POST /customer/training-jobs",
    "GET /customer/training-jobs?limit=50&status=completed",
    "GET /customer/training-jobs/:id",
    "GET /customer/training-jobs/:id/compute-units",
    "GET /customer/training-jobs/:id/artifacts",
    "GET /customer/usage/summary",
    "GET /customer/usage/daily?days=30",
    "GET /customer/usage/export.csv?date_from=2026-04-01&date_to=2026-04-30",
    "GET /customer/credits/ledger?limit=100",
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackendServer]:
    made = BackendServer(tmp_path_factory.mktemp("api-docs") / "data", *ENVIRONMENT, "--build", "first-1")
    made.start()
    yield made
    made.close()


@pytest.fixture(scope="module")
def furnished(server: BackendServer) -> Furnished:
    """Somebody with datasets, packages, jobs and keys."""
    with a_node(server) as node:
        return furnish(server, node)


@pytest.fixture
async def page(ui: Ui, furnished: Furnished, server: BackendServer, qtbot: QtBot) -> AsyncIterator[ApiDocs]:
    """The page in a window, with all its facts."""
    await ui.session.connect_to(SavedServer("here", server.url), furnished.customer.key)
    window = MainWindow(ui)
    qtbot.addWidget(window)
    window.resize(1280, 800)
    window.show()
    window.open_page("api_docs")
    made = window.page("api_docs")
    assert isinstance(made, ApiDocs)
    await until(lambda: made.facts is not None)
    yield made
    await ui.tasks.close()
    await ui.session.disconnect_from_server()


def texts(page: ApiDocs) -> list[str]:
    """Everything that the article says, in the order of reading."""
    return [place.text() for place in page.article.places()]


async def test_in_chinese_it_has_the_words_of_the_published_page_in_its_order_and_quotes_a_newer_server(
    page: ApiDocs,
) -> None:
    page.ui.language.set("zh_CN")
    await until(lambda: page.header.title_text() == "API 文档")
    assert [text for text in texts(page) if text in PUBLISHED] == list(PUBLISHED)
    assert (page.strip.environment.value.whole_text(), page.strip.build.value.whole_text()) == ("staging", "first-1")
    assert page.strip.client_domain.value.whole_text() == "https://customer-staging.example.com"
    names = (page.strip.environment, page.strip.base_url, page.strip.client_domain, page.strip.build)
    assert [one.name.text() for one in names] == ["环境", "API 基础地址", "客户端域名", "构建"]
    assert page.contents.model().rowCount() == 12
    model = page.article.errors.model
    assert model.words(model.rows[0]) == "需要登录，或提供 API 密钥"
    newer = ErrorCodeRow("TOO_HOT", 418, "<b>Cool down</b> \u202e")
    page.article.errors.show_codes((*model.rows, newer))
    assert model.words(newer) == "<b>Cool down</b> \\u202e"


async def test_it_shows_every_published_route_all_codes_and_what_is_used_of_limits(page: ApiDocs) -> None:
    create = page.article.sections["create"].route
    assert create is not None
    lines = [create, *(line for query in page.article.queries for line, _ in query.rows.values())]
    assert tuple(f"{one.method.text()} {one.path.whole_text()}" for one in lines) == PUBLISHED_ROUTES
    rows = page.article.errors.model.rows
    assert {row.code: row.status for row in rows} == {code.value: kind.status for code, kind in ERRORS.items()}
    assert page.article.sections["errors"].note.text() == f"from this server's /meta, {len(ERRORS)} in all"
    used = page.glance.limits["active_jobs"][1].text()
    assert re.fullmatch(r"[123] / 3", used)
    assert used in [label.text() for label in page.article.sections["limits"].findChildren(QLabel)]


async def test_examples_are_of_what_is_chosen(page: ApiDocs, furnished: Furnished) -> None:
    curl, chooser = page.article.examples.views[0], page.article.chooser
    assert furnished.things["/customer/datasets", "id"][0] in curl.toPlainText()
    assert furnished.things["/customer/training-packages", "id"][0] in curl.toPlainText()
    assert PLACEHOLDER_KEY in curl.toPlainText()
    row = next(row for row in range(chooser.key.count()) if chooser.key.itemText(row).startswith("laptop"))
    chooser.key.setCurrentIndex(row)
    chooser.key.activated.emit(row)
    chooser.dataset.setCurrentIndex(0)
    chooser.dataset.activated.emit(0)
    shown = key_of_prefix(str(chooser.key.currentData()))
    assert f"X-API-Key: {shown}'" in curl.toPlainText() and "<your-dataset-uuid>" in curl.toPlainText()
    assert page.glance.header.view.toPlainText() == f"X-API-Key: {shown}"
    assert "lost" not in " ".join(chooser.key.itemText(row) for row in range(chooser.key.count()))  # it is revoked


# What it shows, run


def run(program: list[str], text: str, key: str) -> str:
    """What a program prints that reads `text`, with the user's own key in place of the placeholder."""
    done = subprocess.run(
        program,
        input=text.replace(PLACEHOLDER_KEY, key),
        env={"PATH": os.environ["PATH"], "GPU_AGENT_API_KEY": key},
        capture_output=True,
        text=True,
        timeout=RUN_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def example_of(page: ApiDocs, name: str) -> str:
    """The text behind one of the tabs, as the button copies it."""
    tabs = page.article.examples
    tabs.choose(["curl", "JavaScript fetch", "Python requests"].index(name))
    press(tabs, "Copy")
    return QGuiApplication.clipboard().text()


@pytest.mark.skipif(any(shutil.which(one) is None for one in ("curl", "jq")), reason="the page shows curl and jq")
async def test_the_curl_examples_run(page: ApiDocs, furnished: Furnished) -> None:
    key = furnished.customer.key
    create, poll, download = example_of(page, "curl").split("\n\n")
    job = json.loads(await asyncio.to_thread(run, ["sh"], create, key))
    assert (job["name"], job["required_vram_mb"]) == ("tiny-mlp-fine-tune", 8000)
    assert await asyncio.to_thread(run, ["sh"], poll.replace("<job-id>", job["id"]), key) == '"queued"'
    done = furnished.things["/customer/training-jobs", "id"][0]
    [artifact, *_] = furnished.things[f"/customer/training-jobs/{done}/artifacts", "artifact_id"]
    filled = download.replace("<job-id>", done).replace("<artifact-id>", artifact)
    url = await asyncio.to_thread(run, ["sh"], filled, key)
    assert (await asyncio.to_thread(httpx.get, url)).status_code == 200
    for query in page.article.queries:
        for operation, (_, block) in query.rows.items():
            answer = await asyncio.to_thread(run, ["sh"], block.view.toPlainText(), key)
            assert answer.startswith("charged_at," if operation == "usage_export" else "{"), operation


async def test_the_python_example_runs_and_its_key_makes_it_once(page: ApiDocs, furnished: Furnished) -> None:
    text, key = example_of(page, "Python requests"), furnished.customer.key
    first = await asyncio.to_thread(run, [sys.executable, "-"], text, key)
    assert re.fullmatch(r"[0-9a-f-]{36}", first)
    assert await asyncio.to_thread(run, [sys.executable, "-"], text, key) == first


@pytest.mark.skipif(shutil.which("node") is None, reason="the page shows JavaScript, and there is no node")
async def test_the_javascript_example_runs(page: ApiDocs, furnished: Furnished) -> None:
    text, key = example_of(page, "JavaScript fetch"), furnished.customer.key
    printed = await asyncio.to_thread(run, ["node", "--input-type=module", "-"], text, key)
    assert re.fullmatch(r"[0-9a-f-]{36}", printed)


# What a part of it can't be told


@pytest.fixture
def no_limits(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The service is too busy for one of the routes that the page asks."""

    async def refused(client: AsyncClient) -> dict[str, Any]:
        raise ServiceError(503, ErrorBody("UNAVAILABLE", "Busy."))

    monkeypatch.setattr(AsyncClient, "limits", refused)
    return monkeypatch


async def test_what_one_route_does_not_tell_is_said_and_the_rest_is_there(
    page: ApiDocs, furnished: Furnished, no_limits: pytest.MonkeyPatch
) -> None:
    before = page.facts
    page.reload()
    await until(lambda: page.facts is not before)
    assert page.banner.trouble is not None and page.banner.trouble.code == "UNAVAILABLE"
    assert furnished.things["/customer/datasets", "id"][0] in page.article.examples.views[0].toPlainText()
    assert page.openapi_button.isEnabled() and page.glance.limits["active_jobs"][1].text() == "3"
    no_limits.undo()
    press(page.banner, "Try again")
    await until(lambda: page.facts is not None and page.facts.failure is None)
    assert page.banner.trouble is None
    assert page.glance.limits["active_jobs"][1].text().endswith(" / 3")


# Its server, started again as another build


async def test_it_follows_a_server_that_is_started_again_as_another_build(
    qapp: QApplication, tmp_path: Path, working_keyring: InMemory
) -> None:
    server = BackendServer(tmp_path / "data", *ENVIRONMENT, "--build", "stage22.6-pe")
    server.start()
    try:
        async with connected_window(qapp, tmp_path / "window", server, server.new_customer()) as desktop:
            desktop.window.open_page("api_docs")
            page = page_of(desktop, ApiDocs)
            await until(lambda: page.facts is not None)
            before, build = page.facts, page.strip.build.value
            assert build.whole_text() == "stage22.6-pe" and build.isVisible()
            await asyncio.to_thread(server.stop)
            server.options = ("--environment", "production", "--build", "stage23.0", "--wheels-dir", str(tmp_path))
            await asyncio.to_thread(server.start)
            await until(lambda: build.whole_text() == "stage23.0")
            assert page.strip.environment.value.whole_text() == "production"
            await until(lambda: page.facts is not before)
            await until(lambda: "stage23.0" in desktop.window.status.build.accessibleName())
    finally:
        server.close()


# Finding one's way


async def test_a_word_is_found_wherever_it_stands(page: ApiDocs) -> None:
    page.search_here()
    QTest.keyClicks(page.search.edit, "requests.POST")
    [only] = page.finding.found
    view = page.article.examples.views[2]
    assert only.place.widget is view and view.isVisible() and view.textCursor().selectedText() == "requests.post"
    page.search.set_text("job_not_found")
    table = page.article.errors.table
    assert [index.row() for index in table.selectionModel().selectedRows()] == [
        page.article.errors.model.row_of("JOB_NOT_FOUND")
    ]
    assert not table.viewport().visibleRegion().isEmpty()
    page.search.set_text("idempotency-key")
    count = len(page.finding.found)
    assert count > 5
    first = page.finding._at
    QTest.keyClick(page.search.edit, Qt.Key.Key_Return)
    assert page.finding._at == first + 1
    QTest.keyClick(page.search.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(page.search.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert page.finding._at == count - 1
    page.search.set_text("nobody says this")
    assert page.finding.found == []
    assert page.escape() and page.search.text() == "" and not page.escape()


async def test_only_what_is_on_the_page_is_found(page: ApiDocs) -> None:
    page.search.set_text("/customer/usage")
    there = [found.place.text() for found in page.finding.found]
    assert "This server doesn't offer it." not in texts(page) and len(there) == 6  # three routes and their examples
    usage = next(query for query in page.article.queries if query.key == "usage")
    usage.show_routes(dict.fromkeys(usage.operations), dict.fromkeys(usage.operations, ""))
    page.finding.again()
    assert page.finding.found == [] and "This server doesn't offer it." in texts(page)


async def test_in_the_usual_window_no_example_is_scrolled_sideways(page: ApiDocs, qtbot: QtBot) -> None:
    qtbot.wait_until(lambda: page._area.verticalScrollBar().maximum() > 0)
    assert all(view.horizontalScrollBar().maximum() == 0 for view in page.findChildren(CodeView))
    assert page.article.examples.views[0].horizontalScrollBarPolicy() is not Qt.ScrollBarPolicy.ScrollBarAlwaysOff


async def test_the_contents_lead_to_each_section_by_keys(page: ApiDocs, qtbot: QtBot) -> None:
    bar = page._area.verticalScrollBar()
    qtbot.wait_until(lambda: bar.maximum() > 0)
    assert page.contents.current() == "sdk"
    tops = []
    for key, _ in page.article.contents()[1:]:
        QTest.keyClick(page.contents, Qt.Key.Key_Down)
        assert page.contents.current() == key
        tops.append(bar.value())
    assert tops == sorted(tops) and tops[0] > 0
    bar.setValue(0)
    assert page.contents.current() == "sdk"


async def test_the_openapi_file_is_saved_as_the_server_has_it(
    page: ApiDocs, furnished: Furnished, tmp_path: Path
) -> None:
    assert page.openapi_button.isEnabled()
    page.save_openapi(tmp_path / "openapi.json")
    await until(lambda: said(page.banner))
    assert json.loads((tmp_path / "openapi.json").read_bytes()) == furnished.http.get("/openapi.json").json()
    page.save_openapi(tmp_path / "nowhere" / "openapi.json")
    await until(lambda: "This computer refused" in said(page.banner))


async def test_a_key_that_may_do_little_reads_it_all_the_same(ui: Ui, server: BackendServer, qtbot: QtBot) -> None:
    await ui.session.connect_to(SavedServer("here", server.url), server.new_customer(scopes=["usage:read"]).key)
    made = ApiDocs(ui)
    qtbot.addWidget(made)
    made.retranslate()
    made.show()
    made.shown()
    await until(lambda: made.facts is not None)
    assert made.facts is not None and made.facts.datasets == () and made.facts.job_id is None
    assert "<your-dataset-uuid>" in made.article.examples.views[0].toPlainText() and not made.banner.isVisible()
    await ui.tasks.close()
    await ui.session.disconnect_from_server()
