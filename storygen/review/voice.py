"""Whether a text keeps to the person and the tense that the outline declares; speech is left out of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from storygen.draft import Finding
from storygen.outline.tree import Kind
from storygen.review.layers import paragraphs
from storygen.review.page import Page, clipped
from storygen.review.rules import PERSON, TENSE
from storygen.review.vocabulary import (
    Person,
    Tense,
    Vocabulary,
    code_of,
    declared_person,
    declared_tense,
    vocabulary,
)
from storygen.text.words import plain_spans, plain_words

ENOUGH = 120
"""Words of narration in which a narrator who says I, or you, has surely said it."""

_SLIPS = 2
"""Words of another person in one paragraph that are no accident."""

_ACTS = 2
_VERBS = 3
_OTHERS = 4
_LEAST_PAST = 6
_SENTENCE = re.compile(r"[^.!?…\n]*(?:\n(?![ \t]*\n)[^.!?…\n]*)*(?:[.!?…]+|\n|\Z)")


@dataclass(frozen=True, slots=True)
class Verbs:
    """What the verbs of a span of narration show: present and past, and which of them are acts."""

    span: tuple[int, int]
    words: int
    acts: tuple[tuple[int, int], ...]
    states: int
    past: int

    @property
    def present(self) -> int:
        """All that shows the present tense."""
        return len(self.acts) + self.states


def is_checked(tag: str) -> bool:
    """Whether person and tense can be checked in the language *tag*."""
    return bool(vocabulary(code_of(tag)).person)


def strange_person(page: Page, kind: Kind) -> Iterator[Finding]:
    """Yield a finding where *page* is not told in the person that is declared for it."""
    known = vocabulary(code_of(page.lang))
    match declared_person(page.section.style.person) if known.person else None:
        case Person.THIRD:
            yield from _slips(page, known.person["narrator"], Person.THIRD, least=_SLIPS)
        case Person.SECOND if kind is Kind.DOCS:
            yield from _slips(page, known.person["first"], Person.SECOND, least=1)
        case Person.SECOND:
            yield from _never(page, known.person["second"], Person.SECOND)
        case Person.FIRST:
            yield from _never(page, known.person["narrator"] | known.person["first"], Person.FIRST)
        case _:
            pass


def strange_tense(page: Page) -> Iterator[Finding]:
    """Yield a finding where *page* is not told in the tense that is declared for it."""
    known = vocabulary(code_of(page.lang))
    match declared_tense(page.section.style.tense) if known.tense else None:
        case Tense.PAST:
            yield from _into_present(page, known)
        case Tense.PRESENT:
            yield from _into_past(page, known)
        case _:
            pass


def _slips(page: Page, words: frozenset[str], declared: Person, *, least: int) -> Iterator[Finding]:
    """Yield a finding for each paragraph that has at least so many of *words*."""
    if words.isdisjoint(page.told_words):
        return
    for start, end in paragraphs(page.told):
        text = page.told[start:end].replace("’", "'")
        spans = [
            span
            for span in plain_spans(text)
            if text[slice(*span)].lower() in words and not _numeral(text, span)
        ]
        if len(spans) >= least:
            first = (start + spans[0][0], start + spans[0][1])
            said = clipped(_around(page.text, first))
            yield page.finding(
                PERSON, first, f"the book is told in the {declared} person, and this is the first: “{said}”"
            )


def _numeral(text: str, span: tuple[int, int]) -> bool:
    """Whether an I at *span* is a number behind a name, as in Charles I."""
    start, end = span
    return text[start:end] == "I" and re.match(r"\s[a-z]", text[end : end + 2]) is None


def _never(page: Page, words: frozenset[str], declared: Person) -> Iterator[Finding]:
    """Yield a finding if the narration of *page* has none of *words*, and is long enough to have some."""
    told = page.told_words
    if len(told) < ENOUGH or not words.isdisjoint(told):
        return
    others = vocabulary(code_of(page.lang)).person["third"]
    if sum(word in others for word in told) >= _OTHERS:
        start, end = paragraphs(page.told)[0]
        message = f"the book is told in the {declared} person, and no word of this section's narration is"
        yield page.finding(PERSON, (start, end), message)


def _into_present(page: Page, known: Vocabulary) -> Iterator[Finding]:
    """Yield a finding for every stretch of sentences that are told in the present.

    Who says I may speak of the present of the telling, and then says that it is now, or always.
    """
    forms = _forms(known)
    likely = sum(map(forms.present.__contains__, page.told_words))
    if likely < _ACTS or len(forms.acts.findall(page.told)) < _ACTS:
        return
    still = known.tense["still"] if declared_person(page.section.style.person) is Person.FIRST else ()
    for stretch in _stretches(_verbs(page, known, _sentences(page.told)), Tense.PRESENT):
        acts = [act for verbs in stretch for act in verbs.acts]
        if len(acts) < _ACTS or sum(verbs.present for verbs in stretch) < _VERBS:
            continue
        text = page.told[stretch[0].span[0] : stretch[-1].span[1]]
        if set(still).isdisjoint(plain_words(text)):
            said = clipped(_around(page.text, acts[0]))
            message = f"the book is told in the past tense, and here it is the present: “{said}”"
            yield page.finding(TENSE, acts[0], message)


def _into_past(page: Page, known: Vocabulary) -> Iterator[Finding]:
    """Yield a finding where a text told in the present falls into the past and stays there to its end."""
    if sum(map(_forms(known).past.__contains__, page.told_words)) < _OTHERS:
        return
    all_verbs = _verbs(page, known, paragraphs(page.told))
    stretches = list(_stretches(all_verbs, Tense.PAST))
    if not stretches:
        return
    last, words = stretches[-1], sum(verbs.words for verbs in all_verbs)
    past, held = sum(verbs.past for verbs in last), sum(verbs.words for verbs in last)
    to_the_end = last[-1] is all_verbs[-1] and len(last) > 1
    if past >= _LEAST_PAST and (to_the_end or 2 * held > words):
        start, end = last[0].span
        said = clipped(page.text[start:end])
        yield page.finding(
            TENSE,
            (start, end),
            f"the book is told in the present tense, and from here on it is the past: “{said}”",
        )


def _stretches(all_verbs: Sequence[Verbs], tense: Tense) -> Iterator[list[Verbs]]:
    """Yield the runs of spans that show nothing but *tense*; one that shows none ends none."""
    stretch: list[Verbs] = []
    for verbs in all_verbs:
        here, there = (verbs.present, verbs.past) if tense is Tense.PRESENT else (verbs.past, verbs.present)
        if here and 2 * there <= here:
            stretch.append(verbs)
        elif there:
            yield from [stretch] if stretch else []
            stretch = []
    yield from [stretch] if stretch else []


def _sentences(told: str) -> list[tuple[int, int]]:
    """Return where the sentences of narration start and end; what stands between two speeches is one."""
    return [found.span() for found in _SENTENCE.finditer(told) if found[0].strip()]


def _verbs(page: Page, known: Vocabulary, spans: Iterable[tuple[int, int]]) -> list[Verbs]:
    """Return what the verbs of the narration at each of *spans* show; those without any are left out."""
    found = []
    for span in spans:
        text = page.told[slice(*span)].replace("’", "'")
        verbs = _verbs_of(text, span, known)
        if verbs.present or verbs.past:
            found.append(verbs)
    return found


def _verbs_of(text: str, span: tuple[int, int], known: Vocabulary) -> Verbs:
    forms = _forms(known)
    acts = tuple((span[0] + found.start(), span[0] + found.end()) for found in forms.acts.finditer(text))
    words = plain_words(text)
    states = sum(word in forms.states for word in words)
    past = sum(word in forms.past for word in words) + (len(forms.ended.findall(text)) if forms.ended else 0)
    return Verbs(span, len(words), acts, states, past)


@dataclass(frozen=True, slots=True)
class _Forms:
    """The verb forms of a language, ready to be looked for."""

    acts: re.Pattern[str]
    present: frozenset[str]
    states: frozenset[str]
    past: frozenset[str]
    ended: re.Pattern[str] | None


@cache
def _forms_of(code: str) -> _Forms:
    tense = vocabulary(code).tense
    past = frozenset((*tense["past_states"], *tense["past"]))
    find_acts = _acts_behind_subjects if tense["singular"] else _acts_alone
    ended = _endings(tense)
    present = frozenset((*tense["present_singular"], *tense["present_plural"]))
    return _Forms(find_acts(tense), present, frozenset(tense["present_states"]), past, ended)


def _acts_behind_subjects(tense: Mapping[str, Sequence[str]]) -> re.Pattern[str]:
    """Return what finds a present tense behind its pronoun or a name; elsewhere its forms may be nouns."""
    name = rf"(?!(?:{_either(tense['determiners'])})\b)[A-Z]\w+"
    one, many = _either(tense["singular"]), _either(tense["plural"])
    first = "".join(sorted({word[0] for word in (*tense["singular"], *tense["plural"])}))
    singular, plural = _either(tense["present_singular"]), _either(tense["present_plural"])
    return re.compile(
        rf"\b(?=[A-Z{first}])"  # most words begin with another letter, and are passed over at once
        rf"(?:(?:(?i:{one})|{name})(?: \w+ly)? (?:{singular})\b|(?i:{many})(?: \w+ly)? (?:{plural})\b)"
    )


def _acts_alone(tense: Mapping[str, Sequence[str]]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{_either(tense['present_singular'])})\b")


def _endings(tense: Mapping[str, Sequence[str]]) -> re.Pattern[str] | None:
    """Return what finds a regular past tense: by its ending, where there is a subject behind that."""
    if not tense["past_endings"]:
        return None
    ended = rf"\w\w\w*(?:{_either(tense['past_endings'])})\b"
    subjects = (*tense["singular"], *tense["plural"])
    before = rf"\b(?i:{_either((*subjects, 'it'))})(?: \w+ly)? " if subjects else r"\b"
    return re.compile(before + ended)


def _forms(known: Vocabulary) -> _Forms:
    return _forms_of(known.code)


def _either(words: Sequence[str]) -> str:
    return "|".join(map(re.escape, words))


def _around(text: str, span: tuple[int, int]) -> str:
    """Return the words of *text* around *span*, on one line, as far as its sentence goes."""
    start = max(text.rfind(mark, 0, span[0]) for mark in ("\n", ". ", "! ", "? ")) + 1
    ends = [at for mark in ".!?\n" if (at := text.find(mark, span[1])) >= 0]
    return text[start : min(ends, default=len(text)) + 1].strip()
