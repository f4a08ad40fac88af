"""The default policy: diversity while little is labelled, then weighted doubt spread over unlike pictures."""

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from annotator.plugins.base import Options
from trainer.core import reasons
from trainer.core.aggregation import aggregate
from trainer.core.coverage import class_weights, is_cold, representatives, weighted_entropy
from trainer.core.diversity import k_center, k_medoids, typiclust, unit_rows
from trainer.core.matching import batch_distances
from trainer.core.records import ModelTask, Pick, PoolArrays
from trainer.plugins.strategies import AcquisitionStrategy, Need

CANDIDATES_PER_PICK = 4
CANDIDATE_LIMIT = 5000
"""Candidates whose distances to each other are computed; bounds memory whatever the pool."""

Indices = NDArray[np.int64]


class HybridOptions(Options, frozen=True, kw_only=True):
    """Shares of a batch and the points at which the policy changes."""

    audit_share: Annotated[
        float,
        msgspec.Meta(
            ge=0,
            le=1,
            title="Random checks",
            description="Share of the batch picked by chance: an unbiased sample that shows how good the model is.",
        ),
    ] = 0.1
    empty_share: Annotated[
        float,
        msgspec.Meta(
            ge=0,
            le=1,
            title="Nearly empty pictures",
            description="At most this share of the batch may be pictures in which the model sees next to nothing.",
            extra_json_schema={"x-advanced": True},
        ),
    ] = 0.1
    empty_below: Annotated[
        float,
        msgspec.Meta(
            ge=0,
            le=1,
            title="Nearly empty below",
            description="A picture counts as nearly empty when no object reaches this confidence.",
            extra_json_schema={"x-advanced": True},
        ),
    ] = 0.1
    trust_map50: Annotated[
        float,
        msgspec.Meta(
            ge=0,
            le=1,
            title="Trust the model from mAP50",
            description="Below this validation mAP50 the model's doubts mean little and pictures are picked by chance.",
            extra_json_schema={"x-advanced": True},
        ),
    ] = 0.15


class HybridStrategy(AcquisitionStrategy):
    """Near-duplicates out, cold start by coverage, then class-weighted entropy with diversity and a random audit."""

    title = "Hybrid (recommended)"
    description = (
        "Starts with pictures that cover the pool, then mixes doubt, rare classes and variety, with a few random "
        "checks. Leaves near-duplicates out. The default for every task."
    )
    needs = frozenset({Need.EMBEDDINGS, Need.LABELLED_COUNTS})
    wants = frozenset({Need.SCORES})
    Options = HybridOptions
    kind = "uncertain"

    def score(self, pool: PoolArrays, *, options: Any, rng: np.random.Generator) -> NDArray[np.float64]:
        """Mean of the three highest entropy × class weight per picture (N,); zeros without a model."""
        weights = class_weights(pool.labelled_counts)
        result = np.zeros(len(pool))
        for index in range(len(pool.boxes)):
            values = weighted_entropy(pool, index, weights)
            result[index] = aggregate(values[values > 0], "top3")
        return result

    def select(self, pool: PoolArrays, *, size: int, options: Any, rng: np.random.Generator) -> Sequence[Pick]:
        """The batch; near-duplicates only when nothing else is left."""
        keep, duplicates = representatives(pool, rng)
        if is_cold(pool) or len(pool.boxes) != len(pool):
            picks = self._cold(pool, keep, size, rng)
        elif pool.validation_map50 is not None and pool.validation_map50 < options.trust_map50:
            picks = _random(rng.permutation(keep)[:size])
        else:
            picks = self._warm(pool, keep, size, options, rng)
        spare = rng.permutation(duplicates)[: size - len(picks)]
        return [*picks, *(Pick(int(i), 0.0, reasons.DUPLICATE, "duplicate") for i in spare)]

    def _cold(self, pool: PoolArrays, keep: Indices, size: int, rng: np.random.Generator) -> list[Pick]:
        rows, covered = unit_rows(pool.embeddings)[keep], unit_rows(pool.labelled_embeddings)
        if pool.task is ModelTask.CLASSIFY:
            chosen, values = typiclust(rows, covered, size=size, rng=rng)
            return [Pick(int(keep[i]), float(v), reasons.FIRST, "diverse") for i, v in zip(chosen, values, strict=True)]
        chosen, values = k_center(rows, covered, size=size, rng=rng)
        return [
            Pick(int(keep[i]), float(v), reasons.DIVERSE if turn or len(covered) else reasons.FIRST, "diverse")
            for turn, (i, v) in enumerate(zip(chosen, values, strict=True))
        ]

    def _warm(
        self, pool: PoolArrays, keep: Indices, size: int, options: HybridOptions, rng: np.random.Generator
    ) -> list[Pick]:
        audit = rng.permutation(keep)[: round(min(size, len(keep)) * options.audit_share)]
        rest = np.setdiff1d(keep, audit)
        scores = self.score(pool, options=options, rng=rng)
        empty = np.asarray([_nearly_empty(pool, i, options.empty_below) for i in range(len(pool))], np.bool_)
        wanted = min(size, len(keep)) - len(audit)
        ranked = rest[np.lexsort((rng.random(len(rest)), -scores[rest]))]
        quota = int(size * options.empty_share)
        candidates = _limit_empty(ranked, empty, quota, min(CANDIDATES_PER_PICK * wanted, CANDIDATE_LIMIT))
        chosen = _spread(pool, candidates, wanted, rng)
        if len(chosen) < wanted:  # the pool is nearly empty itself: better such a picture than none
            chosen = np.concatenate([chosen, ranked[~np.isin(ranked, chosen)][: wanted - len(chosen)]])
        chosen = chosen[np.argsort(-scores[chosen], kind="stable")]
        return _interleave(_explained(pool, chosen, scores), _random(audit))


def _spread(pool: PoolArrays, candidates: Indices, size: int, rng: np.random.Generator) -> Indices:
    """``size`` of the candidates (most wanted first) that are unlike each other."""
    if len(candidates) <= size or size > CANDIDATE_LIMIT // 2:  # nothing, or too much, to choose from
        return candidates[:size]
    distances = batch_distances([pool.boxes[i] for i in candidates], pool.embeddings[candidates], rng=rng)
    return candidates[k_medoids(distances, size=size)]


def _explained(pool: PoolArrays, chosen: Indices, scores: NDArray[np.float64]) -> list[Pick]:
    weights = class_weights(pool.labelled_counts)
    picks = []
    for index in map(int, chosen):
        kind, text, details = reasons.explain(pool, index, weighted_entropy(pool, index, weights), weights)
        picks.append(Pick(index, float(scores[index]), text, kind, details))
    return picks


def _nearly_empty(pool: PoolArrays, index: int, below: float) -> bool:
    scores = pool.boxes[index].scores
    return pool.task is not ModelTask.CLASSIFY and (len(scores) == 0 or float(scores.max()) < below)


def _limit_empty(ranked: Indices, empty: NDArray[np.bool_], quota: int, limit: int) -> Indices:
    """The first ``limit`` of ``ranked`` with at most ``quota`` nearly empty ones among them."""
    is_empty = empty[ranked]
    allowed = ~is_empty | (np.cumsum(is_empty) <= quota)
    return ranked[allowed][:limit]


def _random(indices: Indices) -> list[Pick]:
    return [Pick(int(i), 0.0, reasons.RANDOM, "random") for i in indices]


def _interleave(picks: list[Pick], audit: list[Pick]) -> list[Pick]:
    """Spread the random checks evenly over the batch, so that they are labelled even when the batch is not finished."""
    total = len(picks) + len(audit)
    places = {(turn * total + total // 2) // len(audit): pick for turn, pick in enumerate(audit)} if audit else {}
    rest = iter(picks)
    return [places[place] if place in places else next(rest) for place in range(total)]
