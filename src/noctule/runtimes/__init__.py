"""The machines that run notebooks: their lives, their agents' links, and who has which."""
