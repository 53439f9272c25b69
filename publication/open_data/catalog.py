"""The package as data portals read it: DCAT-AP in JSON-LD, which needs no other file nor network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
AUTHORITY = "http://publications.europa.eu/resource/authority"
MEDIA = "https://www.iana.org/assignments/media-types"
LANGUAGES = {"fr": f"{AUTHORITY}/language/FRA"}
FRANCE = f"{AUTHORITY}/country/FRA"
THEME = f"{AUTHORITY}/data-theme/SOCI"
YEARLY = f"{AUTHORITY}/frequency/ANNUAL"
PUBLIC = f"{AUTHORITY}/access-right/PUBLIC"


def catalog(package: Mapping[str, Any], data_year: int) -> dict[str, Any]:
    """A dataset and its distributions. `package`: the content of ``datapackage.json``, whose paths the addresses
    follow."""
    licence = package["licenses"][0]
    publisher = {"@type": "foaf:Agent", "foaf:name": package["contributors"][0]["title"]}
    language = package["languages"][0]
    return {
        "@context": CONTEXT,
        "@id": "catalog.jsonld",
        "@type": "dcat:Catalog",
        "dct:title": _in(language, package["title"]),
        "dct:description": _in(language, package["description"]),
        "dct:publisher": publisher,
        "dct:license": _licence(licence),
        "dcat:dataset": {
            "@id": "datapackage.json",
            "@type": "dcat:Dataset",
            "dct:identifier": package["name"],
            "dct:title": _in(language, package["title"]),
            "dct:description": _in(language, package["description"]),
            "dct:publisher": publisher,
            "dct:issued": {"@type": "xsd:dateTime", "@value": package["created"]},
            "dct:language": {"@id": LANGUAGES[language]},
            "dct:spatial": {"@id": FRANCE},
            "dct:temporal": {
                "@type": "dct:PeriodOfTime",
                "dcat:startDate": {"@type": "xsd:date", "@value": f"{data_year}-01-01"},
                "dcat:endDate": {"@type": "xsd:date", "@value": f"{data_year}-12-31"},
            },
            "dct:accrualPeriodicity": {"@id": YEARLY},
            "dct:accessRights": {"@id": PUBLIC},
            "dcat:theme": {"@id": THEME},
            "dcat:keyword": [_in(language, word) for word in package["keywords"]],
            "dcat:version": package["version"],
            "dcat:distribution": [_distribution(resource, licence, language) for resource in package["resources"]],
        },
    }


def _distribution(resource: Mapping[str, Any], licence: Mapping[str, str], language: str) -> dict[str, Any]:
    address = {"@id": resource["path"]}
    return {
        "@type": "dcat:Distribution",
        "dct:title": _in(language, resource["title"]),
        "dct:description": _in(language, resource["description"]),
        "dcat:accessURL": address,
        "dcat:downloadURL": address,
        "dcat:mediaType": {"@id": f"{MEDIA}/{resource['mediatype']}"},
        "dct:format": {"@id": f"{AUTHORITY}/file-type/{resource['format'].upper()}"},
        "dcat:byteSize": {"@type": "xsd:nonNegativeInteger", "@value": str(resource["bytes"])},
        "dct:license": _licence(licence),
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
            "spdx:checksumValue": resource["hash"].removeprefix("sha256:"),
        },
    }


def _licence(licence: Mapping[str, str]) -> dict[str, str]:
    return {"@id": licence["path"], "@type": "dct:LicenseDocument", "dct:title": licence["title"]}


def _in(language: str, text: str) -> dict[str, str]:
    return {"@language": language, "@value": text}
