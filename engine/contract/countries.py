"""The codes by which a request names countries, and which to write for one that is not taken."""

from collections.abc import Mapping
from types import MappingProxyType

COUNTRY_CODES = frozenset(
    """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT
    BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH
    ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT
    HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS
    LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI
    NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG
    SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG
    UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
    AN BU CS DD DY HV NH RH SU TP YD YU ZR
    """.split()
)
"""ISO 3166-1 alpha-2: the codes assigned today, and of those withdrawn (ISO 3166-3) the ones of states that have no
successor among the listed countries, so that no listed country goes by two names.
"""

WITHDRAWN: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "CT": ("KI",),
        "FQ": ("AQ", "TF"),
        "FX": ("FR",),
        "JT": ("UM",),
        "MI": ("UM",),
        "NQ": ("AQ",),
        "NT": ("IQ", "SA"),
        "PC": ("FM", "MH", "MP", "PW"),
        "PU": ("UM",),
        "PZ": ("PA",),
        "VD": ("VN",),
        "WK": ("UM",),
    }
)
"""The other withdrawn codes (ISO 3166-3), which are not taken: the codes that are assigned today for each. What was
withdrawn and then assigned to another country (AI, BQ, BY, GE, SK) is that country's code.
"""


def describe_withdrawn(code: str) -> tuple[str, str] | None:
    """Return the fact and the remedy for a code that was in use and is not taken; None for any other text."""
    if code == "UK":
        return "UK is reserved, and the code of no country", "write GB"
    match WITHDRAWN.get(code, ()):
        case ():
            return None
        case (successor,):
            return f"{code} was withdrawn", f"write {successor}"
        case successors:
            return f"{code} was withdrawn", f"state which of {', '.join(successors)} is meant"


def refuse_country(code: str, otherwise: str) -> str:
    """Return in a sentence what is wrong with a code that is not taken; `otherwise`, if it never was one."""
    return "; ".join(describe_withdrawn(code) or (otherwise,))
