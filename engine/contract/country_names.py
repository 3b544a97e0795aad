"""The English names of countries: to recognise one that is named in a text, and to write one for a code."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from functools import cache

_NAMES = """
    AD Andorra / AE United Arab Emirates / AF Afghanistan / AG Antigua and Barbuda / AI Anguilla / AL Albania
    AM Armenia / AO Angola / AQ Antarctica / AR Argentina / AS American Samoa / AT Austria / AU Australia / AW Aruba
    AX Åland / AZ Azerbaijan / BA Bosnia and Herzegovina / BA Bosnia / BB Barbados / BD Bangladesh / BE Belgium
    BF Burkina Faso / BG Bulgaria / BH Bahrain / BI Burundi / BJ Benin / BL Saint Barthélemy / BM Bermuda / BN Brunei
    BO Bolivia / BQ Bonaire / BR Brazil / BS Bahamas / BT Bhutan / BV Bouvet Island / BW Botswana / BY Belarus
    BY Byelorussia / BZ Belize / CA Canada / CC Cocos Islands / CD Democratic Republic of the Congo / CD Congo
    CF Central African Republic / CG Republic of the Congo / CG Congo / CH Switzerland / CI Côte d'Ivoire
    CI Ivory Coast / CK Cook Islands / CL Chile / CM Cameroon / CN China / CO Colombia / CR Costa Rica / CU Cuba
    CV Cape Verde / CV Cabo Verde / CW Curaçao / CX Christmas Island / CY Cyprus / CZ Czechia / CZ Czech Republic
    DE Germany / DE West Germany / DE Federal Republic of Germany / DJ Djibouti / DK Denmark / DM Dominica
    DO Dominican Republic / DZ Algeria / EC Ecuador / EE Estonia / EG Egypt / EG United Arab Republic
    EH Western Sahara / ER Eritrea / ES Spain / ET Ethiopia / FI Finland / FJ Fiji / FK Falkland Islands
    FM Micronesia / FO Faroe Islands / FR France / GA Gabon / GB United Kingdom / GB Great Britain / GB Britain
    GB England / GB Scotland / GD Grenada / GE Georgia / GF French Guiana / GG Guernsey / GH Ghana / GI Gibraltar
    GL Greenland / GM Gambia / GN Guinea / GP Guadeloupe / GQ Equatorial Guinea / GR Greece
    GS South Georgia and the South Sandwich Islands / GT Guatemala / GU Guam / GW Guinea-Bissau / GY Guyana
    HK Hong Kong / HM Heard Island and McDonald Islands / HN Honduras / HR Croatia / HT Haiti / HU Hungary
    ID Indonesia / IE Ireland / IL Israel / IM Isle of Man / IN India / IO British Indian Ocean Territory / IQ Iraq
    IR Iran / IR Persia / IS Iceland / IT Italy / JE Jersey / JM Jamaica / JO Jordan / JP Japan / KE Kenya
    KG Kyrgyzstan / KH Cambodia / KH Kampuchea / KI Kiribati / KM Comoros / KN Saint Kitts and Nevis
    KP Democratic People's Republic of Korea / KP DPRK / KP North Korea / KP Korea / KR Republic of Korea
    KR South Korea / KR Korea / KW Kuwait / KY Cayman Islands / KZ Kazakhstan / LA Laos / LB Lebanon / LC Saint Lucia
    LI Liechtenstein / LK Sri Lanka / LK Ceylon / LR Liberia / LS Lesotho / LT Lithuania / LU Luxembourg / LV Latvia
    LY Libya / MA Morocco / MC Monaco / MD Moldova / ME Montenegro / MF Saint Martin / MG Madagascar
    MH Marshall Islands / MK North Macedonia / MK Macedonia / ML Mali / MM Myanmar / MM Burma / MN Mongolia
    MO Macao / MO Macau / MP Northern Mariana Islands / MQ Martinique / MR Mauritania / MS Montserrat / MT Malta
    MU Mauritius / MV Maldives / MW Malawi / MX Mexico / MY Malaysia / MY Malaya / MZ Mozambique / NA Namibia
    NC New Caledonia / NE Niger / NF Norfolk Island / NG Nigeria / NI Nicaragua / NL Netherlands / NL Holland
    NO Norway / NP Nepal / NR Nauru / NU Niue / NZ New Zealand / OM Oman / PA Panama / PE Peru / PF French Polynesia
    PG Papua New Guinea / PH Philippines / PK Pakistan / PL Poland / PM Saint Pierre and Miquelon / PN Pitcairn
    PR Puerto Rico / PS Palestine / PT Portugal / PW Palau / PY Paraguay / QA Qatar / RE Réunion / RO Romania
    RO Rumania / RS Serbia / RU Russia / RU Russian Federation / RW Rwanda / SA Saudi Arabia / SB Solomon Islands
    SC Seychelles / SD Sudan / SE Sweden / SG Singapore / SH Saint Helena / SI Slovenia / SJ Svalbard and Jan Mayen
    SK Slovakia / SL Sierra Leone / SM San Marino / SN Senegal / SO Somalia / SR Suriname / SS South Sudan
    ST São Tomé and Príncipe / SV El Salvador / SX Sint Maarten / SY Syria / SZ Eswatini / SZ Swaziland
    TC Turks and Caicos Islands / TD Chad / TF French Southern Territories / TG Togo / TH Thailand / TJ Tajikistan
    TK Tokelau / TL Timor-Leste / TL East Timor / TM Turkmenistan / TN Tunisia / TO Tonga / TR Turkey / TR Türkiye
    TT Trinidad and Tobago / TV Tuvalu / TW Taiwan / TZ Tanzania / UA Ukraine / UG Uganda
    UM United States Minor Outlying Islands / US United States / US America / UY Uruguay / UZ Uzbekistan
    VA Vatican City / VA Holy See / VC Saint Vincent and the Grenadines / VE Venezuela / VG British Virgin Islands
    VI United States Virgin Islands / VN Vietnam / VN Viet Nam / VU Vanuatu / WF Wallis and Futuna / WS Samoa
    YE Yemen / YT Mayotte / ZA South Africa / ZM Zambia / ZW Zimbabwe
    AN Netherlands Antilles / BU Burma / CS Czechoslovakia / DD East Germany / DD German Democratic Republic
    DD Germany / DY Dahomey / HV Upper Volta / NH New Hebrides / RH Rhodesia / RH Southern Rhodesia / SU Soviet Union
    SU USSR / TP East Timor / YD South Yemen / YD Democratic Yemen / YD Yemen / YU Yugoslavia / ZR Zaire
"""


_ENTRIES = [entry.split(maxsplit=1) for line in _NAMES.strip().split("\n") for entry in line.split(" / ")]


def _codes_by_name() -> Mapping[str, frozenset[str]]:
    codes = defaultdict[str, set[str]](set)
    for code, name in _ENTRIES:
        codes[name].add(code)
    return {name: frozenset(found) for name, found in codes.items()}


CODES_BY_NAME = _codes_by_name()
"""The codes of every country that goes by a name, among those that a request can state."""

_NAMES_BY_CODE: Mapping[str, str] = dict(reversed(_ENTRIES))


def name_country(code: str) -> str:
    """Return the name by which a country is written, the first of those it goes by; a code without one as it is."""
    return _NAMES_BY_CODE.get(code, code)


def mistakable_for(code: str, listed: Collection[str]) -> tuple[str, ...]:
    """Return the listed countries that share a name with one that is not listed, as KP does with KR."""
    return () if code in listed else tuple(sorted(_alike(code).intersection(listed)))


@cache
def _alike(code: str) -> frozenset[str]:
    return frozenset().union(*(codes for codes in CODES_BY_NAME.values() if code in codes))
