"""Holds the dashboard to the metrics: what it draws is exported, and all that is exported is drawn."""

import json
import re
from pathlib import Path
from typing import Any

from prometheus_client.core import Metric

from backend.metrics import Metrics, families
from backend.metrics_readings import Counts, Reading, StoredBytes
from backend.settings import Settings

FOLDER = Path(__file__).parents[2] / "resources" / "dashboards"
DASHBOARD: dict[str, Any] = json.loads((FOLDER / "gpu-agent.json").read_text(encoding="utf-8"))
_NAME = re.compile(r"\b(?:gpu_agent|process|python)_[a-z0-9_]+")
# Of Python's own, which every such program exports
_NOT_WORTH_DRAWING = {"process_virtual_memory_bytes"}


def exported(tmp_path: Path) -> dict[str, Metric]:
    """All families of a server, by name."""
    settings = Settings(data_dir=tmp_path, host="127.0.0.1", port=1, public_url="http://127.0.0.1:1")
    metrics = Metrics(settings)
    reading = Reading(0.0, 0.0, Counts({}, {}, 0, {}, {}, {}), {}, 0)
    metrics.live.set(families(reading, StoredBytes(0.0, 0), [], event_streams=0, node_polls=0, now=0.0))
    return {family.name: family for family in metrics.registry.collect()}


def sample_names(family: Metric) -> set[str]:
    """What its samples are called, as queries name them."""
    suffixes = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}.get(family.type, ("",))
    return {family.name + suffix for suffix in suffixes}


def drawn() -> set[str]:
    expressions = [target["expr"] for panel in DASHBOARD["panels"] for target in panel.get("targets", [])]
    return {name for expression in expressions for name in _NAME.findall(expression)}


def test_what_the_dashboard_draws_is_exported(tmp_path: Path) -> None:
    names = {name for family in exported(tmp_path).values() for name in sample_names(family)}
    assert drawn() - names == set()


def test_what_the_service_exports_is_drawn(tmp_path: Path) -> None:
    left_out = {
        name
        for name, family in exported(tmp_path).items()
        if not name.startswith("python_") and not sample_names(family) & drawn()
    }
    assert left_out == _NOT_WORTH_DRAWING


def test_every_metric_says_what_it_is_in_words(tmp_path: Path) -> None:
    assert [name for name, family in exported(tmp_path).items() if len(family.documentation) < 6] == []


def test_panels_do_not_overlap_and_have_names_and_units() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        assert all(x < 24 for x, _ in cells)
        taken |= cells
        assert panel["title"]
        assert panel["type"] == "row" or panel["fieldConfig"]["defaults"]["unit"]


def test_it_asks_for_its_data_source_and_names_none_of_ours() -> None:
    sources = {panel["datasource"]["uid"] for panel in DASHBOARD["panels"] if panel["type"] != "row"}
    assert sources == {"${datasource}"}


def test_the_sample_of_a_scrape_names_what_the_service_answers() -> None:
    text = (FOLDER / "prometheus.yml").read_text(encoding="utf-8")
    assert "metrics_path: /metrics\n" in text and "type: Bearer\n" in text
    assert "admin-keys create --name prometheus --metrics-only -q" in text
