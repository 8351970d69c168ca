"""The commands `noctule admin ...` and their options. What they do is in admin.py, imported when one is used."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Final, Literal

import typer

from noctule.cli.settings import await_, with_settings
from noctule.config import Config
from noctule_agent.wire.limits import PLAN_RUNTIMES, QUOTA_BYTES

HELP: Final = (
    "Accounts, tokens, teams, plans and the audit log of a team's server.\n\n"
    "These work straight on the database, with a server beside them or without one; whoever can write the data directory "
    "may. A running server notices within 15 seconds."
)
NEEDED: Final = ("data", "mode", "database_url", "public_url", "host", "port", "default_quota_gb")
PLACE: Final = ("data", "mode", "database_url")
PLANS: Final = (*PLACE, "default_quota_gb")
GB_MOST: Final = QUOTA_BYTES // 1024**3

admin_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help=HELP)
users_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Accounts.")
tokens_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Personal access tokens.")
audit_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Who did what, when, from where.")
teams_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Groups of people.")
plans_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="How much accounts may have.")
for name, sub in (
    ("users", users_app),
    ("tokens", tokens_app),
    ("audit", audit_app),
    ("teams", teams_app),
    ("plans", plans_app),
):
    admin_app.add_typer(sub, name=name)

Login = Annotated[str, typer.Argument(metavar="LOGIN", help="The account's login or email.")]
AsJson = Annotated[bool, typer.Option("--json", help="As JSON.")]
Email = Annotated[str | None, typer.Option("--email", metavar="EMAIL", help="The account will have this email.")]
AsAdmin = Annotated[bool, typer.Option("--admin", help="The account will be an admin.")]
Days = Annotated[int, typer.Option("--days", min=1, max=365, help="How long it can be used.")]
Team = Annotated[str, typer.Argument(metavar="TEAM", help="The team's name.")]
Plan = Annotated[str, typer.Argument(metavar="PLAN", help="The plan's name.")]
Logins = Annotated[list[str], typer.Argument(metavar="LOGIN...", help="Who.")]
Who = Annotated[str | None, typer.Option("--who", metavar="ID", help="The id of an account, or `server`.")]
What = Annotated[str | None, typer.Option("--what", metavar="WORD", help="`token-made`, or the first part: `token`.")]
Since = Annotated[datetime | None, typer.Option("--from", help="From this moment on.")]
Until = Annotated[datetime | None, typer.Option("--to", help="Before this moment.")]


@users_app.command("list")
@with_settings(*PLACE)
def list_users(config: Config, *, json: AsJson = False) -> int:
    """All accounts."""
    from noctule.cli import admin

    return await_(admin.list_users(config, json=json))


@users_app.command("invite")
@with_settings(*NEEDED)
def invite_user(config: Config, *, email: Email = None, admin: AsAdmin = False, days: Days = 7) -> int:
    """Print a link by which one person can make an account."""
    from noctule.cli import admin as commands

    return await_(commands.invite(config, email=email, admin=admin, days=days))


admin_app.command("invite")(invite_user)


@users_app.command("disable")
@with_settings(*PLACE)
def disable(config: Config, login: Login) -> int:
    """Let nobody in by this account; what it has stays."""
    from noctule.cli import admin

    return await_(admin.disable(config, login, disabled=True))


@users_app.command("enable")
@with_settings(*PLACE)
def enable(config: Config, login: Login) -> int:
    """Let it in again."""
    from noctule.cli import admin

    return await_(admin.disable(config, login, disabled=False))


@users_app.command("make-admin")
@with_settings(*PLACE)
def make_admin(
    config: Config, login: Login, *, no: Annotated[bool, typer.Option("--no", help="No admin any more.")] = False
) -> int:
    """Let an account manage the server."""
    from noctule.cli import admin

    return await_(admin.make_admin(config, login, admin=not no))


@users_app.command("set-password")
@with_settings(*PLACE)
def set_password(config: Config, login: Login) -> int:
    """Set a password, typed or from standard input. All sessions of the account end."""
    from noctule.cli import admin

    return await_(admin.set_password(config, login))


@users_app.command("quota")
@with_settings(*PLACE)
def set_quota(
    config: Config,
    login: Login,
    gb: Annotated[float, typer.Argument(metavar="GB", min=0, max=GB_MOST, help="0: what its plan says.")],
) -> int:
    """How much room an account has for its files."""
    from noctule.cli import admin

    return await_(admin.quota(config, login, gb or None))


@users_app.command("plan")
@with_settings(*PLANS)
def give_plan(config: Config, login: Login, plan: Plan) -> int:
    """Give an account another plan."""
    from noctule.cli import admin

    return await_(admin.give_plan(config, login, plan))


@users_app.command("delete")
@with_settings(*PLACE)
def delete_user(
    config: Config, login: Login, *, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False
) -> int:
    """Delete an account and all that it has. Its files go when a server runs: within 15 seconds, or when it starts."""
    from noctule.cli import admin

    return await_(admin.delete(config, login, yes=yes))


@tokens_app.command("list")
@with_settings(*PLACE)
def list_tokens(
    config: Config,
    *,
    login: Annotated[str | None, typer.Option("--login", metavar="LOGIN", help="Of this account alone.")] = None,
    json: AsJson = False,
) -> int:
    """All tokens, without their secrets."""
    from noctule.cli import admin

    return await_(admin.list_tokens(config, login, json=json))


@tokens_app.command("revoke")
@with_settings(*PLACE)
def revoke_token(config: Config, token: Annotated[str, typer.Argument(metavar="ID", help="Of the token.")]) -> int:
    """End a token."""
    from noctule.cli import admin

    return await_(admin.revoke_token(config, token))


@audit_app.command("list")
@with_settings(*PLACE)
def list_audit(
    config: Config,
    *,
    who: Who = None,
    what: What = None,
    since: Since = None,
    until: Until = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=500, help="How many.")] = 50,
    json: AsJson = False,
) -> int:
    """The newest first."""
    from noctule.cli import admin

    return await_(admin.list_audit(config, admin.wanted(who, what, since, until), limit, json=json))


@audit_app.command("export")
@with_settings(*PLACE)
def export_audit(
    config: Config,
    *,
    format_: Annotated[str, typer.Option("--format", metavar="csv|jsonl", help="What it becomes.")] = "jsonl",
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="[standard output]")] = None,
    who: Who = None,
    what: What = None,
    since: Since = None,
    until: Until = None,
) -> int:
    """All of it."""
    from noctule.cli import admin

    kind: Literal["csv", "jsonl"] = "csv" if format_ == "csv" else "jsonl"
    if format_ not in ("csv", "jsonl"):
        raise typer.BadParameter("csv or jsonl", param_hint="--format")
    return await_(admin.export_audit(config, admin.wanted(who, what, since, until), kind, output))


@teams_app.command("list")
@with_settings(*PLACE)
def list_teams(config: Config, *, json: AsJson = False) -> int:
    """All teams and who is in them."""
    from noctule.cli import admin

    return await_(admin.list_teams(config, json=json))


@teams_app.command("make")
@with_settings(*PLACE)
def make_team(config: Config, team: Team) -> int:
    """Make a team; prints its id."""
    from noctule.cli import admin

    return await_(admin.make_team(config, team))


@teams_app.command("delete")
@with_settings(*PLACE)
def delete_team(config: Config, team: Team) -> int:
    """Delete a team; its members stay."""
    from noctule.cli import admin

    return await_(admin.delete_team(config, team))


@teams_app.command("add")
@with_settings(*PLACE)
def add_to_team(config: Config, team: Team, logins: Logins) -> int:
    """Put people into a team."""
    from noctule.cli import admin

    return await_(admin.put_into_team(config, team, logins, leave=False))


@teams_app.command("remove")
@with_settings(*PLACE)
def remove_from_team(config: Config, team: Team, logins: Logins) -> int:
    """Take people out of a team."""
    from noctule.cli import admin

    return await_(admin.put_into_team(config, team, logins, leave=True))


@plans_app.command("list")
@with_settings(*PLANS)
def list_plans(config: Config, *, json: AsJson = False) -> int:
    """All plans and how many accounts have them."""
    from noctule.cli import admin

    return await_(admin.list_plans(config, json=json))


@plans_app.command("make")
@with_settings(*PLANS)
def make_plan(
    config: Config,
    plan: Plan,
    *,
    gb: Annotated[
        float | None, typer.Option("--gb", metavar="GB", min=0, max=GB_MOST, help="Room for files. [no bound]")
    ] = None,
    runtimes: Annotated[
        int | None,
        typer.Option("--runtimes", metavar="N", min=0, max=PLAN_RUNTIMES, help="Runtimes alive at once. [no bound]"),
    ] = None,
) -> int:
    """Make a plan; prints its id."""
    from noctule.cli import admin

    return await_(admin.make_plan(config, plan, gb, runtimes))


@plans_app.command("change")
@with_settings(*PLANS)
def change_plan(
    config: Config,
    plan: Plan,
    *,
    name: Annotated[str | None, typer.Option("--name", metavar="NAME", help="Its new name.")] = None,
    gb: Annotated[
        float | None, typer.Option("--gb", metavar="GB", min=-1, max=GB_MOST, help="Room for files; -1: no bound.")
    ] = None,
    runtimes: Annotated[
        int | None,
        typer.Option(
            "--runtimes", metavar="N", min=-1, max=PLAN_RUNTIMES, help="Runtimes alive at once; -1: no bound."
        ),
    ] = None,
) -> int:
    """Change a plan, for all who have it."""
    from noctule.cli import admin

    return await_(admin.change_plan(config, plan, name, gb, runtimes))


@plans_app.command("delete")
@with_settings(*PLANS)
def delete_plan(config: Config, plan: Plan) -> int:
    """Delete a plan that nobody has."""
    from noctule.cli import admin

    return await_(admin.delete_plan(config, plan))
