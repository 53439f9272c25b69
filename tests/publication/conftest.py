from pathlib import Path

import pytest

from publication.release.publish import publish
from tests.publication.candidate_fixture import PRINTED, PUBLISHED_AT, build_candidate, passing_verdict


@pytest.fixture(scope="session")
def candidate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_candidate(tmp_path_factory.mktemp("build") / "candidate")


@pytest.fixture(scope="session")
def release_2019(candidate: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    releases = tmp_path_factory.mktemp("home") / "releases"
    return publish(
        candidate, passing_verdict(2019), 2019, "P1", releases, published_at=PUBLISHED_AT, plaquettes=PRINTED
    )
