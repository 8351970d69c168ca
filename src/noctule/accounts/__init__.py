"""Who may come in, and what they may. See docs/accounts.md. Personal mode has one user, a token link and sessions; a team has accounts."""
