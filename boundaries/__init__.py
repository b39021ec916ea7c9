"""Publishers' geography files, read into validated records. No database, no web, no settings."""
