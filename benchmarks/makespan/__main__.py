"""Write many documents on a virtual clock and print one table: `python -m benchmarks.makespan`."""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import anyio
from trio.testing import MockClock

from benchmarks.makespan.provider import TOKENS, WORDS, Limits, Provider
from storygen.desk.allowance import Allowance
from storygen.desk.project import Project, open_project
from storygen.desk.write_all import awrite_all
from storygen.writer.events import Event, Finished

SEED = 20_261_122
MINUTE = 60.0
NONE = Limits()
TIGHT = Limits(requests=200, input_tokens=500_000, output_tokens=180_000)


@dataclass(frozen=True, slots=True)
class Case:
    """What one row tries: so many documents of so many sections, jobs, and what the provider grants."""

    name: str
    documents: int
    sections: int
    jobs: int
    limits: Limits
    reserving: bool = False
    trouble: float = 0.0
    most: float = 1.03


@dataclass(frozen=True, slots=True)
class Found:
    """What came of a case: seconds of the virtual clock, requests a thousand turned away, finishing times."""

    case: Case
    seconds: float
    bound: float
    turned_away: float
    fairness: float

    @property
    def ratio(self) -> float:
        """How many times the lower bound it took."""
        return self.seconds / self.bound

    @property
    def met(self) -> bool:
        """Whether all targets are met."""
        return self.ratio <= self.case.most and self.turned_away <= 5 and self.fairness <= 1.3


CASES = (
    Case("16 documents, no limits", 16, 30, 16, NONE),
    Case("64 documents, no limits", 64, 30, 64, NONE),
    Case("64 documents, 16 jobs, no limits", 64, 30, 16, NONE),
    Case("64 documents, limits, 2 % 429", 64, 30, 64, TIGHT, trouble=0.02, most=1.10),
    Case(
        "64 documents, max_tokens reserved, 2 % 429",
        64,
        30,
        64,
        TIGHT,
        reserving=True,
        trouble=0.02,
        most=1.10,
    ),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line asks for; 1 if a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.makespan", description=__doc__)
    parser.add_argument("--seed", type=int, default=SEED, help=f"decides service times (default: {SEED})")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write one JSON as well")
    options = parser.parse_args(arguments)
    print(f"{'':<46}{'minutes':>9}{'bound':>8}{'ratio':>8}{'target':>8}{'429/1000':>10}{'p95/p50':>9}")
    rows = []
    for case in CASES:
        found = run(case, seed=options.seed)
        rows.append(found)
        print(_row(found), flush=True)
    if options.output:
        spelled = [_spelled(found) for found in rows]
        options.output.write_text(
            json.dumps({"seed": options.seed, "rows": spelled}, indent=2) + "\n", "utf-8"
        )
    return 0 if all(found.met for found in rows) else 1


def run(case: Case, *, seed: int) -> Found:
    """Write the documents of *case*, and hold what that took against the lower bound."""
    provider = Provider(case.limits, seed, case.reserving, case.trouble)
    finished: dict[Path, float] = {}

    async def write(projects: list[Project]) -> float:
        began = provider.begins = anyio.current_time()

        def tell(project: Project, event: Event) -> None:
            if isinstance(event, Finished):
                finished[project.outline.path] = anyio.current_time() - began

        outcomes = await awrite_all(
            projects,
            allowance=Allowance.of(*projects),
            wire=provider.wire,
            tell=lambda project: lambda event: tell(project, event),
        )
        for each in outcomes:
            if not (each.written and each.written.whole):
                raise SystemExit(f"{each.project.outline.title} is not whole: {each.error or each.written}")
        return anyio.current_time() - began

    with tempfile.TemporaryDirectory() as folder:
        projects = list(_projects(case, Path(folder)))
        clock = {"clock": MockClock(autojump_threshold=0)}
        seconds = anyio.run(write, projects, backend="trio", backend_options=clock)
    times = sorted(finished.values())
    return Found(
        case,
        seconds,
        bound(case, provider),
        1_000 * provider.turned_away / provider.asked,
        times[int(0.95 * (len(times) - 1))] / statistics.median(times),
    )


def bound(case: Case, provider: Provider) -> float:
    """Return the seconds that no client can go below: the longest chain, the seats, or a limit.

    What a full bucket gives at the start is taken off. Where max_tokens is set aside, the very last request
    leaves when all of its own is there besides what the others wrote, and then still takes its time.
    """
    sections = case.documents * case.sections
    limits = case.limits
    return max(
        *provider.chains.values(),
        provider.service / case.jobs,
        MINUTE * (sections / limits.requests - 1),
        MINUTE * (provider.input_tokens / limits.input_tokens - 1),
        MINUTE * (sections * TOKENS / limits.output_tokens - 1) + _last(case, provider),
    )


def _last(case: Case, provider: Provider) -> float:
    if not case.reserving:
        return 0.0
    besides = MINUTE * (provider.least - TOKENS) / case.limits.output_tokens
    return besides + min(provider.last.values())


def _projects(case: Case, folder: Path) -> Iterator[Project]:
    titles = "".join(f"  - title: Section {number}\n" for number in range(case.sections))
    for number in range(case.documents):
        path = folder / f"{number:02}.yaml"
        path.write_text(
            f"title: Document {number}\nwords: {case.sections * WORDS}\nsections:\n{titles}", "utf-8"
        )
        yield open_project(
            path,
            environ={"ANTHROPIC_API_KEY": "sk-ant-none", "STORYGEN_MODEL": "claude-opus-4-8"},
            flags={"jobs": case.jobs},
        )


def _row(found: Found) -> str:
    times = f"{found.seconds / MINUTE:>9.1f}{found.bound / MINUTE:>8.1f}"
    verdict = "" if found.met else "  MISSED"
    rest = f"{found.ratio:>8.3f}{found.case.most:>8.2f}{found.turned_away:>10.1f}{found.fairness:>9.2f}"
    return f"{found.case.name:<46}{times}{rest}{verdict}"


def _spelled(found: Found) -> dict[str, object]:
    return {
        "case": found.case.name,
        "seconds": found.seconds,
        "bound": found.bound,
        "ratio": found.ratio,
        "rejected_per_1000": found.turned_away,
        "p95_to_p50": found.fairness,
    }


if __name__ == "__main__":
    sys.exit(main())
