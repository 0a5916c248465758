"""Limits of the data-quality screen (quality.yaml)."""

from datetime import date

from pydantic import Field

from config.kept import Kept
from config.models import Strict, reads
from config.settings import CONFIG_DIR

QUALITY_FILE = CONFIG_DIR / "quality.yaml"


class SilenceLimits(Strict):
    """When a ward counts as silent and what its silence is likely to mean. Days are working days."""

    days: int = Field(ge=1, le=60)
    """Working days without a received dossier after which a ward is listed."""
    usual_days: int = Field(ge=5, le=250)
    """Working days before those from which its usual rate is taken."""
    likely: float = Field(gt=0, lt=1)
    """A silence at least so probable (Poisson, own rate) is put down to no demand."""
    paper_field: str
    """Name of the field that wards log in a paper book, as the list of procedures has it."""
    paper_days: int = Field(ge=1, le=120)
    """Working days without a dossier of that field after which paper is thought of."""
    paper_share: float = Field(gt=0, lt=1)
    """Dossiers of that field per inhabitant, as a share of the median of comparable wards, below which it is too."""


class QualityLimits(Strict):
    """`earliest`, `latest`: dates outside are mistakes of typing; `clock_skew_minutes`: servers may differ so much."""

    earliest: date = Field(le=date(2010, 1, 1))  # the store's index dossier_doubtful covers what lies beyond these
    latest: date = Field(ge=date(2035, 1, 1))
    clock_skew_minutes: int = Field(ge=0, le=1440)
    silence: SilenceLimits


kept: Kept[QualityLimits] = Kept(QUALITY_FILE.name, reads(QualityLimits))


def quality_limits() -> QualityLimits:
    """What is in force."""
    return kept.value()
