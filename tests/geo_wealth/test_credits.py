"""What licences ask to be said, each sentence once."""

from hypothesis import given
from hypothesis import strategies as st

from geo_wealth.credits import said_once

CROWN = "Contains OS data © Crown copyright and database right."
MAIL = "Contains Royal Mail data © Royal Mail copyright and database right."
ONS = "Source: Office for National Statistics licensed under the Open Government Licence v.3.0."


def test_a_sentence_that_another_line_has_is_said_once() -> None:
    assert said_once([f"{CROWN} {MAIL}", f"{ONS} {CROWN}"]) == [f"{CROWN} {MAIL}", ONS]
    assert said_once([CROWN, f"{CROWN} {MAIL}", CROWN]) == [CROWN, MAIL]


def test_a_statement_within_a_longer_one_is_left_out() -> None:
    dated = "Contains OS data © Crown copyright and database right 2021."
    assert said_once([CROWN, f"{ONS} {dated}"]) == [f"{ONS} {dated}"]


def test_years_that_differ_are_both_said() -> None:
    years = [f"{CROWN[:-1]} {year}." for year in (2019, 2021)]
    assert said_once(years) == years


def test_words_are_compared_and_not_letters() -> None:
    lines = ["Contains OS data.", "Contains OS database right."]
    assert said_once(lines) == lines


@given(st.lists(st.lists(st.sampled_from([CROWN, MAIL, ONS, "A b.", "A b c."]), min_size=1)))
def test_nothing_is_lost_and_nothing_said_twice(lines: list[list[str]]) -> None:
    said = " ".join(said_once(" ".join(line) for line in lines))
    for sentence in {sentence for line in lines for sentence in line}:
        assert sentence[:-1] in said
        if sentence != "A b.":
            assert said.count(sentence) == 1
