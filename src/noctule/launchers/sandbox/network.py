"""The way out of a sandbox: `pasta` joins its network namespace to the world, routes of the kind `prohibit` close what is not the world.

The namespace belongs to the sandbox's users, who have no CAP_NET_ADMIN: what is set up here they cannot change. pasta ends with it.
https://passt.top/passt/about/
"""

import ipaddress
import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from . import kernel
from .plan import Network

CLOSED: Final = (
    *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.168.0.0/16"),
    *("198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4", "fc00::/7", "fe80::/10", "ff00::/8"),
)
"""Private, link-local (with the metadata of clouds), shared and multicast ranges (RFC 6890)."""
SECONDS: Final = 10
_RESOLVERS: Final = (Path("/run/systemd/resolve/resolv.conf"), Path("/etc/resolv.conf"))

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Range = ipaddress.IPv4Network | ipaddress.IPv6Network


class NoNetwork(Exception):
    """The namespace could not be joined to the world; says why."""


def policy(pasta: str | None, *, closed: bool = True) -> Network:
    """As this host is now. `closed`: the local network is refused, as it is for people who do not own it."""
    if pasta is None:
        return Network(None)
    ranges = CLOSED if closed else ()
    # pasta connects from the host: to an address of the host that is not also the sandbox's own it would open the host's services.
    own = [f"{address}/{address.max_prefixlen}" for address in own_addresses()]
    return Network(pasta, (*ranges, *own), [str(address) for address in resolvers() if not address.is_loopback])


def resolvers() -> list[Address]:
    """Those of the host; of a host that asks itself (systemd-resolved), those that it asks."""
    found: list[Address] = []
    for file in _RESOLVERS:
        found = _resolvers(file)
        if found and not all(address.is_loopback for address in found):
            return found
    return found


def resolv_conf(addresses: Sequence[Address]) -> str:
    return "".join(f"nameserver {address}\n" for address in addresses if not address.is_loopback)


def own_addresses() -> list[Address]:
    """Every address of this host but loopback's, which is its own in each namespace."""
    listed = _ip("-o", "addr", "show")
    addresses = [line.split()[3].partition("/")[0] for line in listed.splitlines() if len(line.split()) > 3]
    found = [ipaddress.ip_address(address.partition("%")[0]) for address in addresses]
    return [address for address in found if not address.is_loopback and not address.is_link_local]


def join(pid: int, network: Network, scratch: Path) -> None:
    """The network namespace of this process, in which nothing runs yet, has its way out. Raises NoNetwork.

    `scratch` is a directory in a mount namespace of the caller's own: what a process that cannot be traced has in /proc is
    closed to pasta, so its namespaces are bound there.
    """
    if network.pasta is None:
        return
    places = []
    for kind in ("user", "net"):
        place = scratch / f"ns-{kind}"
        place.touch()
        kernel.mount(f"/proc/{pid}/ns/{kind}", str(place), None, kernel.MS_BIND)
        places += [f"--{kind}ns", str(place)]
    # As root it would become nobody, and could not enter the namespace of others.
    command = [network.pasta, "--runas", "0:0", "--config-net", "--no-map-gw", "--quiet"]
    none = [part for option in ("-t", "-u", "-T", "-U") for part in (option, "none")]
    try:
        subprocess.run([*command, *none, *places], check=True, capture_output=True, text=True, timeout=SECONDS)  # noqa: S603
        _within(pid, network)
    except subprocess.CalledProcessError as error:
        raise NoNetwork(str(error.stderr).strip() or str(error)) from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoNetwork(str(error)) from error


def _close(network: Network) -> None:
    """Within the namespace. Links in a closed range are closed as well: their routes are narrower than the range's own."""
    closed = [ipaddress.ip_network(text) for text in network.closed]
    opened = [ipaddress.ip_address(text) for text in network.open]
    for version in (4, 6):
        routes = json.loads(_ip(f"-{version}", "-j", "route", "show"))
        gateway = next((route for route in routes if route["dst"] == "default"), None)
        links = [ipaddress.ip_network(route["dst"]) for route in routes if route["dst"] != "default"]
        ranges = [found for found in closed if found.version == version]
        inner = [link for link in links if not link.is_link_local and any(_lies_in(link, found) for found in ranges)]
        lines = [f"route replace prohibit {found}" for found in (*ranges, *inner)]
        if gateway is not None:
            way = " ".join(
                f"{word} {gateway[key]}" for word, key in (("via", "gateway"), ("dev", "dev")) if key in gateway
            )
            lines += [f"route replace {address} {way} onlink" for address in opened if address.version == version]
        _ip(f"-{version}", "-batch", "-", given="".join(f"{line}\n" for line in lines))


def _lies_in(inner: Range, outer: Range) -> bool:
    return inner.version == outer.version and inner.subnet_of(outer)  # type: ignore[arg-type]


def _within(pid: int, network: Network) -> None:
    """The routes are those of the namespace then; a child enters it, for this process stays where it is."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(read)
            kernel.enter(os.open(f"/proc/{pid}/ns/net", os.O_RDONLY), kernel.NEW_NET)
            _close(network)
            status = 0
        except Exception as error:
            detail = getattr(error, "stderr", None) or repr(error)
            os.write(write, str(detail).encode()[:4096])
        finally:
            os._exit(status)
    os.close(write)
    with os.fdopen(read, "rb") as said:
        detail = said.read().decode("utf-8", "replace")
    _, status = os.waitpid(child, 0)
    if status != 0:
        raise NoNetwork(detail)


def _ip(*arguments: str, given: str | None = None) -> str:
    return subprocess.run(  # noqa: S603 - a program of the system, no shell
        ["/sbin/ip", *arguments], input=given, check=True, capture_output=True, text=True, timeout=SECONDS
    ).stdout


def _resolvers(file: Path) -> list[Address]:
    try:
        lines = [line.split() for line in file.read_text().splitlines()]
    except FileNotFoundError:
        return []
    named = [line[1] for line in lines if len(line) > 1 and line[0] == "nameserver"]
    return [ipaddress.ip_address(name.partition("%")[0]) for name in named]
