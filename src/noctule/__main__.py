"""`python -m noctule`: the same as the command `noctule`."""

from noctule.cli.main import main

main()
