"""The API: documents, pages of rows, tags, problems, and its own description."""

import re
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import validate

from boundaries.issues import Issue
from webmap.api.places import issue_document

AREA, DISTRICT = "E01011140", "E08000034"


def get(client: FlaskClient, address: str) -> dict:  # type: ignore[type-arg]
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/json"
    assert answer.json is not None
    return dict(answer.json)


def test_a_ranking_has_the_promised_shape(client: FlaskClient) -> None:
    found = get(client, f"/api/v1/rankings?district={DISTRICT}&index=imd2019")
    assert set(found) >= {"ranking", "areas", "not_ranked", "legend", "attribution", "next"}
    assert found["ranking"]["weights"] == {"deprivation": 0.5, "spend": 0.25, "assets": 0.25}
    assert found["ranking"]["sample"] is True
    assert len(found["areas"]) + len(found["not_ranked"]) == 259
    first = found["areas"][0]
    assert first["rank"] == 1
    parts = [cell["contribution"] for cell in first["indicators"].values()]
    assert sum(parts) == pytest.approx(first["score"], abs=1e-12)
    assert found["next"] is None


def test_the_legend_counts_every_ranked_area(client: FlaskClient) -> None:
    found = get(client, "/api/v1/rankings")
    assert 1 <= len(found["legend"]) <= 5
    assert sum(item["count"] for item in found["legend"]) == len(found["areas"])


def test_the_api_and_the_page_rank_alike(client: FlaskClient) -> None:
    query = "w.deprivation=20&w.spend=70&w.assets=10"
    found = get(client, f"/api/v1/rankings?{query}")
    html = client.get(f"/rank?{query}").text
    rows = re.findall(r'data-code="(\w+)"[^>]*data-rank="(\d+)" data-score="([\d.e-]+)"', html)
    assert [(a["code"], str(a["rank"]), a["score"]) for a in found["areas"]] == [
        (code, rank, float(score)) for code, rank, score in rows
    ]


def test_next_links_lead_through_all_rows_once(client: FlaskClient) -> None:
    codes: list[str] = []
    address: str | None = "/api/v1/rankings?limit=100&w.deprivation=1"
    pages = 0
    while address:
        found = get(client, address)
        codes += [area["code"] for area in found["areas"]]
        address, pages = found["next"], pages + 1
    assert pages == 3
    assert len(codes) == len(set(codes)) == 259


def test_top_limits_the_rows(client: FlaskClient) -> None:
    assert len(get(client, "/api/v1/rankings?top=7")["areas"]) == 7


def test_an_explanation_is_in_words_and_figures(client: FlaskClient) -> None:
    found = get(client, f"/api/v1/areas/{AREA}/explanation?w.deprivation=1")
    assert found["rank"] == 1
    assert found["sentences"][0].startswith("Kirklees 019C ranks 1st")


def test_an_area_tells_its_deprivation(client: FlaskClient) -> None:
    found = get(client, f"/api/v1/areas/{AREA}")
    overall = next(row for row in found["domains"]["imd2019"] if row["domain"] == "imd")
    assert (overall["rank"], overall["score"], overall["decile"]) == (661, 63.016, 1)


@pytest.mark.parametrize("typed", ["HD1+2TT", "hd12tt"])
def test_areas_of_a_postcode(client: FlaskClient, typed: str) -> None:
    found = get(client, f"/api/v1/areas?postcode={typed}")
    assert found["postcode"] == "HD1 2TT"
    assert {row["kind"] for row in found["areas"]} >= {"lsoa", "ward"}


def test_areas_by_name(client: FlaskClient) -> None:
    names = [row["name"] for row in get(client, "/api/v1/areas?q=ashbrow")["areas"]]
    assert "Ashbrow" in names


def test_assets_near_a_postcode_come_nearest_first(client: FlaskClient) -> None:
    found = get(client, "/api/v1/assets?postcode=HD1+2TT&within=2000")
    distances = [row["distance_m"] for row in found["assets"]]
    assert distances == sorted(distances)
    assert 0 <= distances[0] <= distances[-1] <= 2000
    assert found["sample"] is True


def test_assets_narrow_by_use_and_eligibility(client: FlaskClient) -> None:
    base = "/api/v1/assets?postcode=HD1+2TT&within=2000"
    eligible = get(client, f"{base}&eligible_only=true")["assets"]
    assert {row["eligibility"] for row in eligible} == {"eligible"}
    libraries = get(client, f"{base}&use=library")["assets"]
    assert libraries
    assert all("library" in row["use"].lower() for row in libraries)


@pytest.mark.parametrize("kind", ["assets", "suppliers", "anchors"])
def test_points_of_a_district(client: FlaskClient, kind: str) -> None:
    found = get(client, f"/api/v1/{kind}?district={DISTRICT}")
    assert found[kind]
    assert all(53 < row["latitude"] < 54 for row in found[kind] if row["latitude"] is not None)


def test_individuals_have_neither_name_nor_place(client: FlaskClient) -> None:
    rows = get(client, f"/api/v1/suppliers?district={DISTRICT}")["suppliers"]
    hidden = [row for row in rows if row["name"] is None]
    assert all(row["longitude"] is None and row["postcode"] is None for row in hidden)


def test_spend_adds_up_in_decimal_strings(client: FlaskClient) -> None:
    from decimal import Decimal  # noqa: PLC0415

    found = get(client, "/api/v1/spend")
    assert Decimal(found["located"]) + Decimal(found["unlocated"]) == Decimal(found["total"])
    assert found["sample"] is True


def test_datasets_and_their_issues(client: FlaskClient) -> None:
    rows = get(client, "/api/v1/datasets")["datasets"]
    assert {row["kind"] for row in rows} >= {"boundaries", "deprivation", "ledger"}
    issues = get(client, f"/api/v1/datasets/{rows[0]['dataset']}/issues")
    assert issues["dataset"] == rows[0]["dataset"]


def test_cells_that_may_name_a_person_stay_with_the_loader() -> None:
    issue = Issue(3, "Supplier", "invalid-date", "Mr A Person", "Not a date.", rejects=True)
    for kind in ("ledger", "register", "assets", "supply-chain", "survey"):
        assert "Person" not in str(issue_document(issue, kind))
    assert issue_document(issue, "postcodes")["value"] == "Mr A Person"


def test_issues_of_ledgers_hold_no_cells(client: FlaskClient) -> None:
    rows = get(client, "/api/v1/datasets")["datasets"]
    private = [row["dataset"] for row in rows if row["kind"] in {"ledger", "register", "assets"}]
    found = [get(client, f"/api/v1/datasets/{key}/issues")["issues"] for key in private]
    assert all("value" not in issue for issues in found for issue in issues)


@pytest.mark.parametrize("code", ["%00", "E01%00", "%1B"])
@pytest.mark.parametrize(
    "address",
    [
        "/areas/{}",
        "/wards/{}",
        "/api/v1/areas/{}",
        "/api/v1/areas/{}/explanation",
        "/api/v1/wards/{}",
        "/api/v1/datasets/{}/issues",
        "/static/{}",
    ],
)
def test_codes_that_cannot_be_are_not_found(client: FlaskClient, address: str, code: str) -> None:
    assert client.get(address.format(code)).status_code == 404


def test_districts_and_wards(client: FlaskClient) -> None:
    districts = get(client, "/api/v1/districts")["districts"]
    assert [row["code"] for row in districts] == [DISTRICT]
    assert len(get(client, "/api/v1/wards/E05001389")["lsoas"]) == 12


@pytest.mark.parametrize("encoding", ["identity", "gzip", "br"])
@pytest.mark.parametrize("address", ["/api/v1/rankings", "/api/v1/spend", "/rank.csv"])
def test_a_tag_saves_the_answer(client: FlaskClient, address: str, encoding: str) -> None:
    first = client.get(address, headers={"Accept-Encoding": encoding})
    assert first.headers["Cache-Control"] == "public, max-age=300"
    tag = first.headers["ETag"]
    again = client.get(address, headers={"Accept-Encoding": encoding, "If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == tag


def test_the_tag_depends_on_the_parameters(client: FlaskClient) -> None:
    tags = {
        client.get(f"/api/v1/rankings?{query}").headers["ETag"]
        for query in ("", "w.spend=1", "w.assets=1", "top=3", "eligible_only=true")
    }
    assert len(tags) == 5
    same = [client.get(f"/api/v1/rankings?w.spend={w}").headers["ETag"] for w in ("1", "1.0")]
    assert same[0] == same[1]


def test_the_same_request_gives_the_same_bytes(client: FlaskClient) -> None:
    assert client.get("/api/v1/rankings").data == client.get("/api/v1/rankings").data


@pytest.mark.parametrize(
    ("address", "status", "parameter"),
    [
        ("/api/v1/rankings?colour=red", 400, "colour"),
        ("/api/v1/rankings?limit=1001", 400, "limit"),
        ("/api/v1/rankings?index=imd1066", 400, "index"),
        ("/api/v1/rankings?w.deprivation=0", 400, "w.deprivation"),
        ("/api/v1/rankings?w.deprivation=0.000000000000001", 400, "w.deprivation"),
        ("/api/v1/assets?postcode=HELLO", 400, "postcode"),
        ("/api/v1/assets", 400, "postcode"),
        ("/api/v1/assets?postcode=HD1+2TT&within=5", 400, "within"),
        ("/rank.csv?top=-1", 400, "top"),
        ("/api/v1/assets?postcode=HD99+9ZZ", 404, None),
        ("/api/v1/areas/E01999999", 404, None),
        ("/api/v1/datasets/none/issues", 404, None),
        ("/api/v1/rankings?district=E08000099", 404, None),
        ("/api/v1/nothing", 404, None),
    ],
)
def test_problems_follow_rfc_9457(
    client: FlaskClient, address: str, status: int, parameter: str | None
) -> None:
    answer = client.get(address)
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    problem = answer.json
    assert problem is not None
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"].endswith(".")
    assert problem.get("parameter") == parameter
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_wrong_method_is_refused_with_what_is_allowed(client: FlaskClient) -> None:
    answer = client.post("/api/v1/rankings")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_the_description_is_valid_openapi(client: FlaskClient) -> None:
    document = get(client, "/openapi.json")
    assert document["openapi"].startswith("3.1")
    validate(document)


def test_every_route_of_the_api_is_described(client: FlaskClient, app: Flask) -> None:
    described = set(get(client, "/openapi.json")["paths"])
    routes = {
        re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
    }
    assert described == routes


def test_every_described_parameter_is_read(client: FlaskClient) -> None:
    for path, item in get(client, "/openapi.json")["paths"].items():
        address = path.replace("{code}", AREA).replace("{key}", "x")
        refusal = client.get(f"{address}?no_such_parameter=1").json
        assert refusal is not None
        for parameter in item["get"]["parameters"]:
            if parameter["in"] == "query":
                assert parameter["name"] in refusal["detail"]


def test_next_links_stay_on_this_service(client: FlaskClient) -> None:
    link = get(client, "/api/v1/rankings?limit=10")["next"]
    assert urlsplit(link).netloc == ""
