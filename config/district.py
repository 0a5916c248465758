"""What the screens of districts and wards weigh (district.yaml), checked when read."""

from pathlib import Path

from pydantic import Field

from config.kept import Kept
from config.models import Strict, checked, reads
from config.settings import CONFIG_DIR

DISTRICT_FILE = CONFIG_DIR / "district.yaml"


class DistrictRules(Strict):
    """least_settled, alike: dossiers; absent_hours: office hours; slow_step: times a median; like_wards: wards."""

    least_settled: int = Field(ge=1, le=1000)
    absent_hours: float = Field(gt=0, le=400)
    alike: int = Field(ge=1, le=100)
    slow_step: float = Field(default=1.25, gt=1, le=10)
    like_wards: int = Field(default=4, ge=1, le=4)

    def enough(self, n: int) -> bool:
        """Whether a share of `n` dossiers says something."""
        return n >= self.least_settled


def load(path: Path = DISTRICT_FILE) -> DistrictRules:
    """Read and check the file. Raises Problem with file, line, key and what would be right."""
    return checked(path, DistrictRules)


kept: Kept[DistrictRules] = Kept(DISTRICT_FILE.name, reads(DistrictRules))


def district_rules() -> DistrictRules:
    """What is in force."""
    return kept.value()
