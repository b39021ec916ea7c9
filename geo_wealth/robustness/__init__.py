"""How much the ranks depend on what was chosen: weights and method. Sensitivity, not confidence."""

from geo_wealth.robustness.ranks import MAX_AREAS, Robustness, robustness
from geo_wealth.robustness.weights import INTERVAL, Weightings, draw_weights

__all__ = ["INTERVAL", "MAX_AREAS", "Robustness", "Weightings", "draw_weights", "robustness"]
