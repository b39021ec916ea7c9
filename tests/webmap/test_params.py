"""Arguments: what is accepted, and what a refusal says."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from geo_wealth.errors import InvalidRequestError
from webmap.filters import ORDERING, RANKING, query_of, rank_filters
from webmap.params import Param, read

ALL = (*RANKING, *ORDERING)


def parse(*pairs: tuple[str, str]) -> dict[str, object]:
    return read(MultiDict(pairs), ALL)


def test_defaults_stand_for_what_is_not_given() -> None:
    filters = rank_filters(parse())
    assert filters.request.weights == {"deprivation": 0.5, "spend": 0.25, "assets": 0.25}
    assert filters.request.directions == {"deprivation": 1, "spend": -1, "assets": 1}
    assert (filters.top, filters.sort, filters.order) == (None, "rank", "asc")


@pytest.mark.parametrize(
    ("given_", "shares"),
    [
        ((".5", ".25", ".25"), (0.5, 0.25, 0.25)),
        (("50", "25", "25"), (0.5, 0.25, 0.25)),
        (("2", "1", "1"), (0.5, 0.25, 0.25)),
        (("0", "0", "7"), (0.0, 0.0, 1.0)),
    ],
)
def test_weights_are_divided_by_their_sum(
    given_: tuple[str, str, str], shares: tuple[float, float, float]
) -> None:
    names = ("w.deprivation", "w.spend", "w.assets")
    filters = rank_filters(parse(*zip(names, given_, strict=True)))
    assert tuple(filters.request.weights.values()) == shares


def test_a_weight_left_out_is_zero_once_another_is_given() -> None:
    filters = rank_filters(parse(("w.spend", "1")))
    assert filters.request.weights == {"deprivation": 0.0, "spend": 1.0, "assets": 0.0}
    assert filters.points["spend"] == 100


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("w.deprivation", "abc", "a number from 0 to 100"),
        ("w.deprivation", "-1", "a number from 0 to 100"),
        ("w.deprivation", "nan", "a number from 0 to 100"),
        ("w.deprivation", "inf", "a number from 0 to 100"),
        ("w.deprivation", "1e3", "a number from 0 to 100"),
        ("w.deprivation", "1_0", "a number from 0 to 100"),
        ("w.deprivation", "", "a number from 0 to 100"),
        ("w.deprivation", "٣", "a number from 0 to 100"),
        ("top", "0", "a whole number from 1 to 1000"),
        ("top", "2.5", "a whole number from 1 to 1000"),
        ("top", "1001", "a whole number from 1 to 1000"),
        ("district", "Kirklees", "must look like E08000034"),
        ("district", "E08000034\n", "must look like E08000034"),
        ("district", "E0800003\x00", "must look like E08000034"),
        ("index", "imd2015", "one of imd2019, imd2025"),
        ("sort", "1;drop table", "one of rank, name, score"),
        ("eligible_only", "perhaps", "true or false"),
        ("direction.spend", "up", "one of high, low"),
    ],
)
def test_a_malformed_value_is_named_with_what_is_allowed(name: str, value: str, says: str) -> None:
    if value.endswith("\n"):
        assert parse((name, value))[name] == value.strip()
        return
    with pytest.raises(InvalidRequestError) as refused:
        parse((name, value))
    assert refused.value.parameter == name
    assert says in refused.value.reason


def test_an_unknown_parameter_is_named_with_those_allowed() -> None:
    with pytest.raises(InvalidRequestError, match=r"colour: not a parameter .* district"):
        parse(("colour", "red"))


def test_a_repeated_parameter_is_refused() -> None:
    with pytest.raises(InvalidRequestError, match="top: given more than once"):
        parse(("top", "1"), ("top", "2"))


def test_all_weights_zero_are_refused() -> None:
    with pytest.raises(InvalidRequestError, match=r"w\.deprivation: at least one weight"):
        rank_filters(parse(("w.deprivation", "0")))


def test_methods_that_do_not_go_together_are_refused() -> None:
    with pytest.raises(InvalidRequestError, match="aggregate: geometric"):
        rank_filters(parse(("aggregate", "geometric"), ("normalise", "z")))


def test_a_required_parameter_is_asked_for() -> None:
    with pytest.raises(InvalidRequestError, match="postcode: missing"):
        read(MultiDict(), (Param("postcode", "", example="HD1 2TT", required=True),))


@given(
    st.fixed_dictionaries(
        {name: st.integers(0, 100).map(str) for name in ("w.deprivation", "w.spend")}
    ),
    st.sampled_from(["rank", "name", "spend"]),
    st.none() | st.integers(1, 1000),
)
def test_an_address_says_the_same_when_written_and_read_again(
    weights: dict[str, str], sort: str, top: int | None
) -> None:
    if not any(int(weight) for weight in weights.values()):
        return
    pairs = [*weights.items(), ("sort", sort), ("district", "E08000034"), ("index", "imd2019")]
    first = rank_filters(parse(*pairs, *([("top", str(top))] if top else [])))
    again = rank_filters(parse(*query_of(first).items()))
    assert again == first


@given(st.text(max_size=30), st.text(max_size=30))
def test_nothing_that_is_typed_breaks_the_reader(name: str, value: str) -> None:
    with suppress(InvalidRequestError):
        rank_filters(read(MultiDict([(name, value)]), ALL))


def test_a_parameter_that_may_be_repeated_keeps_its_order_and_each_value_once() -> None:
    several = Param("payer", "Who paid.", many=True)
    args = MultiDict([("payer", "B"), ("payer", "A"), ("payer", ""), ("payer", "B")])
    assert read(args, (several,)) == {"payer": ("B", "A")}
    assert read(MultiDict(), (several,)) == {"payer": ()}
    assert several.schema() == {"type": "array", "items": {"type": "string"}}


def test_a_parameter_is_repeated_only_so_often() -> None:
    several = Param("include", "Code.", many=True, most=2)
    twice = MultiDict([("include", "A"), ("include", "B"), ("include", "A")])
    assert read(twice, (several,)) == {"include": ("A", "B")}
    thrice = MultiDict([("include", "A"), ("include", "B"), ("include", "C")])
    with pytest.raises(InvalidRequestError, match="include: given 3 times; on the web 2 at most"):
        read(thrice, (several,))
    assert several.schema()["maxItems"] == 2


@pytest.mark.parametrize("text", ["2021-02-30", "20210401", "1 April 2021", "2021-4-1"])
def test_a_day_is_refused_unless_it_is_one(text: str) -> None:
    day = Param("from", "First day.", kind="date")
    assert read(MultiDict([("from", " 2021-04-01 ")]), (day,)) == {"from": date(2021, 4, 1)}
    assert read(MultiDict([("from", "")]), (day,)) == {"from": None}
    with pytest.raises(InvalidRequestError, match="must be a day such as 2021-04-01"):
        read(MultiDict([("from", text)]), (day,))
