"""The subprocess that trains and predicts. It knows no database: spec and files in, journal and files out."""
