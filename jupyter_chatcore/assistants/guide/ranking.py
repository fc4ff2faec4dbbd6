"""A question against the index: which entries fit best."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from . import index
from .entry import Entry
from .packages import BY_NAME
from .words import Concept, concepts, plain, well_known

MENTIONED = 1.35
"""What an entry gains when the question has words that mean its package."""
OTHER_NAMED = 0.4
"""What is left of an entry when the question names another package."""

WHOLE = 1.3
"""What a word counts more when it is the whole last component of a name."""
WELL_KNOWN = 1.2
FULL = 12.0
"""The score that one concept comes close to and never passes."""


class Ranked(NamedTuple):
    """An entry and how well it fits.

    `share` is how much of the question it covers, `strength` how much in its name and
    first lines; both are from 0 to 1.
    """

    entry: Entry
    score: float
    share: float
    strength: float


class _Sum:
    """What has been added up for one entry."""

    def __init__(self, match: index.Match) -> None:
        self.match = match
        self.score = 0.0
        self.covered = 0.0


def rank(path: Path, question: str, limit: int = 8) -> list[Ranked]:
    """The best entries for a question in plain words, best first."""
    wanted = concepts(question)
    asked = sum(concept.weight for concept in wanted)
    words = plain(question)
    with index.opened(path) as db:
        sums: dict[int, _Sum] = {}
        for concept in wanted:
            _add(sums, _best_per_entry(db, concept), concept.weight)
        order = sorted(sums.values(), key=lambda s: _weighed(s, asked, words), reverse=True)
        best = order[:limit]
        entries = index.load(db, [one.match.id for one in best])
    return [
        Ranked(entry, _weighed(one, asked, words), one.covered / asked, one.score / FULL / asked)
        for entry, one in zip(entries, best, strict=True)
    ]


def _best_per_entry(db: index.Database, concept: Concept) -> dict[int, index.Match]:
    """For each entry the best of the words that mean this concept: synonyms do not add up."""
    best: dict[int, index.Match] = {}
    for word, weight in concept.words:
        for match in index.with_word(db, word):
            whole = match.name.lower().rpartition(".")[2] == word
            score = match.score * weight * (WHOLE if whole else 1.0)
            if match.id not in best or best[match.id].score < score:
                best[match.id] = match._replace(score=score)
    return best


def _add(sums: dict[int, _Sum], matches: dict[int, index.Match], weight: float) -> None:
    for key, match in matches.items():
        total = sums.setdefault(key, _Sum(match))
        # one rare word must not outweigh the rest of the question
        total.score += weight * FULL * match.score / (match.score + FULL)
        total.covered += weight


def _weighed(total: _Sum, asked: float, words: set[str]) -> float:
    share = total.covered / asked
    known = WELL_KNOWN if well_known(total.match.name.rpartition(".")[2]) else 1.0
    prior = total.match.prior * known * _fits(total.match.package, words)
    return total.score * prior * (0.4 + share)


def _fits(package: str, words: set[str]) -> float:
    named = {name for name, known in BY_NAME.items() if name in words or known.says[0] in words}
    if package in named:
        return MENTIONED * MENTIONED
    if named - {"python"}:
        return OTHER_NAMED
    known = BY_NAME.get(package)
    return MENTIONED if known is not None and words & set(known.says) else 1.0
