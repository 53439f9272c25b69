"""Put the checks to a candidate: one suite per frame, results in French, and no failure that stops the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from expectations import suites
from expectations.candidate import Candidate, FrameError, first_line
from expectations.settings import Check, Thresholds, UnknownThresholdError
from expectations.verdict import NATIONAL, CheckResult
from expectations.wording import typeset, worded

if TYPE_CHECKING:
    import pandas as pd

ROWS_KEPT = 200
LINES_KEPT = 50
CAMPAIGN = "campaign"
EVERY_TERRITORY = "territories"
TERRITORY = "territory_id"
ENGINE_OWNER = "équipe technique"
ENGINE_NEXT_STEP = (
    "Le contrôle n'a pas pu être mené : ce n'est pas un défaut des données, et ce n'est pas une garantie non plus. "
    "Transmettre ce message à l'équipe technique, puis relancer la construction."
)


class Hearing:
    """One candidate being questioned. Frames are computed once; `kept` gathers what Great Expectations answered."""

    def __init__(self, candidate: Candidate, thresholds: Thresholds, suite_names: Mapping[str, str]) -> None:
        """`suite_names`: French name of each suite."""
        self._suite_names = suite_names
        self.kept: list[dict[str, Any]] = []
        self._candidate = candidate
        self._thresholds = thresholds
        self._frames: dict[str, pd.DataFrame] = {}
        self._has_answers = candidate.has_answers
        self._numbers: dict[str, Any] = dict(thresholds.numbers())
        publications = candidate.publications()
        self._names = {territory_id: name for territory_id, name, _ in publications}
        self._nation = next((name for _, name, national in publications if national), "")

    def results(self, checks: Iterable[Check]) -> list[CheckResult]:
        """Results in the order of the checks; one on territories gives a result per territory that fails, or one."""
        asked = list(checks)
        by_frame: dict[str, list[Check]] = {}
        for check in asked:
            by_frame.setdefault(check.frame, []).append(check)
        found: dict[str, list[CheckResult]] = {}
        for frame_name, its_checks in by_frame.items():
            found |= self._results_of_frame(frame_name, its_checks)
        return [result for check in asked for result in found[check.id]]

    def _results_of_frame(self, frame_name: str, checks: list[Check]) -> dict[str, list[CheckResult]]:
        try:
            frame = self._frame(frame_name)
            answers = self._answers(frame_name, frame, checks)
        except Exception as error:  # the boundary: whatever breaks inside a check is an engine error, never a datum
            return {check.id: [self._unanswered(check, _reason(error))] for check in checks}
        return {check.id: self._results_or_error(check, frame, answers[check.id]) for check in checks}

    def _results_or_error(self, check: Check, frame: pd.DataFrame, answer: suites.Answer | str) -> list[CheckResult]:
        try:
            return self._results(check, frame, answer)
        except Exception as error:  # the same boundary, for what is told of one check
            return [self._unanswered(check, _reason(error))]

    def _frame(self, name: str) -> pd.DataFrame:
        if name not in self._frames:
            self._frames[name] = self._candidate.frame(name)
        return self._frames[name]

    def _answers(self, name: str, frame: pd.DataFrame, checks: list[Check]) -> dict[str, suites.Answer | str]:
        """By check id: what Great Expectations answers, or why the check can't be put."""
        reasons: dict[str, suites.Answer | str] = {}
        for check in checks:
            try:
                suites.arguments(check, self._thresholds)
            except UnknownThresholdError as error:
                reasons[check.id] = str(error)
        asked = [check for check in checks if check.id not in reasons]
        examined = suites.examine(name, frame, asked, self._thresholds) if asked and not frame.empty else {}
        self.kept.append({"suite": name, "rows": len(frame), "results": [answer.kept for answer in examined.values()]})
        return {check.id: suites.NOTHING_TO_SEE for check in asked} | reasons | examined

    def _results(self, check: Check, frame: pd.DataFrame, answer: suites.Answer | str) -> list[CheckResult]:
        reason = answer if isinstance(answer, str) else answer.error
        if isinstance(answer, str) or reason is not None:
            return [self._unanswered(check, str(reason))]
        examined = frame if check.scope == CAMPAIGN else frame[frame[suites.NATIONAL_ROWS] == (check.scope == NATIONAL)]
        if examined.empty and check.empty == "error" and self._has_answers:
            return [self._unanswered(check, "aucune ligne à contrôler")]
        if answer.passed:
            return [self._answered(check, examined, None)]
        failing = frame.iloc[list(answer.failing)] if answer.failing else examined
        if check.scope != EVERY_TERRITORY:
            return [self._answered(check, examined, failing)]
        return [
            self._answered(check, examined[examined[TERRITORY] == territory_id], rows, str(territory_id))
            for territory_id, rows in failing.groupby(TERRITORY, sort=False)
        ]

    def _answered(
        self, check: Check, examined: pd.DataFrame, failing: pd.DataFrame | None, territory_id: str | None = None
    ) -> CheckResult:
        """A result in French. `failing` is None when the check passed."""
        behind = examined.iloc[:0] if failing is None else self._rows_behind(check, failing)
        rows = _records(behind.head(ROWS_KEPT))
        values = self._numbers | {
            "failing": 0 if failing is None else len(failing),
            "examined": len(examined),
            "worst": _worst(suites.arguments(check, self._thresholds), examined if failing is None else failing),
        }
        scope = territory_id or (EVERY_TERRITORY if check.scope == EVERY_TERRITORY else NATIONAL)
        return CheckResult(
            id=check.id,
            suite=check.suite,
            suite_fr=self._suite_names.get(check.suite, check.suite),
            question_fr=typeset(check.question_fr),
            owner=check.owner,
            severity=check.severity,
            passed=failing is None,
            observed="rien à contrôler" if examined.empty else worded(check.observed_fr, values),
            expected=worded(check.expected_fr, values),
            next_step_fr="" if failing is None else typeset(check.next_step_fr),
            scope=scope,
            scope_label=self._label(scope),
            reaches=check.reaches,
            rows=rows,
            row_lines=[worded(check.row_fr, row) for row in rows[:LINES_KEPT]] if check.row_fr else [],
            rows_total=len(behind),
        )

    def _unanswered(self, check: Check, reason: str) -> CheckResult:
        return CheckResult(
            id=check.id,
            suite=check.suite,
            suite_fr=self._suite_names.get(check.suite, check.suite),
            question_fr=typeset(check.question_fr),
            owner=ENGINE_OWNER,
            severity="block",
            passed=False,
            observed="contrôle impossible",
            expected="contrôle mené à son terme",
            next_step_fr=typeset(ENGINE_NEXT_STEP),
            scope_label=self._label(NATIONAL),
            reaches="all",
            error=typeset(f"erreur du moteur de contrôle : {reason}"),
        )

    def _rows_behind(self, check: Check, failing: pd.DataFrame) -> pd.DataFrame:
        if check.rows_from is None:
            return failing
        keys = failing[list(check.rows_from.keys)].drop_duplicates()
        return self._frame(check.rows_from.frame).merge(keys, on=list(check.rows_from.keys), how="inner")

    def _label(self, scope: str) -> str:
        return self._names.get(scope, "tous les territoires" if scope == EVERY_TERRITORY else self._nation)


def _reason(error: Exception) -> str:
    """Why a check could not be put: in French where the candidate knows why, else what the engine says."""
    return str(error) if isinstance(error, FrameError) else first_line(error)


def _worst(arguments: dict[str, Any], rows: pd.DataFrame) -> float | None:
    """The value furthest out: the lowest when it lies under the minimum or no maximum is set, else the highest."""
    column, minimum, maximum = (arguments.get(name) for name in ("column", "min_value", "max_value"))
    if column is None or rows.empty:
        return None
    lowest, highest = float(rows[column].min()), float(rows[column].max())
    return lowest if maximum is None or (minimum is not None and lowest < minimum) else highest


def _records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as plain values: None for what is missing, decimals to the sixth figure, helper columns left out."""
    columns = [name for name in rows.columns if name != suites.NATIONAL_ROWS]
    return [
        {name: _plain(value) for name, value in zip(columns, values, strict=True)}
        for values in rows[columns].itertuples(index=False, name=None)
    ]


def _plain(value: Any) -> Any:
    import pandas as pd

    value = value.item() if hasattr(value, "item") else value
    if pd.isna(value):
        return None
    return round(value, 6) if isinstance(value, float) else value if isinstance(value, bool | int) else str(value)
