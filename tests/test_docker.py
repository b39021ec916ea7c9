"""The image and its services, as far as they can be checked without an engine."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from geo_wealth import pdf

ROOT = Path(__file__).resolve().parents[1]
DOCKERFILE = (ROOT / "docker" / "Dockerfile").read_text().replace("\\\n", " ")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker" / "compose.yaml").read_text())
OURS = ["migrate", "sample", "web"]


def instructions(name: str) -> list[str]:
    return re.findall(rf"^{name}\s+(.*)$", DOCKERFILE, flags=re.MULTILINE)


def pins(path: Path) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)==([^\s;]+)", path.read_text(), flags=re.MULTILINE))


def copied() -> list[str]:
    lines = [line.split() for line in instructions("COPY") if not line.startswith("--from")]
    return [source for words in lines for source in words[:-1]]


def test_what_is_copied_is_there_and_not_ignored() -> None:
    allowed = (ROOT / ".dockerignore").read_text().splitlines()
    for source in copied():
        assert (ROOT / source).exists(), source
        assert f"!{source}" in allowed, source


def test_nobody_is_root_and_every_image_has_a_version() -> None:
    assert instructions("USER") == ["10001:10001"]
    assert DOCKERFILE.rindex("USER ") > DOCKERFILE.rindex("apt-get")
    for image in [*instructions("FROM"), COMPOSE["services"]["db"]["image"]]:
        assert re.search(r":\d", image), image
    assert "HEALTHCHECK" in DOCKERFILE


def test_the_image_can_make_a_pdf() -> None:
    (installed,) = [line for line in instructions("RUN") if "apt-get" in line]
    assert set(pdf.PACKAGES.split()) <= set(installed.split())


def test_the_image_has_the_versions_that_are_tested() -> None:
    tested, shipped = pins(ROOT / "requirements.lock"), pins(ROOT / "docker" / "requirements.lock")
    assert "flask" in shipped
    assert "pytest" not in shipped
    assert {name: tested.get(name) for name in shipped} == shipped, (
        "uv pip compile docker/requirements.lock again, see docker/README.md"
    )


@pytest.mark.parametrize("name", OURS)
def test_our_services_can_do_little(name: str) -> None:
    service = COMPOSE["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "/tmp" in service["tmpfs"]
    assert "user" not in service
    assert "privileged" not in service


def test_only_the_web_has_a_port_and_only_on_this_machine() -> None:
    ports = {name: service.get("ports", []) for name, service in COMPOSE["services"].items()}
    assert [name for name, given in ports.items() if given] == ["web"]
    assert all(port.startswith("127.0.0.1:") for port in ports["web"])


def test_the_data_outlives_its_container_and_no_password_is_written_down() -> None:
    database = COMPOSE["services"]["db"]
    assert database["volumes"] == ["database:/var/lib/postgresql/data"]
    assert "database" in COMPOSE["volumes"]
    assert database["environment"]["POSTGRES_PASSWORD"].startswith("${POSTGRES_PASSWORD:?")
    assert database["security_opt"] == ["no-new-privileges:true"]


def test_the_web_waits_for_a_migrated_database() -> None:
    services = COMPOSE["services"]
    waits = services["web"]["depends_on"]
    assert waits["db"]["condition"] == "service_healthy"
    assert waits["migrate"]["condition"] == "service_completed_successfully"
    assert services["migrate"]["command"] == ["db", "upgrade"]
    assert "pg_isready" in services["db"]["healthcheck"]["test"]
    assert "/readyz" in services["web"]["healthcheck"]["test"][-1]
    for service in services.values():
        assert set(service.get("depends_on", {})) <= set(services)
