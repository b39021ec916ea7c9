"""The only place that joins files, numbers and storage."""
