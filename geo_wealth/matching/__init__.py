"""Which organisation a payee is: stages, each with a score and a reason. No database here."""

from geo_wealth.matching.matcher import MATCHER, Matcher
from geo_wealth.matching.records import Candidate, Decision, Organisations, Payees

__all__ = ["MATCHER", "Candidate", "Decision", "Matcher", "Organisations", "Payees"]
