#!/usr/bin/env python3
# ruff: noqa: DTZ005, DTZ007, T201 (a command line tool prints, and its days are those of the person's own clock)
"""Keep dated snapshots of a folder, and throw the old ones away in good order."""

from __future__ import annotations

import argparse
import sys
import tarfile
import tomllib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

STAMP = "%Y-%m-%dT%H%M%S"
SUFFIX = ".tar.gz"


class Trouble(Exception):
    """Something that the person at the keyboard can put right."""


@dataclass(frozen=True)
class Jar:
    """A folder to watch, a folder for snapshots, and how many to keep."""

    source: Path
    store: Path
    daily: int = 7
    weekly: int = 4


def read_jar(path: Path) -> Jar:
    """Read snapjar.toml; paths in it are relative to the file."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        keep = table.get("keep", {})
        source, store = path.parent / table["source"], path.parent / table["store"]
        return Jar(source, store, keep.get("daily", 7), keep.get("weekly", 4))
    except FileNotFoundError:
        raise Trouble(f"no {path} here; run: snapjar init") from None
    except KeyError as missing:
        raise Trouble(f"{path} does not say {missing}") from None


def snapshots(jar: Jar) -> list[Path]:
    """Return all snapshots, oldest first."""
    return sorted(jar.store.glob(f"*{SUFFIX}"))


def taken(snapshot: Path) -> datetime:
    """Return the moment that a snapshot's name states."""
    return datetime.strptime(snapshot.name.removesuffix(SUFFIX), STAMP)


def kept(jar: Jar, names: list[Path]) -> set[Path]:
    """Return the newest snapshot of each of the last days and weeks, and the newest of all."""
    days: dict[str, Path] = {}
    weeks: dict[str, Path] = {}
    for name in names:
        days[taken(name).strftime("%Y-%m-%d")] = name
        weeks[taken(name).strftime("%G-W%V")] = name
    last_days = list(days.values())[-jar.daily :] if jar.daily else []
    last_weeks = list(weeks.values())[-jar.weekly :] if jar.weekly else []
    return {*last_days, *last_weeks, *names[-1:]}


def init(args: argparse.Namespace) -> None:
    """Write a snapjar.toml for the folder given."""
    if args.config.exists():
        raise Trouble(f"{args.config} exists already; it was left alone")
    text = f'source = "{args.folder}"\nstore = "jar"\n\n[keep]\ndaily = 7\nweekly = 4\n'
    args.config.write_text(text, encoding="utf-8")
    print(f"wrote {args.config}; next: snapjar snap")


def snap(args: argparse.Namespace) -> None:
    """Take a snapshot now."""
    jar = read_jar(args.config)
    if not jar.source.is_dir():
        raise Trouble(f"{jar.source} is not a folder; change source in {args.config}")
    jar.store.mkdir(parents=True, exist_ok=True)
    target = jar.store / f"{datetime.now().strftime(STAMP)}{SUFFIX}"
    partial = target.with_suffix(".partial")
    with tarfile.open(partial, "w:gz") as archive:
        archive.add(jar.source, arcname=jar.source.name)
    partial.rename(target)
    print(f"took {target.name} ({target.stat().st_size:,} bytes)")


def show(args: argparse.Namespace) -> None:
    """List the snapshots, newest first."""
    jar = read_jar(args.config)
    names = snapshots(jar)
    keep = kept(jar, names)
    for name in reversed(names):
        print(f"{'keep' if name in keep else 'drop'}  {name.name.removesuffix(SUFFIX)}")
    if not names:
        print("the jar is empty; next: snapjar snap")


def prune(args: argparse.Namespace) -> None:
    """Delete the snapshots that list marks with drop."""
    jar = read_jar(args.config)
    names = snapshots(jar)
    doomed = [name for name in names if name not in kept(jar, names)]
    for name in doomed:
        print(f"{'would drop' if args.dry_run else 'dropped'} {name.name}")
        if not args.dry_run:
            name.unlink()
    print(f"{len(names) - len(doomed)} of {len(names)} kept")


def restore(args: argparse.Namespace) -> None:
    """Unpack a snapshot into a new folder; nothing that exists is overwritten."""
    jar = read_jar(args.config)
    snapshot = jar.store / f"{args.stamp}{SUFFIX}"
    if not snapshot.is_file():
        raise Trouble(f"no snapshot {args.stamp}; see: snapjar list")
    target = Path(args.into or f"restored-{args.stamp}")
    if target.exists():
        raise Trouble(f"{target} exists; choose another folder with --into")
    with tarfile.open(snapshot) as archive:
        archive.extractall(target, filter="data")
    print(f"restored to {target}")


def parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    top = argparse.ArgumentParser(prog="snapjar", description=__doc__)
    top.add_argument("--config", type=Path, default=Path("snapjar.toml"), help="default: snapjar.toml")
    verbs = top.add_subparsers(required=True, metavar="COMMAND")
    for name, verb in {"init": init, "snap": snap, "list": show, "prune": prune, "restore": restore}.items():
        verbs.add_parser(name, help=verb.__doc__, description=verb.__doc__).set_defaults(verb=verb)
    verbs.choices["init"].add_argument("folder", help="the folder to keep snapshots of")
    verbs.choices["prune"].add_argument("--dry-run", action="store_true", help="say it, do not do it")
    verbs.choices["restore"].add_argument("stamp", help="as list shows it")
    verbs.choices["restore"].add_argument("--into", help="default: restored-STAMP")
    return top


def main() -> int:
    """Run one command; 0 when done, 1 when the person has to do something."""
    args = parser().parse_args()
    try:
        args.verb(args)
    except Trouble as trouble:
        print(f"snapjar: {trouble}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
