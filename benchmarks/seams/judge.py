"""One seam after the other: what a reply should become, what it became, and what that took."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random
from time import thread_time_ns

from benchmarks.seams.asked import Ask, Class, Phrases, Reply, Stance
from benchmarks.seams.baselines import BASELINES
from benchmarks.seams.behaviours import BEHAVIOURS
from benchmarks.seams.cuts import HERE, Cut, Text, cut, cut_points, echo_cuts
from benchmarks.seams.lapses import legitimate
from storygen.manuscript.seam import Seam, stitch
from storygen.text.tokens import count_tokens


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one seam, the processor's time for it, in ns, and the plain joins that are exact."""

    behaviour: str
    stance: Stance
    family: str
    expected: Class
    right: bool
    exact: bool
    flagged: bool
    took: int
    ask: Ask
    reply: Reply
    seam: Seam
    baselines: frozenset[str]

    @property
    def silent(self) -> bool:
        """Whether the seam is wrong and nobody is told."""
        return not self.right and not self.flagged


def outcomes(texts: list[Text], phrases: Phrases, *, cuts: int, seed: int) -> Iterator[Outcome]:
    """Try every behaviour at *cuts* cuts of each of *texts*, then what is repeated on purpose."""
    for source in texts:
        for arrived in cut_points(source, count=cuts, seed=seed):
            for prefill in (False, True):
                made = cut(source, arrived, prefill=prefill)
                if made.old:
                    yield from _behave(made, phrases, prefill=prefill, seed=seed)
        for made in echo_cuts(source):
            yield from _go_on("real repetition", made, phrases)


def pairs(phrases: Phrases) -> Iterator[Outcome]:
    """Try the texts that sound like something else."""
    table = tomllib.loads((HERE / "legitimate.toml").read_text("utf-8"))
    for number, pair in enumerate(table["pairs"]):
        kept = table["before"] + pair["kept"]
        source = Text(f"pairs-{number}", kept + pair["rest"])
        yield from _go_on("sounds like a model", Cut(source, kept, kept), phrases)


def discarded(texts: list[Text], *, cuts: int, seed: int, prefill: bool) -> float:
    """Return how many tokens are thrown away at a cut, on average."""
    made = [
        cut(source, arrived, prefill=prefill)
        for source in texts
        for arrived in cut_points(source, count=cuts, seed=seed)
    ]
    return sum(count_tokens(one.arrived) - count_tokens(one.kept) for one in made) / len(made)


def _behave(made: Cut, phrases: Phrases, *, prefill: bool, seed: int) -> Iterator[Outcome]:
    stances = {Stance.PREFILL} if prefill else set(Stance) - {Stance.PREFILL}
    for name, (behaviour, tried) in BEHAVIOURS.items():
        for stance in sorted(stances & tried):
            random = Random(f"{seed} {name} {stance} {made.source.name} {len(made.arrived)}")
            ask = Ask(made, stance, random, phrases)
            reply = behaviour(ask)
            if reply is not None:
                yield _judged(name, ask, reply)


def _go_on(name: str, made: Cut, phrases: Phrases) -> Iterator[Outcome]:
    for stance in (Stance.OBEYED, Stance.IGNORED, Stance.PREFILL):
        ask = Ask(made, stance, Random(0), phrases)
        reply = legitimate(ask)
        if made.old and reply is not None:
            yield _judged(name, ask, reply)


def _judged(name: str, ask: Ask, reply: Reply) -> Outcome:
    started = thread_time_ns()
    seam = _seam(ask.cut, reply.text if not reply.cuts else _begun(ask, ask.cut, reply.cuts[0]), ask)
    took = thread_time_ns() - started
    for length in (*reply.cuts[1:], len(ask.cut.source.text)) if reply.cuts else ():
        seam = _next_leg(ask, seam, length)
    wanted = ask.cut.source.text.rstrip()
    exact = seam.text.rstrip() == wanted
    right = _is_right(ask.cut, reply, seam, exact=exact)
    return Outcome(
        name,
        ask.stance,
        ask.cut.source.family,
        reply.expected,
        right,
        exact,
        seam.doubtful,
        took,
        ask,
        reply,
        seam,
        frozenset(
            name for name, join in BASELINES.items() if join(ask.cut.old, reply.text).rstrip() == wanted
        ),
    )


def _plainly_exact(old: str, reply: str, wanted: str) -> frozenset[str]:
    return frozenset(name for name, join in BASELINES.items() if join(old, reply).rstrip() == wanted)


def _is_right(made: Cut, reply: Reply, seam: Seam, *, exact: bool) -> bool:
    """Whether *seam* is what can be expected of *reply*."""
    match reply.expected:
        case Class.RECOVERABLE | Class.LEGITIMATE | Class.UNKNOWABLE:
            return exact
        case Class.AMBIGUOUS:
            return exact or seam.doubtful
        case Class.PARAPHRASE:
            return seam.doubtful and seam.text.startswith(made.old)
        case Class.ENDED:
            return seam.text == made.kept and (seam.doubtful or not reply.text.strip("\u200b\ufeff \n"))


def _seam(made: Cut, reply: str, ask: Ask) -> Seam:
    anchored = ask.stance is not Stance.PREFILL
    return stitch(made.kept, reply, anchor=made.anchor if anchored else None, title=made.title)


def _begun(ask: Ask, made: Cut, length: int) -> str:
    said = replace(ask, cut=made).said
    lead = len(said) - len(made.rest if ask.stance is not Stance.IGNORED else made.rest.lstrip())
    return said[: lead + length]


def _next_leg(ask: Ask, seam: Seam, length: int) -> Seam:
    """Go on once more with a text that was cut off again; a doubt stays."""
    if seam.text.rstrip() == ask.cut.source.text.rstrip() or not ask.cut.source.text.startswith(seam.text):
        return seam
    made = cut(ask.cut.source, seam.text, prefill=ask.stance is Stance.PREFILL)
    grown = _seam(made, _begun(ask, made, length), ask)
    return Seam(grown.text, grown.doubtful or seam.doubtful, grown.removed, grown.why or seam.why)
