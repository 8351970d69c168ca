"""Who may come in. For now personal mode alone: one user, a token link, cookie sessions for browsers."""
