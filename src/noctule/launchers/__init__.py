"""Start and stop agents. A launcher knows no database, user or notebook."""
