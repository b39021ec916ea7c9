"""Clusters of high and low values among neighbours: local Moran and Getis-Ord Gi*."""
