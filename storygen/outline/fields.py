"""The one table of what may stand in an outline: it reads, explains and completes every field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, Flag, auto
from functools import cache


class Want(Enum):
    """What kind of value a field takes."""

    TEXT = auto()
    LANG = auto()
    TITLE = auto()
    NAME = auto()
    NAMES = auto()
    LINES = auto()
    ID = auto()
    IDS = auto()
    FILE = auto()
    FILES = auto()
    PICTURE = auto()
    WORDS = auto()
    COUNT = auto()
    NUMBER = auto()
    SWITCH = auto()
    CHOICE = auto()
    MAP = auto()
    STYLE = auto()
    SOURCES = auto()
    CODEX = auto()
    CHANGES = auto()
    FACTS = auto()
    NODES = auto()
    PRIVATE = auto()


class Where(Flag):
    """Where a field may stand. A heading has something below it; a leaf is written."""

    TOP = auto()
    HEADING = auto()
    LEAF = auto()
    ENTRY = auto()
    STYLE = auto()
    CHANGE = auto()
    SOURCE = auto()
    DIGEST = auto()
    FACT = auto()

    NODE = HEADING | LEAF
    TREE = TOP | HEADING | LEAF


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its name, what it takes, where it may stand, and what it means.

    `choices` are the words that it takes, `low` and `high` its limits, `inherited` whether what stands
    below has it too, `also` other spellings.
    """

    name: str
    want: Want
    where: Where
    about: str
    choices: tuple[str, ...] = ()
    low: float = 0
    high: float = 0
    inherited: bool = False
    also: tuple[str, ...] = ()


EFFORTS = ("low", "medium", "high", "xhigh", "max")
LARGEST_TARGET = 10_000_000
LARGEST_REPLY = 1_000_000

FIELDS: tuple[Field, ...] = (
    Field("title", Want.TITLE, Where.TREE, "What it is called; it becomes the heading."),
    Field("subtitle", Want.TEXT, Where.TOP, "The second line of the book's title."),
    Field("author", Want.LINES, Where.TOP, "Who writes the book: one name or a list."),
    Field("lang", Want.LANG, Where.TOP, "The language to write in, as en, en-GB, de or es-MX."),
    Field("date", Want.TEXT, Where.TOP, "The date in the manuscript's metadata, in any form."),
    Field("rights", Want.TEXT, Where.TOP, "The licence or copyright line."),
    Field(
        "cover-image", Want.PICTURE, Where.TOP, "A picture for the cover of an export.", also=("cover_image",)
    ),
    Field(
        "kind",
        Want.CHOICE,
        Where.TOP,
        "What is written: it picks templates and defaults. Docs where the tree says pages, else fiction.",
        choices=("fiction", "docs"),
    ),
    Field("id", Want.ID, Where.NODE, "The name that text is kept under; without it, made from the title."),
    Field("summary", Want.TEXT, Where.TREE, "What this is about, in a sentence or two; it is sent."),
    Field("audience", Want.TEXT, Where.TREE, "Who reads it and what they know already.", inherited=True),
    Field(
        "words",
        Want.WORDS,
        Where.TREE,
        "How long everything below is to be: 900 or 800-1000. Without it, 1,000 words a section.",
        low=1,
        high=LARGEST_TARGET,
    ),
    Field(
        "style", Want.STYLE, Where.TREE, "How it reads: person, tense, tone, quotes, guide, samples, avoid."
    ),
    Field("codex", Want.CODEX, Where.TOP, "What must stay true: entries, or files of entries as codex/*.md."),
    Field("sources", Want.SOURCES, Where.TREE, "Material to write from: files, globs, or run: a command."),
    Field("beats", Want.LINES, Where.LEAF, "What happens or is explained here, in order, one line each."),
    Field("pov", Want.NAME, Where.TREE, "Whose eyes and mind the reader shares.", inherited=True),
    Field(
        "cast",
        Want.NAMES,
        Where.TREE,
        "Who is present; their codex entries are sent.",
        inherited=True,
        also=("char",),
    ),
    Field("place", Want.NAME, Where.TREE, "Where it happens.", inherited=True, also=("location",)),
    Field("time", Want.TEXT, Where.TREE, "When it happens, in any words.", inherited=True),
    Field("story", Want.MAP, Where.LEAF, "Anything more for own templates: goal, conflict, outcome, mood."),
    Field("must", Want.LINES, Where.NODE, "Texts that have to appear exactly as written here."),
    Field("enter", Want.TEXT, Where.LEAF, "How things stand when the section begins."),
    Field("leave", Want.TEXT, Where.LEAF, "How things stand when the section ends."),
    Field("facts", Want.LINES, Where.LEAF, "What this section establishes and later ones must respect."),
    Field("plant", Want.LINES, Where.LEAF, "Threads that are begun here."),
    Field("pay", Want.LINES, Where.LEAF, "Threads that are resolved here."),
    Field(
        "ending",
        Want.CHOICE,
        Where.LEAF,
        "How the section closes.",
        choices=("open", "hinge", "resolve", "final"),
    ),
    Field(
        "type",
        Want.CHOICE,
        Where.NODE,
        "What kind of page or section this is, in docs.",
        choices=("tutorial", "how-to", "reference", "explanation"),
        inherited=True,
    ),
    Field("file", Want.FILE, Where.LEAF, "A text written by hand: it is taken in, and nothing is generated."),
    Field("after", Want.IDS, Where.LEAF, "The ids of the sections that must be written before this one."),
    Field(
        "status",
        Want.CHOICE,
        Where.NODE,
        "todo: not written yet, its summary stands in the manuscript. final: never touched again.",
        choices=("todo", "final", "draft", "edited"),
        inherited=True,
    ),
    Field("numbered", Want.SWITCH, Where.NODE, "Whether the heading has a number.", inherited=True),
    Field(
        "heading",
        Want.CHOICE,
        Where.NODE,
        "Whether the heading is seen in the manuscript. Scenes hide theirs.",
        choices=("show", "hide"),
    ),
    Field("intro", Want.SWITCH, Where.HEADING, "Whether a short lead-in is written under this heading."),
    Field("model", Want.TEXT, Where.TREE, "The model that writes this part.", inherited=True),
    Field("effort", Want.CHOICE, Where.TREE, "How hard the model thinks.", choices=EFFORTS, inherited=True),
    Field(
        "max_tokens",
        Want.COUNT,
        Where.TREE,
        "The most tokens that one reply may have.",
        low=1,
        high=LARGEST_REPLY,
        inherited=True,
        also=("max-tokens",),
    ),
    Field(
        "temperature",
        Want.NUMBER,
        Where.TREE,
        "How freely words are chosen, from 0 to 1, for models that take it.",
        low=0,
        high=1,
        inherited=True,
    ),
    Field(
        "context",
        Want.CHOICE,
        Where.TREE,
        "How much of the finished text a section's prompt holds.",
        choices=("rolling", "full", "auto"),
        inherited=True,
    ),
    Field(
        "recap",
        Want.CHOICE,
        Where.TREE,
        "Whether each section is summed up by one more call for those that follow.",
        choices=("none", "digest"),
        inherited=True,
    ),
    Field(
        "wrap",
        Want.CHOICE,
        Where.TREE,
        "How paragraphs are broken in the manuscript: not at all, or a line for each sentence.",
        choices=("none", "sentence"),
        inherited=True,
    ),
    Field("notes", Want.PRIVATE, Where.TREE | Where.ENTRY | Where.STYLE, "Yours alone; never sent."),
    Field("parts", Want.NODES, Where.TREE, "The parts below."),
    Field("chapters", Want.NODES, Where.TREE, "The chapters below."),
    Field("scenes", Want.NODES, Where.TREE, "The scenes below; their headings are hidden."),
    Field("pages", Want.NODES, Where.TREE, "The pages below; each can become a file."),
    Field("sections", Want.NODES, Where.TREE, "The sections below."),
    Field("person", Want.TEXT, Where.STYLE, "Who tells it: first; third, limited; second."),
    Field("tense", Want.TEXT, Where.STYLE, "past or present."),
    Field("tone", Want.TEXT, Where.STYLE, "A few words for how it sounds: spare, dry, uneasy."),
    Field("quotes", Want.TEXT, Where.STYLE, "The marks around speech, as “ ”, « » or —."),
    Field("guide", Want.FILE, Where.STYLE, "A file with house rules; it is sent."),
    Field("samples", Want.FILES, Where.STYLE, "Files of your own prose, to be imitated and never quoted."),
    Field("avoid", Want.LINES, Where.STYLE, "Phrases that must not appear."),
    Field("name", Want.TITLE, Where.ENTRY, "What it is called."),
    Field("kind", Want.TEXT, Where.ENTRY, "character, place, thing, term, or a word of your own."),
    Field("aliases", Want.NAMES, Where.ENTRY, "Other names for it, in outline and text."),
    Field("about", Want.TEXT, Where.ENTRY, "What must stay true of it."),
    Field("voice", Want.TEXT, Where.ENTRY, "How the character speaks."),
    Field(
        "include",
        Want.CHOICE,
        Where.ENTRY,
        "When it is sent: where it is named (auto), always or never.",
        choices=("auto", "always", "never"),
    ),
    Field("changes", Want.CHANGES, Where.ENTRY, "What is true of it from a section on: from and about."),
    Field("from", Want.ID, Where.CHANGE, "The id of the section from which this is true."),
    Field("about", Want.TEXT, Where.CHANGE, "What is true from there on."),
    Field("path", Want.TEXT, Where.SOURCE, "A file or glob, relative to the outline or to --source-root."),
    Field("lines", Want.TEXT, Where.SOURCE, "The lines of the file to use, as 10-40."),
    Field("run", Want.TEXT, Where.SOURCE, "A command whose output is a source; needs --allow-commands."),
    Field("id", Want.TEXT, Where.DIGEST, "The id of the section that it sums up."),
    Field("happened", Want.TEXT, Where.DIGEST, "What happened in the section, in a few sentences."),
    Field("facts", Want.FACTS, Where.DIGEST, "What its text establishes, each with the words that prove it."),
    Field("opened", Want.LINES, Where.DIGEST, "Threads that its text begins."),
    Field("paid", Want.LINES, Where.DIGEST, "Threads that its text resolves."),
    Field("fact", Want.TEXT, Where.FACT, "What is so from here on."),
    Field("about", Want.TEXT, Where.FACT, "Whom or what it is about."),
    Field("quote", Want.TEXT, Where.FACT, "The words of the text that prove it."),
)

LEVELS = ("parts", "chapters", "scenes", "pages", "sections")
"""The fields that hold the tree."""

WHY_NOT = {
    "endpoint": "an outline says what to write, not where to send it",
    "key": "keys do not belong in files that are shared",
    "output": "where files go is decided when the command runs",
}
"""Why some settings are no fields of an outline."""

NOT_HERE = {
    **dict.fromkeys(
        ("base_url", "base-url", "endpoint", "url", "api_url", "headers", "proxy", "proxies", "transport"),
        "endpoint",
    ),
    **dict.fromkeys(
        ("key", "api_key", "api-key", "apikey", "auth_token", "token", "key_command", "anthropic_api_key"),
        "key",
    ),
    **dict.fromkeys(("output", "out", "output_dir", "manuscript", "book", "journal"), "output"),
}
"""Names that somebody may try, and the reason that each is refused for."""


@cache
def fields_at(where: Where) -> Mapping[str, Field]:
    """Return the fields that may stand at *where*, by every spelling.

    >>> sorted(fields_at(Where.CHANGE))
    ['about', 'from']
    """
    return {
        spelling: field for field in FIELDS if field.where & where for spelling in (field.name, *field.also)
    }


INHERITED = tuple(field.name for field in FIELDS if field.inherited)
"""What a node has from those above it unless it says otherwise."""
