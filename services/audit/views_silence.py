"""Views of silence by organisation: the dots and the lines of its plot."""

from collections.abc import Sequence
from typing import Self

from pydantic import BaseModel

from services.audit.figures.funnel import Edge, Point, edges


class PointView(BaseModel):
    """One organisation: ``silent`` of ``due``, and between what chance explains, at 95 and 99.8 %.

    ``beyond``: 1 above the inner limits, 2 above the outer ones, less than nought below.
    """

    organisation: str
    due: int
    silent: int
    inner: tuple[int, int]
    outer: tuple[int, int]
    beyond: int

    @classmethod
    def of(cls, point: Point) -> Self:
        """As it is."""
        return cls(
            organisation=point.key,
            due=point.due,
            silent=point.silent,
            inner=tuple(point.inner),
            outer=tuple(point.outer),
            beyond=point.beyond,
        )


class EdgeView(BaseModel):
    """Shares between which chance explains what is silent of ``due``, at 95 and 99.8 %, drawn
    smooth: `PointView` has the exact counts."""

    due: int
    inner: tuple[float, float]
    outer: tuple[float, float]

    @classmethod
    def of(cls, edge: Edge) -> Self:
        """As it is."""
        return cls(due=edge.due, inner=edge.inner, outer=edge.outer)

    @classmethod
    def all(cls, points: Sequence[Point]) -> list[Self]:
        """The lines round all together."""
        return [cls.of(each) for each in edges(points)]
