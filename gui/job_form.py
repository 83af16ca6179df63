"""What a new job is made from: the fields as text and numbers, checked here where that is certain. No widget here."""

import math
from collections.abc import Mapping
from typing import Any

import msgspec
from PySide6.QtCore import QCoreApplication

from core.packages.training_toml import Param, ParamType
from core.protocol.customer import Sensitivity, SubmitJob
from core.protocol.uploads import StoredContent

translate = QCoreApplication.translate


class JobForm(msgspec.Struct, frozen=True, kw_only=True):
    """The form as it is filled in. `params` holds only those that differ from the package's defaults."""

    name: str
    dataset_id: str | None
    training_package_id: str | None
    required_vram_mb: int
    required_disk_mb: int
    max_runtime_seconds: int
    sensitivity: Sensitivity
    params: dict[str, Any]


class FormProblems(msgspec.Struct, frozen=True):
    """What is wrong, by field; the fields of the API, and `params.<name>`."""

    by_field: dict[str, str]

    def __bool__(self) -> bool:
        return bool(self.by_field)


def request_of(form: JobForm) -> SubmitJob | FormProblems:
    """What is sent, or what is missing."""
    problems: dict[str, str] = {}
    if not form.name.strip():
        problems["name"] = translate("job_form", "Give it a name")
    if form.dataset_id is None:
        problems["dataset_id"] = translate("job_form", "Choose a dataset")
    if form.training_package_id is None:
        problems["training_package_id"] = translate("job_form", "Choose a training package")
    if problems or form.dataset_id is None or form.training_package_id is None:
        return FormProblems(problems)
    return SubmitJob(
        name=form.name.strip(),
        dataset_id=form.dataset_id,
        training_package_id=form.training_package_id,
        required_vram_mb=form.required_vram_mb,
        required_disk_mb=form.required_disk_mb,
        max_runtime_seconds=form.max_runtime_seconds,
        sensitivity=form.sensitivity,
        params=form.params or None,
    )


def params_of(package: StoredContent | None) -> dict[str, Param]:
    """The parameters that a package offers; none where the service says nothing readable of them."""
    told = package.training.get("params") if package is not None and package.training else None
    if not isinstance(told, dict):
        return {}
    params: dict[str, Param] = {}
    for name, value in told.items():
        try:
            params[str(name)] = msgspec.convert(value, Param)
        except msgspec.ValidationError:
            continue  # a newer kind: it keeps its default
    return params


def vram_of(package: StoredContent | None) -> int:
    """MiB of VRAM that a package asks for by itself."""
    told = package.training.get("resources") if package is not None and package.training else None
    value = told.get("vram_mb") if isinstance(told, dict) else None
    return value if isinstance(value, int) else 0


def read_param(param: Param, text: str) -> Any:
    """A parameter's value from what was typed. Raises ValueError with words for the person who typed."""
    text = text.strip()
    match param.type:
        case ParamType.BOOL:
            return text == "true"
        case ParamType.CHOICE | ParamType.STRING:
            return text
    number: float
    try:
        number = int(text) if param.type is ParamType.INT else float(text)
    except ValueError:
        whole = param.type is ParamType.INT
        words = translate("job_form", "A whole number") if whole else translate("job_form", "A number")
        raise ValueError(words) from None
    if not math.isfinite(number):
        raise ValueError(translate("job_form", "A number"))
    if param.min is not None and number < param.min:
        raise ValueError(translate("job_form", "{0} or more").format(param.min))
    if param.max is not None and number > param.max:
        raise ValueError(translate("job_form", "{0} or less").format(param.max))
    return number


def problems_of(details: Mapping[str, str], known: set[str]) -> tuple[dict[str, str], list[str]]:
    """A refusal's rows: those that belong to a field of the form, and the words of the others."""
    placed: dict[str, str] = {}
    others: list[str] = []
    for field, message in details.items():
        if field in known:
            placed[field] = message
        else:
            others.append(f"{field}: {message}")
    return placed, others
