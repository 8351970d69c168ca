"""The settings as they are, for who manages. What is secret is said to be set, and no more."""

import msgspec
from litestar import get

from noctule.config import SETTINGS, Setting
from noctule.http.context import TheCore


class SettingInfo(msgspec.Struct):
    """`value` is "set" for a secret. `source`: where it came from, in words."""

    name: str
    value: str
    source: str
    help: str


class SettingList(msgspec.Struct):
    settings: list[SettingInfo]


def shown(setting: Setting, value: object) -> str:
    if value is None:
        return ""
    if setting.secret:
        return "set"
    return str(value).lower() if isinstance(value, bool) else str(value)


@get("/api/v1/admin/settings", summary="The settings, and where they come from", tags=["admin"])
async def settings(core: TheCore) -> SettingList:
    config = core.config
    return SettingList(
        [
            SettingInfo(each.name, shown(each, getattr(config, each.name)), str(config.source(each.name)), each.help)
            for each in SETTINGS
        ]
    )
