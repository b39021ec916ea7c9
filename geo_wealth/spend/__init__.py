"""Spend: definitions of local, rules of what is in, and the numbers that follow from both.

Pure functions over arrays and frozen records: no database, no web.
"""
