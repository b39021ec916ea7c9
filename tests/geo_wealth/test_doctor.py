"""``geo-wealth doctor``: each thing that may be wrong is named, with what mends it."""

import json
import os
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from geo_wealth import doctor, migrate, postgres
from geo_wealth.cluster import Cluster
from geo_wealth.commands.doctor import doctor as command
from geo_wealth.config import Settings
from geo_wealth.doctor import Finding, examine, healthy


def settings_for(folder: Path, url: str | None = None) -> Settings:
    return Settings(DATABASE_URL=url, GEO_WEALTH_DATA_DIR=folder)  # type: ignore[call-arg]


def finding(settings: Settings, name: str) -> Finding:
    return next(found for found in examine(settings) if found.name == name)


def test_a_good_database_is_called_good(database: str, tmp_path: Path) -> None:
    settings = settings_for(tmp_path, database)
    assert finding(settings, "Database").state == "ok"
    tables = finding(settings, "Tables")
    assert (tables.state, tables.remedy) == ("ok", None)
    assert str(migrate.head()) in tables.message
    assert finding(settings, "Python").state == "ok"


def test_old_tables_are_named_with_the_command(database: str, tmp_path: Path) -> None:
    migrate.downgrade(database, "base")
    tables = finding(settings_for(tmp_path, database), "Tables")
    assert (tables.state, tables.remedy) == ("wrong", "geo-wealth db upgrade")


def test_a_database_without_postgis_is_left_alone(cluster: Cluster, tmp_path: Path) -> None:
    cluster.create_database("plain")
    try:
        settings = settings_for(tmp_path, cluster.libpq_url("plain"))
        for _ in range(2):  # looking does not mend it
            assert finding(settings, "Database").remedy == "geo-wealth db upgrade"
    finally:
        cluster.drop_database("plain")


def test_a_database_that_is_away_is_named_without_its_password(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, f"postgres://someone:secret@/x?host={tmp_path}")
    findings = examine(settings)
    assert not healthy(findings)
    assert {f.name for f in findings if f.state == "wrong"} >= {"Database", "Tables"}
    assert "secret" not in str(findings)


def test_an_address_of_another_kind_is_named(tmp_path: Path) -> None:
    found = finding(settings_for(tmp_path, "mysql://h/x"), "Database")
    assert found.remedy == "correct DATABASE_URL, or unset it"


def test_a_private_database_is_not_made_by_looking(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "server_account", lambda _: None)  # pytest's folders are closed
    settings = settings_for(tmp_path / "data")
    assert finding(settings, "Data folder").state == "ok"
    assert finding(settings, "Database").state == "optional"
    assert finding(settings, "Tables").state == "optional"
    assert not (tmp_path / "data").exists()


def test_a_data_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    found = finding(settings_for(tmp_path / "file" / "data"), "Data folder")
    assert found.state == "wrong"
    assert "GEO_WEALTH_DATA_DIR" in str(found.remedy)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_data_folder_that_is_closed_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert finding(settings_for(tmp_path / "data"), "Data folder").state == "wrong"


@pytest.mark.skipif(os.geteuid() != 0, reason="only for root does another account serve")
def test_a_data_folder_that_the_server_cannot_enter_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    found = finding(settings_for(tmp_path / "data"), "Data folder")
    assert found.state == "wrong"
    assert "cannot enter" in found.message


def test_missing_programs_assets_and_browser_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "_has_postgis", lambda _: False)
    monkeypatch.setattr(doctor, "ASSETS", ("leaflet/none.js",))
    monkeypatch.setattr(doctor, "CHROMIUM", ("no-such-browser",))
    monkeypatch.setattr(doctor, "OLDEST_PYTHON", (9, 9))
    settings = settings_for(tmp_path)
    assert "install" in str(finding(settings, "PostGIS").remedy)
    assert finding(settings, "Front-end assets").remedy == "script/assets"
    assert finding(settings, "Chromium").state == "optional"
    assert finding(settings, "Python").state == "wrong"


@pytest.mark.parametrize("state", ["ok", "optional", "wrong"])
def test_the_command_prints_both_forms_and_fails_only_for_what_is_wrong(
    state: doctor.State, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = Finding("Thing", state, "It is so.", "mend it")
    monkeypatch.setattr("geo_wealth.commands.doctor.examine", lambda _: [found])
    app = typer.Typer()
    app.command()(command)
    text, document = CliRunner().invoke(app), CliRunner().invoke(app, ["--json"])
    assert text.exit_code == document.exit_code == (1 if state == "wrong" else 0)
    assert "Thing: It is so." in text.stdout
    assert "to mend it: mend it" in text.stdout
    assert json.loads(document.stdout) == {
        "healthy": state != "wrong",
        "findings": [
            {"name": "Thing", "state": state, "message": "It is so.", "remedy": "mend it"}
        ],
    }
