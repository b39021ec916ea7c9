"""The invented part of the Kirklees sample: payments, suppliers, buildings, an outcome.

Real boundaries, deprivation and postcodes are in ``boundaries/sample``. What is here is made
up by :mod:`geo_wealth.sample.generate`, and every row says so.
"""

from pathlib import Path

FOLDER = Path(__file__).parent
"""Where ledger.csv, suppliers.csv, anchors.csv, assets.csv and outcome.csv are."""
