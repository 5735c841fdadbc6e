"""
The sensor part of an event: its fields are checked, and kept as they were sent.

Source: GS1 EPCIS 2.0, section 7.3.7 (sensor element); fields as in the published JSON schema (read
2026-11-22).
"""

from typing import Final

from bandstand.provenance.rules.reading import Reader, read_own_word

META_TIMES: Final = ("time", "startTime", "endTime")
DEVICE_URIS: Final = ("deviceID", "deviceMetadata", "rawData", "dataProcessingMethod")
META_FIELDS: Final = (*META_TIMES, *DEVICE_URIS, "bizRules")
REPORT_URIS: Final = (
    *DEVICE_URIS, "bizRules", "microorganism", "chemicalSubstance", "uriValue",
    "coordinateReferenceSystem",
)  # fmt: skip
REPORT_NUMBERS: Final = (
    "value", "minValue", "maxValue", "meanValue", "sDev", "percRank", "percValue",
)  # fmt: skip
REPORT_FIELDS: Final = (
    "type", "exception", "time", "component", "stringValue", "booleanValue", "hexBinaryValue",
    "uom", *REPORT_URIS, *REPORT_NUMBERS,
)  # fmt: skip
HEX: Final = frozenset("0123456789abcdefABCDEF")


def check_sensor_element(element: Reader) -> None:
    """Note what is wrong with one sensor element."""
    metadata = element.object("sensorMetadata")
    if metadata is not None:
        _check_metadata(metadata)
    if not element.items("sensorReport"):
        element.fault("sensorReport", "must be a list of at least one report.")
    for report in element.objects("sensorReport"):
        _check_report(report)
    element.close(("sensorMetadata", "sensorReport"))


def _check_metadata(metadata: Reader) -> None:
    for key in META_TIMES:
        metadata.instant(key)
    for key in (*DEVICE_URIS, "bizRules"):
        metadata.uri(key)
    metadata.close(META_FIELDS)


def _check_report(report: Reader) -> None:
    read_own_word(report, "type", is_required="exception" not in report.value)
    for key in ("exception", "component"):
        read_own_word(report, key)
    report.instant("time")
    for key in REPORT_URIS:
        report.uri(key)
    report.numbers(*REPORT_NUMBERS)
    for key in ("stringValue", "uom"):
        report.text(key)
    if not isinstance(report.value.get("booleanValue", False), bool):
        report.fault("booleanValue", "must be true or false.")
    if not set(report.text("hexBinaryValue")) <= HEX:
        report.fault("hexBinaryValue", "must be hexadecimal digits.")
    report.close(REPORT_FIELDS)
