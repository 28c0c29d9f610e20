"""What a maker's own check says about the marks that it puts into its pictures."""

from dataclasses import dataclass
from enum import StrEnum


class Signature(StrEnum):
    """The signature of Content Credentials, whoever made them; ABSENT: the file has none that can be read."""

    TRUSTED = "trusted"
    VALID = "valid"
    INVALID = "invalid"
    ABSENT = "not_present"


class Mark(StrEnum):
    """Kinds of marks: in the file's metadata, and in its pixels."""

    C2PA = "c2pa"
    SYNTHID = "synthid"


@dataclass(frozen=True, slots=True)
class Marks:
    """The answer about one file. Marks that were not detected say nothing about who made it.

    Attributes:
        detected: The maker's own marks, each with the model that it names ("" if none).
    """

    detected: tuple[tuple[Mark, str], ...]
    signature: Signature
