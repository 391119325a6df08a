"""What the laboratory stand measures: services of the nomenclature (НМУ) and their ФСЛИ tests, ФСЛИ 3.50."""

from typing import Any

# code of ФСЛИ: name, unit, low, high, a usual value, a critical one with its flag
_ANALYTES = {
    "1017128": ("Гемоглобин", "г/л", "120", "160", "138", "58", "LL"),
    "1017979": ("Лейкоциты", "10^9/л", "4.0", "9.0", "6.20", "31.5", "HH"),
    "1017862": ("Тромбоциты", "10^9/л", "150", "400", "245", "18", "LL"),
    "1003870": ("Глюкоза", "ммоль/л", "3.9", "6.1", "5.10", "27.4", "HH"),
    "1003847": ("Доля гликированного гемоглобина (HbA1c)", "%", "4.0", "6.0", "5.60", "13.1", "HH"),
    "1013838": ("Тиреотропный гормон (ТТГ)", "мМЕ/л", "0.4", "4.0", "1.80", "0.01", "LL"),
    "1005628": ("Натрий (Na)", "ммоль/л", "136", "145", "140", "117", "LL"),
    "1005495": ("Калий (К)", "ммоль/л", "3.5", "5.1", "4.30", "6.80", "HH"),
    "1006469": ("Креатинин", "мкг/л", "5900", "10400", "8100", "61000", "HH"),
    "1009455": ("Холестерин", "мкг/л", "1200000", "2000000", "1740000", "2900000", "HH"),
    "1008184": ("С-реактивный белок (СРБ)", "мг/л", "0", "5", "1.2", "310", "HH"),
}
SERVICES = {
    "B03.016.002": ("1017128", "1017979", "1017862"),
    "B03.016.003": ("1017128", "1017979", "1017862"),
    "B03.016.004": ("1003870", "1006469", "1009455", "1008184"),
    "B03.016.005": ("1009455",),
    "A09.05.003": ("1017128",),
    "A09.05.023": ("1003870",),
    "A09.05.083": ("1003847",),
    "A09.05.065": ("1013838",),
    "A09.05.030": ("1005628",),
    "A09.05.031": ("1005495",),
    "A09.05.020": ("1006469",),
    "A09.05.026": ("1009455",),
    "A09.05.009": ("1008184",),
}


def observe(tests: list[dict[str, Any]], critical: bool) -> list[dict[str, Any]]:
    """Values for what was ordered, by service or by ФСЛИ code; with ``critical`` the first one is."""
    seen: list[dict[str, Any]] = []
    for test in tests:
        for code in SERVICES.get(str(test["code"]), (str(test["code"]),)):
            seen.append(_one(code, test, critical and not seen))
    return seen


def _one(code: str, test: dict[str, Any], critical: bool) -> dict[str, Any]:
    # A test this laboratory has no table for is still measured: it came to us as an order we took.
    unknown = (str(test.get("name") or code), "ед", "3.0", "7.0", "5.0", "19.0", "HH")
    name, unit, low, high, usual, alarming, flag = _ANALYTES.get(code, unknown)
    said = {"code": code, "name": name, "unit": unit, "low": low, "high": high}
    return {**said, "value": alarming if critical else usual, "flag": flag if critical else ""}
