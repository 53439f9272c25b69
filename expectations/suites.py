"""Great Expectations, as the gate uses it: one suite per frame, on pandas, in an ephemeral context, nothing written.

The library takes seconds to import: it is imported on first use, and `preload` lets a caller pay beside other work.
"""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from expectations.settings import Check, Thresholds

if TYPE_CHECKING:
    import pandas as pd
    from great_expectations.core.batch_definition import BatchDefinition

SEVERITY = {"block": "critical", "reserve": "warning", "info": "info"}
NATIONAL_ROWS = "is_national"
_OPENING = threading.Lock()
KEPT = ("element_count", "unexpected_count", "unexpected_percent", "missing_count", "observed_value")


@dataclass(frozen=True)
class Answer:
    """What Great Expectations found for one check: success, positions of the failing rows, or why it could not tell.

    `kept` is the result as a release keeps it: no data, no path, nothing that changes from run to run.
    """

    check: str
    passed: bool
    failing: tuple[int, ...]
    error: str | None
    kept: dict[str, Any]


NOTHING_TO_SEE = Answer(check="", passed=True, failing=(), error=None, kept={})


def preload() -> None:
    """Import Great Expectations and open its context, e.g. in a thread while the candidate is being built."""
    _batch_definition()


def examine(frame_name: str, frame: pd.DataFrame, checks: list[Check], thresholds: Thresholds) -> dict[str, Answer]:
    """Run the checks of one frame as one suite. Answers by check id.

    Only what fails is asked again for its rows: passing is the rule, and rows are what costs.
    """
    answers = _validated(frame_name, frame, checks, thresholds, "BASIC")
    failing = [check for check in checks if not answers[check.id].passed and answers[check.id].error is None]
    return answers | (_validated(frame_name, frame, failing, thresholds, "COMPLETE") if failing else {})


def _validated(
    frame_name: str, frame: pd.DataFrame, checks: list[Check], thresholds: Thresholds, result_format: str
) -> dict[str, Answer]:
    from great_expectations import ExpectationSuite

    suite = ExpectationSuite(name=frame_name, expectations=[_configuration(check, thresholds) for check in checks])
    batch = _batch_definition().get_batch({"dataframe": frame})
    validation = batch.validate(suite, result_format={"result_format": result_format})
    return {answer.check: answer for answer in map(_answer, validation.results)}


def arguments(check: Check, thresholds: Thresholds) -> dict[str, Any]:
    """The arguments of the check's expectation, thresholds filled in. Raises `UnknownThresholdError`."""
    return {
        name: thresholds.number(value[1:]) if isinstance(value, str) and value.startswith("$") else value
        for name, value in check.params.items()
    }


def _configuration(check: Check, thresholds: Thresholds) -> dict[str, Any]:
    rows: dict[str, Any] = {}
    if check.scope != "campaign":
        rows["row_condition"] = {
            "type": "comparison",
            "column": {"name": NATIONAL_ROWS},
            "operator": "==",
            "parameter": check.scope == "national",
        }
    return {
        "type": check.expectation,
        "kwargs": arguments(check, thresholds) | rows,
        "severity": SEVERITY[check.severity],
        "meta": {"check": check.id},
    }


def _answer(result: Any) -> Answer:
    found = result.result or {}
    error = _error(result.exception_info or {})
    if error is None and found.get("missing_count"):
        error = f"{found['missing_count']} ligne(s) sans valeur à contrôler"
    config = result.expectation_config.to_json_dict()
    kept = {
        "check": config["meta"]["check"],
        "expectation": config["type"],
        "kwargs": {name: value for name, value in config["kwargs"].items() if name != "batch_id"},
        "success": bool(result.success),
        "result": {name: _plain(found[name]) for name in KEPT if name in found},
        "error": error,
    }
    failing = tuple(int(position) for position in found.get("unexpected_index_list") or ())
    return Answer(config["meta"]["check"], bool(result.success) and error is None, failing, error, kept)


def _error(exception_info: dict[str, Any]) -> str | None:
    """The message of the first exception; Great Expectations keeps one flat, and several by metric."""
    infos = [exception_info] if "raised_exception" in exception_info else list(exception_info.values())
    messages = [str(info["exception_message"]) for info in infos if info.get("raised_exception")]
    return messages[0].splitlines()[0] if messages else None


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


def _batch_definition() -> BatchDefinition:
    with _OPENING:
        return _opened_batch_definition()


@cache
def _opened_batch_definition() -> BatchDefinition:
    """One asset for every frame: each asset added to a context makes it write its whole configuration again."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    asset = context.data_sources.add_pandas("candidate").add_dataframe_asset("frame")
    return asset.add_batch_definition_whole_dataframe("frame")
