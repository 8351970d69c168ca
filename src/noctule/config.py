"""Every setting of the server, in one table: the fields of `Config`.

A value comes from, in rising order: its default, the file `DATA/noctule.toml` (or `--config FILE`), the environment
(`NOCTULE_<NAME>`), a flag of the command line. A Config knows where each of its values came from, so that an error, or
a page for administrators, can say so. `docs/settings.md` is tested against this table. Reads files; changes nothing.
"""

import hashlib
import os
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Final, Literal, get_type_hints

import msgspec
from msgspec import Meta

from noctule.errors import Invalid
from noctule_agent.wire import limits

FILE_NAME: Final = "noctule.toml"
PREFIX: Final = "NOCTULE_"

SECRET: Final = {"secret": True}
"""Of a setting whose value is never shown, for it is a password or holds one."""

SOCKET_PATH_BYTES: Final = 100
"""A unix socket's path must fit in 104 bytes (macOS) or 108 (Linux), its final zero included."""


def user_data() -> Path:
    """The platform's place for a program's data, e.g. ~/.local/share/noctule."""
    from platformdirs import user_data_dir  # not needed when `data` is given

    return Path(user_data_dir("noctule", appauthor=False))


class Source(msgspec.Struct, frozen=True):
    """Where a value came from. `name` is the file, the variable or the flag."""

    kind: Literal["default", "file", "environment", "flag"]
    name: str = ""

    def __str__(self) -> str:
        match self.kind:
            case "default":
                return "the default"
            case "file":
                return f"the file {self.name}"
            case "environment":
                return f"the environment variable {self.name}"
            case "flag":
                return f"the flag {self.name}"


DEFAULT: Final = Source("default")


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """The table. A field is a setting: its type with its bounds, its default, and what it is for."""

    host: Annotated[str, Meta(min_length=1, description="Address to listen on.")] = "127.0.0.1"
    port: Annotated[
        int,
        Meta(ge=0, le=65535, description="Port to listen on. If it was not given and is taken, the next free one."),
    ] = 8600
    data: Annotated[Path, Meta(description="Directory of everything that Noctule keeps.")] = msgspec.field(
        default_factory=user_data
    )
    database_url: Annotated[
        str | None,
        Meta(
            description="Database: `sqlite:///PATH` or `postgresql+psycopg://...`. Without it, SQLite in the data directory.",
            extra=SECRET,
        ),
    ] = None
    browser: Annotated[bool, Meta(description="Open the page in a browser when the server is ready.")] = True
    launcher: Annotated[
        Literal["auto", "sandbox", "process"],
        Meta(description="How runtimes are kept apart. `auto`: as well as this machine can (docs/runtimes.md)."),
    ] = "auto"
    minimum_isolation: Annotated[
        Literal["gvisor", "sandbox", "process"] | None,
        Meta(
            description="The worst level at which code is run. Without it, `sandbox` in team mode and `process` in personal mode."
        ),
    ] = None
    oci_runtime: Annotated[
        Path | None,
        Meta(
            description="Program that makes sandboxes: crun, runc or runsc. Without it, the first of crun and runc that is there."
        ),
    ] = None
    egress: Annotated[
        Literal["policy", "none", "open"],
        Meta(
            description="What sandboxes reach. `policy`: the internet, and nothing of this machine or a private network. `open`: private networks too."
        ),
    ] = "policy"
    pool_size: Annotated[
        int, Meta(ge=0, le=64, description="Warm runtimes kept ready, so that the first run does not wait.")
    ] = 1
    lease_hours: Annotated[
        float,
        Meta(gt=0, le=24 * 365, description="How long a runtime goes on without a server before it ends itself."),
    ] = 24.0
    unreachable_seconds: Annotated[
        float, Meta(gt=0, description="Silence after which a runtime is shown as unreachable.")
    ] = limits.UNREACHABLE_SECONDS
    kernel_python: Annotated[
        Path | None,
        Meta(description="Python whose environment notebooks find. Without it, the one that runs the server."),
    ] = None
    agent_socket: Annotated[
        Path | None,
        Meta(description="Unix socket that agents dial. Without it, `run/agent.sock` in the data directory."),
    ] = None
    mode: Annotated[
        Literal["personal", "team"],
        Meta(description="`personal`: one user on this machine, by a link. `team`: accounts that sign in."),
    ] = "personal"
    public_url: Annotated[
        Annotated[str, Meta(pattern=r"^https?://[^/\s,]+(,https?://[^/\s,]+)*$")] | None,
        Meta(
            description="Addresses by which people reach a server in team mode, with commas between: `https://noctule.example.org`. The first one stands in links."
        ),
    ] = None
    trusted_proxies: Annotated[
        str,
        Meta(
            description="Addresses of proxies whose `X-Forwarded-For` is believed, with commas between. It is who asks, in lists and limits."
        ),
    ] = ""
    sign_up: Annotated[
        Literal["invitation", "open"],
        Meta(description="Who may make an account in team mode: who is invited, or anyone."),
    ] = "invitation"
    default_quota_gb: Annotated[
        float,
        Meta(ge=0, le=1_000_000, description="Room for files that the standard plan begins with, in GB. 0: no bound."),
    ] = 0
    oidc_issuer: Annotated[
        Annotated[str, Meta(pattern=r"^https?://\S+$")] | None,
        Meta(description="Issuer of OpenID Connect that people sign in with, in team mode."),
    ] = None
    oidc_client_id: Annotated[str | None, Meta(description="How the issuer knows this server.")] = None
    oidc_client_secret: Annotated[
        str | None,
        Meta(description="Its secret; better in a file, for others may see flags.", extra=SECRET),
    ] = None
    oidc_client_secret_file: Annotated[Path | None, Meta(description="File that holds that secret.")] = None
    oidc_name: Annotated[
        str, Meta(min_length=1, max_length=60, description="What people call the issuer, for its button.")
    ] = "single sign-on"
    oidc_sign_up: Annotated[
        bool, Meta(description="Whoever the issuer vouches for may make an account, without an invitation.")
    ] = False
    audit_days: Annotated[int, Meta(ge=0, le=36_500, description="How long the audit log is kept. 0: for ever.")] = 365
    import_hosts: Annotated[
        str,
        Meta(
            description="Hosts from which notebooks are opened by their address, with commas between. Empty: from none."
        ),
    ] = "raw.githubusercontent.com,gist.githubusercontent.com,api.github.com"
    frame_origin: Annotated[
        Annotated[str, Meta(pattern=r"^https?://[^/\s]+$")] | None,
        Meta(description="Origin that serves the output frames. Without it, they are sandboxed with an opaque origin."),
    ] = None
    widget_cdn: Annotated[
        bool,
        Meta(
            description="Third parties' widgets that the kernel's environment does not have are loaded from cdn.jsdelivr.net."
        ),
    ] = True
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], Meta(description="Least important line that is logged.")
    ] = "info"
    log_format: Annotated[
        Literal["auto", "console", "json"],
        Meta(description="`console` for people, `json` for machines; `auto` is console on a terminal."),
    ] = "auto"

    sources: dict[str, Source] = {}
    """Setting -> where its value came from. A setting that is not named has its default."""

    def source(self, name: str) -> Source:
        return self.sources.get(name, DEFAULT)

    # --- what follows from the settings ---

    @property
    def public_urls(self) -> tuple[str, ...]:
        return tuple((self.public_url or "").lower().split(",")) if self.public_url else ()

    @property
    def oidc_secret(self) -> str | None:
        """From the setting or from its file. Raises errors.Invalid when that cannot be read."""
        if self.oidc_client_secret is not None or self.oidc_client_secret_file is None:
            return self.oidc_client_secret
        try:
            return self.oidc_client_secret_file.read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as error:
            source = self.source("oidc_client_secret_file")
            raise _invalid("oidc_client_secret_file", source, f"The file cannot be read: {error}") from error

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.data / 'noctule.db'}"

    @property
    def blobs(self) -> Path:
        return self.data / "blobs"

    @property
    def drive(self) -> Path:
        """The tree of notebook files."""
        return self.data / "drive"

    @property
    def runtimes(self) -> Path:
        return self.data / "runtimes"

    @property
    def run(self) -> Path:
        """What only means something while a server runs."""
        return self.data / "run"

    @property
    def sandboxes(self) -> Path:
        """What all sandboxes of this server stand on."""
        return self.data / "sandboxes"

    @property
    def sandbox_socket(self) -> Path:
        """The door of agents in sandboxes: short, for it is a socket, and the same over restarts, for they see its directory."""
        return Path("/run/noctule/doors") / hashlib.sha256(os.fsencode(self.data)).hexdigest()[:16] / "agents.sock"

    @property
    def socket(self) -> Path:
        """The agents' door. A path too long for a socket gives way to a short one that is as much this directory's own."""
        if self.agent_socket is not None:
            return self.agent_socket
        plain = self.run / "agent.sock"
        if len(os.fsencode(plain)) <= SOCKET_PATH_BYTES:
            return plain
        key = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:16]
        return Path("/tmp") / f"noctule-{os.getuid()}-{key}" / "agent.sock"  # noqa: S108 - its directory is made private


class Setting(msgspec.Struct, frozen=True):
    """One row of the table, as text for help and docs; `type` is what `msgspec.convert` checks values with."""

    name: str
    type: Any
    default: str
    help: str
    secret: bool = False

    @property
    def env(self) -> str:
        return PREFIX + self.name.upper()

    @property
    def flag(self) -> str:
        return "--" + self.name.replace("_", "-")

    @property
    def words(self) -> str:
        """The type in words: `integer`, `one of a, b`, ..."""
        return _words(self.type)


def load(flags: Mapping[str, object], environ: Mapping[str, str], file: Path | None = None) -> Config:
    """The settings as they are now. `flags` holds only the flags that were given. Raises errors.Invalid."""
    if file is None and (named := environ.get(PREFIX + "CONFIG")):
        file = Path(named)
    given: dict[str, tuple[object, Source]] = {}
    if file is not None:
        given |= _from_file(file.expanduser())
    above = _from_environment(environ) | _from_flags(flags)
    if file is None:
        chosen = _data_directory(above)
        given |= _from_file_in(chosen)
    given |= above
    values = {name: _checked(BY_NAME[name], value, source) for name, (value, source) in given.items()}
    return Config(**values, sources={name: source for name, (_, source) in given.items()})


def _from_flags(flags: Mapping[str, object]) -> dict[str, tuple[object, Source]]:
    return {
        name: (value, Source("flag", BY_NAME[name].flag if value is not False else f"--no-{name.replace('_', '-')}"))
        for name, value in flags.items()
    }


def _from_environment(environ: Mapping[str, str]) -> dict[str, tuple[object, Source]]:
    """Other variables that begin with NOCTULE_ belong to the command line and to runtimes."""
    return {
        setting.name: (environ[setting.env], Source("environment", setting.env))
        for setting in SETTINGS
        if environ.get(setting.env)
    }


def _data_directory(given: Mapping[str, tuple[object, Source]]) -> Path:
    if "data" not in given:
        return user_data()
    path: Path = _checked(BY_NAME["data"], *given["data"])
    return path


def _from_file_in(data: Path) -> dict[str, tuple[object, Source]]:
    path = data / FILE_NAME
    if not path.exists():
        return {}
    values = _from_file(path)
    if "data" in values:
        raise _invalid("data", values["data"][1], "A file in the data directory cannot say where that directory is.")
    return values


def _from_file(path: Path) -> dict[str, tuple[object, Source]]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Invalid("settings-file-invalid", f"The settings file {path} cannot be read.", f"{error}") from error
    source = Source("file", str(path))
    for name in table:
        if name not in BY_NAME:
            close = get_close_matches(name, BY_NAME, n=1)
            raise _invalid(name, source, "There is no such setting." + (f" Is it `{close[0]}`?" if close else ""))
    return {name: (value, source) for name, value in table.items()}


def _checked(setting: Setting, value: object, source: Source) -> Any:
    try:
        return msgspec.convert(value, setting.type, strict=False, dec_hook=_decode)
    except msgspec.ValidationError as error:
        shown = "Its value" if setting.secret else repr(value)
        raise _invalid(setting.name, source, f"{shown} will not do: {error}. It must be {setting.words}.") from error


def _decode(wanted: type, value: object) -> object:
    """Paths: msgspec has none. `~` is the home directory; a relative path is taken from where the command was given."""
    if wanted is Path and isinstance(value, str | Path) and str(value):
        return Path(value).expanduser().absolute()
    raise msgspec.ValidationError("Expected a path")


def _invalid(name: str, source: Source, why: str) -> Invalid:
    return Invalid("setting-invalid", f"The setting `{name}` from {source} is not valid.", why)


def _words(type_: Any) -> str:
    info = msgspec.inspect.type_info(type_)
    while isinstance(info, msgspec.inspect.Metadata):
        info = info.type
    match info:
        case msgspec.inspect.UnionType(types=parts):
            return _words_of(next(part for part in parts if not isinstance(part, msgspec.inspect.NoneType)))
        case _:
            return _words_of(info)


def _words_of(info: msgspec.inspect.Type) -> str:
    match info:
        case msgspec.inspect.BoolType():
            return "true or false"
        case msgspec.inspect.IntType():
            return "a whole number" + _bounds(info)
        case msgspec.inspect.FloatType():
            return "a number" + _bounds(info)
        case msgspec.inspect.LiteralType(values=values):
            return "one of " + ", ".join(f"`{value}`" for value in values) if len(values) > 1 else f"`{values[0]}`"
        case msgspec.inspect.CustomType(cls=cls) if cls is Path:
            return "a path"
        case _:
            return "text"


def _bounds(info: msgspec.inspect.IntType | msgspec.inspect.FloatType) -> str:
    parts = [
        f"{word} {bound:g}"
        for word, bound in (("from", info.ge), ("above", info.gt), ("up to", info.le))
        if bound is not None
    ]
    return f" {' '.join(parts)}" if parts else ""


def _table() -> tuple[Setting, ...]:
    hints = get_type_hints(Config, include_extras=True)
    rows = []
    for field in msgspec.structs.fields(Config):
        if field.name == "sources":
            continue
        hint = hints[field.name]
        meta = next(part for part in hint.__metadata__ if isinstance(part, Meta))
        rows.append(Setting(field.name, hint, _default(field), meta.description or "", bool(meta.extra)))
    return tuple(rows)


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.default is msgspec.NODEFAULT:
        return "the user's data directory"
    value = field.default
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case float():
            return f"{value:g}"
        case _:
            return str(value)


SETTINGS: Final = _table()
BY_NAME: Final = {setting.name: setting for setting in SETTINGS}
