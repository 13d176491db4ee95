"""Use the evidence of steps again whose code is the same as in the check before, while a file is worked on.

Only what one's own code is checked with uses this, within one process: `grader check --watch` and `check()` in
notebooks. The file itself is executed each time, and at least one step.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from grader.grading.code_parts import CodeParts, split_code
from grader.grading.results import Graded, PriorEvidence
from grader.protocol.messages import Evidence
from grader.protocol.plan import (
    BuildBase,
    BuildChain,
    BuildStandIn,
    Call,
    Describe,
    ReadGlobal,
    Step,
    TraceInTraining,
    uses,
)
from grader.protocol.submission import Submission

NETWORK_STATE = "module keras"  # the names of layers count all that were built before in the same process


@dataclass(frozen=True)
class _Check:
    """A check that was finished."""

    context: str
    keys: Mapping[str, str]
    """A hash of the code that each step depends on, by the step's id."""
    graded: Graded


class StepReuse:
    """Remembers the last check of a file, for the next one."""

    def __init__(self) -> None:
        self._last: _Check | None = None
        self._steps: dict[str, Step] = {}

    def note_steps(self, steps: Iterable[Step]) -> None:
        """Remember steps of a plan that is executed."""
        self._steps |= {step.id: step for step in steps}

    def find_prior(self, submission: Submission, context: str) -> PriorEvidence | None:
        """Return the evidence that the check of a new text of the file need not make again.

        Args:
            submission: the new text.
            context: of the check: all that evidence depends on besides the text. Another one forgets everything.
        """
        last = self._last
        if last is None or last.context != context:
            self._last, self._steps = None, {}
            return None
        keys = self._make_keys(submission)
        lasting = set(last.graded.returned) & set(last.graded.evidence.bodies)
        same = {step for step in lasting if step in keys and keys[step] == last.keys.get(step)}
        cheapest = self._find_cheapest(same, submission)
        if cheapest is None:
            return None
        same.remove(cheapest)  # it is done again, so that there is a run of the file
        described = {id_ for id_, step in self._steps.items() if isinstance(step, Describe | TraceInTraining)}
        evidence = last.graded.evidence
        is_network_same = described & set(evidence.bodies) <= same
        return PriorEvidence(
            Evidence(
                bodies={step: evidence.bodies[step] for step in evidence.bodies if step in same},
                replays=evidence.replays if is_network_same else {},
            ),
            seeds=last.graded.verdict.seeds if is_network_same else (),
        )

    def remember(self, submission: Submission, context: str, graded: Graded) -> None:
        """Remember a check that was finished."""
        self._last = _Check(context, self._make_keys(submission), graded)

    def _find_cheapest(self, ids: Iterable[str], submission: Submission) -> str | None:
        """Return one of some steps that takes least time, has nothing to do with networks and draws nothing."""
        parts = split_code(submission)
        steps = [self._steps[id_] for id_ in sorted(ids)]
        calls = [s for s in steps if isinstance(s, Call | ReadGlobal) and not getattr(s, "figure", False)]
        calls = [s for s in calls if parts is not None and not _is_network_step(s, self._steps, parts)]
        return min(calls, key=lambda step: step.limit_seconds).id if calls else None

    def _make_keys(self, submission: Submission) -> Mapping[str, str]:
        parts = split_code(submission)
        if parts is None:
            return dict.fromkeys(self._steps, submission.sha256)
        of_network = {s.id for s in self._steps.values() if _is_network_step(s, self._steps, parts)}
        together = parts.hash_parts(_list_names(self._steps[step] for step in of_network))
        return {
            step.id: together if step.id in of_network else parts.hash_parts(_list_names([step]))
            for step in self._steps.values()
        }


def _list_names(steps: Iterable[Step]) -> set[str]:
    """Return the global names that steps call or read."""
    return {
        step.function if isinstance(step, Call) else step.name
        for step in steps
        if isinstance(step, Call | ReadGlobal)
    }


def _is_network_step(step: Step, steps: Mapping[str, Step], parts: CodeParts) -> bool:
    """Return whether what a step leaves depends on the networks that were built before it."""
    return _is_of_network(step, steps) or NETWORK_STATE in parts.find_state(_list_names([step]))


def _is_of_network(step: Step, steps: Mapping[str, Step]) -> bool:
    """Return whether a step builds or describes a network, or takes part in that."""
    if isinstance(step, BuildStandIn | BuildChain | BuildBase | Describe | TraceInTraining) or uses(step):
        return True
    return any(step.id in uses(other) for other in steps.values())
