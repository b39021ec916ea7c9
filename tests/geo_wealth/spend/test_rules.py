"""Rule sets: which payments are out and why, in order, and what is refused."""

import csv
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from spend_books import At, Paid, Payee, make_book

from geo_wealth.errors import RefusedFileError
from geo_wealth.names import payee_state
from geo_wealth.spend.book import NONE, Book
from geo_wealth.spend.rules import RuleSet, apply, canonical, parse_rules
from geo_wealth.spend.wording import describe_rules, rule_differences
from geo_wealth.spend.words import Vocabulary, canonical_pattern, pattern_problem, words_of
from geo_wealth.store.named import ready_made

HEAD = 'slug = "mine"\ntitle = "Mine"\n'


def rule(slug: str, when: str, unless: str = "") -> str:
    spared = f"[rule.unless]\n{unless}\n" if unless else ""
    return f'[[rule]]\nslug = "{slug}"\nreason = "because {slug}"\n[rule.when]\n{when}\n{spared}'


def rule_set(*rules: str) -> RuleSet:
    return parse_rules(HEAD + "\n".join(rules), "mine.toml")


def outs(book: Book, rules: RuleSet) -> list[str]:
    """Name the rule that excludes each payment; "in" where none does."""
    return ["in" if place == NONE else rules.rules[place].slug for place in apply(book, rules)]


PAYMENTS = (
    Paid("Sample City Council", "100.00", category="Grants", department="Finance"),
    Paid("Acme Ltd", "250.00", category="Salaries & Wages", purpose="Basic pay"),
    Paid("Acme Ltd", "249.99", category="Repairs", repeats=True),
    Paid("Acme Ltd", "-300.00", category="Repairs", card=True),
    Paid("REDACTED", "10.00", purpose="Direct payments"),
    Paid("", "5.00"),
    Paid("J Sample", "7.00", payer="College"),
)
PAYEES = (
    Payee("REDACTED", state="redacted"),
    Payee("", state="blank"),
    Payee("J Sample", individual=True),
)
BOOK = make_book(PAYMENTS, PAYEES, (At("Acme Ltd", register="employers"),))


@pytest.mark.parametrize(
    ("when", "places"),
    [
        ('payee = ["council"]', [0]),
        ('payee = ["acme limited"]', []),
        ('category = ["salar*"]', [1]),
        ('category = ["salaries and wages"]', [1]),
        ('category = ["repairs", "grants"]', [0, 2, 3]),
        ('category = ["=salaries"]', []),
        ('department = ["finance"]', [0]),
        ('purpose = ["basic pay"]', [1]),
        ('any = ["pay*"]', [1, 4]),
        ('any = ["council", "repairs"]', [0, 2, 3]),
        ('payee = ["acme*"]\ncategory = ["repairs"]', [2, 3]),
        ('payer = ["college"]', [6]),
        ('register = ["employers"]', [1, 2, 3]),
        ('register = ["anchors", "vcse"]', []),
        ('channel = "card"', [3]),
        ('channel = "ledger"', [0, 1, 2, 4, 5, 6]),
        ('state = ["redacted"]', [4]),
        ('state = ["redacted", "blank"]', [4, 5]),
        ("individual = true", [6]),
        ("individual = false", [0, 1, 2, 3, 4, 5]),
        ("repeats = true", [2]),
        ("credit = true", [3]),
        ("credit = false", [0, 1, 2, 4, 5, 6]),
        ('below = "250.00"', [0, 2, 4, 5, 6]),
        ('below = "249.991"', [0, 2, 4, 5, 6]),
        ("below = 10", [5, 6]),
        ('above = "250.00"', [3]),
        ('above = "249.985"', [1, 2, 3]),
        ('above = "100"\ncredit = false', [1, 2]),
    ],
)
def test_what_a_field_excludes(when: str, places: list[int]) -> None:
    found = apply(BOOK, rule_set(rule("only", when)))
    assert np.flatnonzero(found != NONE).tolist() == places


def test_alternatives_and_exceptions() -> None:
    rules = parse_rules(
        HEAD
        + """
        [[rule]]
        slug = "either"
        reason = "either"
        [[rule.when]]
        payee = ["council"]
        [[rule.when]]
        category = ["repairs"]
        [[rule.when]]
        channel = "card"
        [[rule.unless]]
        credit = true
        [[rule.unless]]
        department = ["finance"]
        purpose = ["nothing of the kind"]
        """,
        "mine.toml",
    )
    assert outs(BOOK, rules) == ["either", "in", "either", "in", "in", "in", "in"]


def test_the_first_rule_that_holds_gives_the_reason() -> None:
    repairs, acme = rule("repairs", 'category = ["repairs"]'), rule("acme", 'payee = ["acme*"]')
    assert outs(BOOK, rule_set(repairs, acme))[1:4] == ["acme", "repairs", "repairs"]
    assert outs(BOOK, rule_set(acme, repairs))[1:4] == ["acme", "acme", "acme"]
    assert rule_set(repairs, acme).hash != rule_set(acme, repairs).hash


def test_no_rules_exclude_nothing_and_no_payments_are_no_trouble() -> None:
    assert outs(BOOK, rule_set()) == ["in"] * 7
    assert apply(make_book([]), rule_set(rule("acme", 'any = ["acme"]'))).tolist() == []


def test_what_the_ledger_leaves_out_matches_no_pattern() -> None:
    book = make_book([Paid("Acme", "1.00"), Paid("Acme", "1.00", category="zz")])
    assert outs(book, rule_set(rule("last", 'category = ["zz"]'))) == ["in", "last"]


RULES = st.lists(
    st.sampled_from(
        [
            rule("council", 'payee = ["council"]'),
            rule("repairs", 'category = ["repairs"]'),
            rule("small", 'below = "100"', "individual = true"),
            rule("cards", 'channel = "card"'),
            rule("redacted", 'state = ["redacted", "blank"]'),
        ]
    ),
    unique=True,
)


@given(RULES)
def test_included_and_excluded_add_up_and_more_rules_exclude_more(chosen: list[str]) -> None:
    rules = rule_set(*chosen)
    found = apply(BOOK, rules)
    rows = [int((found == place).sum()) for place in range(NONE, len(rules.rules))]
    pounds = [int(BOOK.payments.amount[found == place].sum()) for place in range(NONE, len(chosen))]
    assert sum(rows) == len(BOOK.payments)
    assert sum(pounds) == int(BOOK.payments.amount.sum())
    fewer = apply(BOOK, rule_set(*chosen[:-1]))
    assert (found[fewer != NONE] == fewer[fewer != NONE]).all()


@given(RULES.flatmap(lambda chosen: st.tuples(st.just(chosen), st.permutations(chosen))))
def test_the_order_of_rules_changes_reasons_never_what_is_in(
    orders: tuple[list[str], list[str]],
) -> None:
    one, other = (apply(BOOK, rule_set(*chosen)) for chosen in orders)
    assert ((one == NONE) == (other == NONE)).all()


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("salar*", "SALARIES - teachers", True),
        ("salar*", "Child sala", False),
        ("nhs", "Sample NHS Trust", True),
        ("nhs", "Enhsol Ltd", False),
        ("parish council", "Sample Parish Council", True),
        ("parish council", "Council of the Parish", False),
        ("j&i school", "Sample J & I School", True),
        ("prison and probation", "Prison & Probation Service", True),
        ("h m court*", "H.M. Courts", True),
        ("teachers", "Teacher's pensions", True),
        ("=grants", "Grants", True),
        ("=grants", "Grants to voluntary bodies", False),
        ("=city counc*", "City Council", True),
        ("café", "CAFE SAMPLE", True),
        ("a a b", "a a a b", True),
        ("2021", "2021:04 Sample", True),
    ],
)
def test_what_a_pattern_matches(pattern: str, text: str, matches: bool) -> None:
    assert pattern_problem(pattern) is None
    assert Vocabulary(["", text]).matches([pattern]).tolist() == [False, matches]


WORDS = st.lists(st.sampled_from(["grant", "grants", "city", "a", "and", "&"]), max_size=5)


@given(st.lists(WORDS.map(" ".join), max_size=6), WORDS.map(" ".join))
def test_the_index_finds_what_reading_every_text_would(texts: list[str], pattern: str) -> None:
    wanted = words_of(pattern)
    if not wanted:
        assert pattern_problem(pattern) is not None
        return

    def holds(words: Iterable[str]) -> bool:
        return f" {' '.join(wanted)} " in f" {' '.join(words)} "

    expected = [holds(words_of(text)) for text in texts]
    assert Vocabulary(texts).matches([pattern]).tolist() == expected


@pytest.mark.parametrize("pattern", ["", "*", "&", "and", "sal*ary", "*ary", "a = b", "x" * 81])
def test_a_pattern_that_cannot_be_meant_is_told(pattern: str) -> None:
    assert pattern_problem(pattern) is not None


def test_equal_patterns_are_written_in_one_way() -> None:
    assert canonical_pattern("H.M.  Court* & Tribunals") == "h m court* tribunals"
    assert canonical_pattern("=Grants") == "=grants"


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("x", "mine.toml is not a TOML file"),
        (HEAD + "rules = 1", "there is no key 'rules'; the keys here are slug, title, about and"),
        (HEAD + "rule = 1", "'rule' has to be a list of tables: [[rule]]"),
        (HEAD + "[[rule]]", "[[rule]] 1: 'slug' is missing"),
        (HEAD + '[[rule]]\nslug = "cards"', "'reason' is missing"),
        (HEAD + '[[rule]]\nslug = "-cards"', "hyphens, and to begin with a letter"),
        (HEAD + '[[rule]]\nslug = "cards"\nreason = "r"', "(cards): it does not say what it ex"),
        (HEAD + rule("cards", ""), "[when]: it is empty"),
        (HEAD + rule("cards", 'chanel = "card"'), "there is no key 'chanel'"),
        (HEAD + rule("cards", 'channel = "cash"'), "it has to be one of card and ledger"),
        (HEAD + rule("cards", 'payee = "council"'), "'payee' has to be a list of texts"),
        (HEAD + rule("cards", "payee = []"), "'payee' is empty"),
        (HEAD + rule("cards", 'payee = ["*"]'), "the pattern '*' has no word to look for"),
        (HEAD + rule("cards", f'payee = ["{"x" * 81}"]'), "is 81 characters long; 80 is the most"),
        (HEAD + rule("cards", 'payee = ["a*b"]'), "may have * only at the end of a word"),
        (HEAD + rule("cards", 'state = ["named"]'), "'named'; allowed are redacted and blank"),
        (HEAD + rule("cards", 'register = ["shops"]'), "allowed are suppliers, anchors"),
        (HEAD + rule("cards", 'individual = "yes"'), "has to be true or false, without quotes"),
        (HEAD + rule("cards", "below = 2.5"), 'pounds in quotes, exact: below = "250.00"'),
        (HEAD + rule("cards", 'below = "much"'), "pounds in quotes, exact"),
        (HEAD + rule("cards", 'below = "-1"'), "from 0 to"),
        (HEAD + rule("cards", 'below = "NaN"'), "from 0 to"),
        (HEAD + rule("cards", 'above = "0.00001"'), "at most 4 decimals"),
        (HEAD + rule("cards", 'payee = ["a"]', "credit = 1"), "[unless]: 'credit' has to be true"),
        (HEAD + rule("a-a", "credit = true") * 2, "two rules have the slug 'a-a'"),
        (
            HEAD
            + rule("a-a", "credit = true")
            + rule("b-b", "credit = true").replace("because b-b", "because a-a"),
            "two rules have the reason 'because a-a'",
        ),
        (HEAD + "[[rule]]\n" * 101, "there are 101 [[rule]]; 100 is the most"),
        (
            HEAD
            + rule("cards", "payee = [" + ",\n".join(f"'w{i}'" for i in range(1500)) + "]")
            + rule("more", "payee = [" + ",\n".join(f"'w{i}'" for i in range(501)) + "]"),
            "there are 2,001 patterns; 2,000 is the most",
        ),
    ],
)
def test_a_malformed_rule_set_is_refused_in_a_sentence(document: str, said: str) -> None:
    with pytest.raises(RefusedFileError) as refusal:
        parse_rules(document, "mine.toml")
    assert said in str(refusal.value)
    assert str(refusal.value).startswith("mine.toml")
    assert len(str(refusal.value)) < 400


def test_what_it_means_decides_the_hash() -> None:
    ours = rule_set(rule("cards", 'payee = ["Council", "nhs"]\nbelow = "10.50"'))
    same = parse_rules(
        'slug = "other"\ntitle = "Other"\nabout = "x"\n'
        + rule("cards", 'below = "10.5"\npayee = ["NHS", "council", "council"]'),
        "other.toml",
    )
    assert (ours.hash, canonical(ours)) == (same.hash, canonical(same))
    assert rule_differences(ours, same) == []
    listed = HEAD + '[[rule]]\nslug = "cards"\nreason = "because cards"\n[[rule.when]]\n'
    alike = parse_rules(listed + 'payee = ["council", "nhs"]\nbelow = "10.50"', "mine.toml")
    assert alike.hash == ours.hash


def test_rules_and_their_differences_in_words() -> None:
    cards = rule("cards", 'channel = "card"')
    old = rule_set(cards, rule("council", 'payee = ["council"]', "credit = true"))
    new = rule_set(
        rule("council", 'payee = ["nhs"]', "credit = true"),
        cards,
        rule("small", 'below = "250.00"\nindividual = false'),
    )
    assert describe_rules(new) == [
        "A payment is out for the first of these reasons that applies:",
        "1. because council (council): the payee says ‘nhs’; unless the amount is negative",
        "2. because cards (cards): it was paid by purchase card",
        "3. because small (small): the payee is no person and the amount is below £250.00",
    ]
    assert describe_rules(rule_set()) == ["Every payment is in."]
    assert rule_differences(replace(old, version=1), replace(new, version=2)) == [
        "mine@2 adds the rule small (because small).",
        "mine@2, council: excludes also when the payee says ‘nhs’.",
        "mine@2, council: no longer excludes when the payee says ‘council’.",
        "mine@2 tries the rules in another order: council then cards.",
    ]
    assert rule_differences(new, old)[:1] == ["mine leaves out the rule small (because small)."]


READY = {parsed.slug: parsed for kind, _, parsed in ready_made() if kind == "rules"}

# Invented, in the manner of real ledgers: what the tuning found and what it had to spare.
TYPICAL = [
    (Paid("Sample Pension Fund", "1.00"), "salaries"),
    (Paid("HMRC", "1.00", purpose="PAYE Tax"), "salaries"),
    (Paid("Sample Police Authority", "1.00", category="Precepts"), "precepts"),
    (Paid("Sample Parish Council", "1.00"), "precepts"),
    (Paid("Sample Combined Authori", "1.00", purpose="WASTE DISPOSAL LEVY"), "precepts"),
    (Paid("Sample MBC", "1.00"), "public-bodies"),
    (Paid("SAMPLE TEACHING HOSPITALS NHS FT", "1.00"), "public-bodies"),
    (Paid("Dept of Sampling", "1.00"), "public-bodies"),
    (Paid("Sample & Other Foundation Trust", "1.00"), "public-bodies"),
    (Paid("Sample J & I School", "1.00"), "schools"),
    (Paid("Acme", "1.00", purpose="SCHOOL BUDGET SHARE - 1234"), "schools"),
    (Paid("Sample Trust", "1.00", category="Grants to Vol Orgs"), "grants"),
    (Paid("REDACTED", "1.00"), "redacted"),
    (Paid("Sample Rock Salt Ltd", "1.00", category="National Insurance"), "in"),
    (Paid("Sample Consultants Ltd", "1.00", category="Salaries"), "in"),
    (Paid("Sample Council of Mosques", "1.00"), "in"),
    (Paid("Sample Refugee Council", "1.00"), "in"),
    (Paid("Sample Pre-School Playgroup", "1.00"), "in"),
    (Paid("Sample Grammar School Ltd", "1.00"), "in"),
    (Paid("Sample Fire Protection Ltd", "1.00"), "in"),
    (Paid("Sample Court Care Home", "1.00"), "in"),
    (Paid("Acme Ltd", "1.00", purpose="Grant Related Expenditure"), "in"),
    (Paid("Sample Computers Ltd", "1.00", category="Grants And Subscriptions"), "in"),
    (Paid("Sample Trust", "1.00", category="Grants Paid"), "grants"),
    (Paid("Sample College", "1.00"), "in"),
    (Paid("Grantham Supplies Ltd", "1.00", category="Repairs"), "in"),
]
STRICT = [
    (Paid("Acme Ltd", "1.00", card=True), "cards"),
    (Paid("Acme Ltd", "1.00", purpose="Payments via credit cards"), "cards"),
    (Paid("Acme Ltd", "1.00", category="HR : Temporary & Agency Staff"), "temporary-contracts"),
    (Paid("REDACTED", "1.00", purpose="DIRECT PAYMENTS"), "direct-payments"),
    (Paid("REDACTED", "1.00", purpose="Payments to foster carers and adopters"), "foster-payments"),
    (Paid("Acme Home Ltd", "1.00", category="Nursing Home Payment"), "care-payments"),
    (Paid("Acme Ltd", "1.00", repeats=True), "repeated"),
    (Paid("Sample Travel Agency Ltd", "1.00", category="Travel agency"), "in"),
]


@pytest.mark.parametrize(
    ("slug", "cases"), [("third-party", TYPICAL), ("third-party-strict", [*TYPICAL, *STRICT])]
)
def test_the_ready_made_rules_on_typical_payments(slug: str, cases: list[tuple[Paid, str]]) -> None:
    book = make_book([paid for paid, _ in cases], [Payee("REDACTED", state="redacted")])
    assert outs(book, READY[slug]) == [expected for _, expected in cases]


def test_the_ready_made_rules_that_leave_out_nothing_and_only_cards() -> None:
    assert outs(BOOK, READY["all-payments"]) == ["in"] * 7
    assert outs(BOOK, READY["without-cards"])[2:5] == ["in", "cards", "in"]


def calderdale(file: Path) -> list[Paid]:
    """Read a month of Calderdale's ledger, only what the rules look at."""
    with file.open(encoding="utf-8-sig", newline="") as stream:
        return [
            Paid(
                row["Supplier(Beneficiary) Name"],
                row["Net Amount"].replace(",", ""),
                category=row["Procurement Classification: Council's Procurement Category Name"]
                or None,
                department=row["Expense Area"] or None,
                purpose=row["Purpose of Spend (Summary)"] or None,
            )
            for row in csv.DictReader(stream)
        ]


@pytest.mark.parametrize("slug", ["third-party", "third-party-strict"])
def test_a_month_of_a_real_ledger_adds_up_by_reason(shared: Path, slug: str) -> None:
    paid = calderdale(shared / "spend" / "calderdale" / "2022-01.csv")
    book = make_book(paid, [Payee(name, payee_state(name)) for name in {p.payee for p in paid}])
    reasons = outs(book, READY[slug])
    rows = Counter(reasons)
    assert rows.total() == len(paid)
    assert {"salaries", "public-bodies", "schools", "grants"} <= set(rows)
    for each, reason in zip(paid, reasons, strict=True):
        if each.purpose == "Monthly payment of school budgets to schools":
            assert reason == "schools"
        if each.purpose == "Payments for agency staff" and slug == "third-party-strict":
            assert reason == "temporary-contracts"
        if reason == "public-bodies":
            assert not each.payee.lower().endswith((" ltd", " limited", " plc"))
