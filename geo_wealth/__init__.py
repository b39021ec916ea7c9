"""Neighbourhood targeting for community wealth: domain, storage, pipelines, command line."""
