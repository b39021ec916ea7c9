"""Spend over HTTP: local, leaked and unlocated pounds under a definition, with all parts."""

from dataclasses import asdict
from decimal import Decimal
from typing import Any

from flask import Response
from sqlalchemy import Connection

from geo_wealth.pipeline.anchors import anchors, anchors_document
from geo_wealth.pipeline.compare import compare
from geo_wealth.pipeline.compare_words import compare_document
from geo_wealth.pipeline.lab import lab, lab_document
from geo_wealth.pipeline.opportunity import opportunity, opportunity_document
from geo_wealth.pipeline.spend import SpendResult
from geo_wealth.pipeline.spend import spend as work_out
from geo_wealth.pipeline.spend_documents import money, spend_document
from geo_wealth.queries import named
from geo_wealth.queries.claims import claims
from geo_wealth.queries.datasets import attributions
from geo_wealth.queries.named import NamedDocument
from geo_wealth.spend.disclosure import UNNAMED
from geo_wealth.spend.placing import WHY
from webmap.api.blueprint import route
from webmap.caching import cached, json_response
from webmap.database import connection
from webmap.params import Values
from webmap.spend_anchors import ANCHORS, anchors_request
from webmap.spend_choices import fixed, lab_fixed
from webmap.spend_compare import COMPARE, SIDES, compare_fixed, side_of
from webmap.spend_documents import parse, words
from webmap.spend_lab import LAB, lab_request
from webmap.spend_params import SPEND, spend_request


@route("/spend", "Say how much spend is local, leaked and unlocated", SPEND, "Spend")
def spend(values: Values) -> Response:
    """Give the whole and its parts; pounds as decimal strings."""

    def build(conn: Connection) -> Response:
        result = work_out(conn, spend_request(values))
        document = {**spend_document(result), **located(result)}
        return json_response({**document, "attribution": attributions(conn)})

    return cached(fixed(connection(), values), build)


@route("/spend/lab", "Put the same payments under several definitions of local", LAB, "Lab")
def spend_lab(values: Values) -> Response:
    """Give each definition's split, and what any two of them disagree on."""
    stated = lab_fixed(connection(), values)

    def build(conn: Connection) -> Response:
        document = lab_document(lab(conn, lab_request(stated)))
        return json_response({**document, "attribution": attributions(conn)})

    return cached(stated, build)


@route("/spend/compare", "Compare two baselines, their change split in parts", COMPARE, "Compared")
def spend_compare(values: Values) -> Response:
    """Give both baselines, whether they are like for like, and the parts of the change."""
    conn = connection()
    stated = compare_fixed(conn, values)
    sides = [spend_request(side_of(stated, side)) for side in SIDES]
    recorded = [claim.id for claim in claims(conn)]

    def build(conn: Connection) -> Response:
        document = compare_document(compare(conn, *sides))
        return json_response({**document, "attribution": attributions(conn)})

    return cached({**stated, "recorded": recorded}, build)


@route("/spend/opportunities", "List the categories in which money leaks", SPEND, "Leaks")
def spend_opportunities(values: Values) -> Response:
    """Give categories that leak, with and without local suppliers known."""

    def build(conn: Connection) -> Response:
        document = opportunity_document(opportunity(conn, spend_request(values)))
        return json_response({**document, "attribution": attributions(conn)})

    return cached(fixed(connection(), values), build)


@route("/spend/anchors", "Put payers side by side, and together", ANCHORS, "Payers")
def spend_anchors(values: Values) -> Response:
    """Give each payer's split, their sum without transfers, and their transfers."""
    asked = anchors_request(values)
    meant = [
        (each.slug, each.version) for each in named.named_documents(connection(), "definition")
    ]

    def build(conn: Connection) -> Response:
        document = anchors_document(anchors(conn, asked))
        return json_response({**document, "attribution": attributions(conn)})

    return cached({**fixed(connection(), values), "meant": meant}, build)


@route("/definitions", "List definitions of local and rule sets, all versions", (), "Definitions")
def definitions(values: Values) -> Response:
    """Give every document: what it is called, its hash, its words and its TOML."""
    conn = connection()
    kept = {kind: named.named_documents(conn, kind) for kind in named.KINDS}
    meant = [(each.kind, each.slug, each.version) for every in kept.values() for each in every]

    def build(conn: Connection) -> Response:
        return json_response(
            {
                f"{kind.removesuffix('s')}s": [document_of(conn, each) for each in every]
                for kind, every in kept.items()
            }
        )

    return cached({**values, "meant": meant}, build)


def document_of(conn: Connection, kept: NamedDocument) -> dict[str, Any]:
    """Give a definition or a rule set as JSON, without who added it."""
    document = asdict(kept)
    document["name"] = document.pop("slug")
    del document["added_by"]
    return {**document, "words": words(conn, parse(kept))}


def located(result: SpendResult) -> dict[str, Any]:
    """Give what the first form of this address gave: how much could be placed at all."""
    split = result.split
    placed = split.local + split.leaked
    because = {reason: pounds for reason, pounds, _ in result.why_unlocated}
    told = not any(reason.startswith(UNNAMED) for reason in because)
    unnamed = sum((because.get(reason, Decimal(0)) for reason in WHY[:2]), Decimal(0))
    return {
        "located": money(placed),
        "redacted": money(unnamed) if told else None,
        "share_located": float(placed / split.total) if split.total > 0 else None,
    }
