"""Eligibility, judged on bands: referral knows no ages. In doubt the survivor is in."""

from services.referral.directory.model import Eligibility
from services.referral.model.service_request import ServiceRequest

OLDEST = 150


def band(text: str) -> tuple[int, int]:
    """``30-44`` → (30, 44), ``60+`` → (60, 150), anything else → every age."""
    first, dash, last = text.removesuffix("+").partition("-")
    if not first.isdigit():
        return 0, OLDEST
    return int(first), int(last) if dash and last.isdigit() else OLDEST


def ineligible(request: ServiceRequest, rule: Eligibility) -> str | None:
    """The coded reason why a service is not for this person, or none."""
    youngest, oldest = band(request.age_band)
    if rule.minimum_age is not None and oldest < rule.minimum_age:
        return "too-young"
    if rule.maximum_age is not None and youngest > rule.maximum_age:
        return "too-old"
    children = sum(count for _, count in request.children)
    if rule.maximum_children is not None and children > rule.maximum_children:
        return "too-many-children"
    eldest = max((band(text)[0] for text, _ in request.children), default=0)
    if rule.maximum_child_age is not None and eldest > rule.maximum_child_age:
        return "child-too-old"
    if rule.access is not None and not rule.access.issuperset(request.access_needs):
        return "access"
    return None
