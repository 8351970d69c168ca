"""What is said with a provider of OpenID Connect: discovery, the address to go to, the code, the id token.

It knows no accounts. Authlib and its keys are imported with the first token: who has no provider does not wait for them.
"""

import asyncio
import base64
import hashlib
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode

import httpx
import msgspec
import structlog

from noctule.errors import NoctuleError, Unauthorized, Unavailable
from noctule_agent.wire.ports import Clock
from noctule_agent.wire.values import Millis

if TYPE_CHECKING:
    from joserfc.jwk import KeySet

log = structlog.get_logger()

ALGORITHMS: Final = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)
"""Signatures with a public key. `none`, and those with a key that both sides have, are not taken from anybody."""
SCOPES: Final = "openid email profile"
KNOWN_SECONDS: Final = 3600
LEEWAY_SECONDS: Final = 60
ANSWER_SECONDS: Final = 10.0
ANSWER_BYTES: Final = 1024 * 1024
SUBJECT_CHARS: Final = 255


class Going(msgspec.Struct, frozen=True):
    """Somebody is at the provider. The browser keeps it, signed, and nobody else."""

    state: str
    nonce: str
    verifier: str
    next: str
    until: Millis
    invitation: str | None = None


class Vouched(msgspec.Struct, frozen=True):
    """Whom the provider vouches for. `email` only if it says that it is verified."""

    issuer: str
    subject: str
    email: str | None = None
    shown: str = ""
    wanted: str = ""


class Provider:
    """See the module."""

    def __init__(
        self,
        issuer: str,
        client_id: str,
        secret: str | None,
        clock: Clock,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.issuer = issuer
        self._client_id = client_id
        self._secret = secret
        self._clock = clock
        self._transport = transport
        self._metadata: dict[str, Any] | None = None
        self._keys: KeySet | None = None
        self._known_at = Millis(0)

    async def address(self, going: Going, redirect_uri: str) -> str:
        """Where the browser goes. Raises Unavailable."""
        metadata = await self._discovered()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(going.verifier.encode()).digest()).decode().rstrip("=")
        query = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": redirect_uri,
            "scope": SCOPES,
            "state": going.state,
            "nonce": going.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        endpoint = str(metadata["authorization_endpoint"])
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}"

    async def vouched(self, going: Going, code: str, redirect_uri: str) -> Vouched:
        """Whom a code stands for. Raises Unauthorized, Unavailable."""
        metadata = await self._discovered()
        answer = await self._token(metadata, going, code, redirect_uri)
        claims = await self._claims(metadata, going, answer)
        if "email" not in claims and "userinfo_endpoint" in metadata:
            claims = {**await self._userinfo(metadata, answer, claims), **claims}
        subject = claims["sub"]
        if not isinstance(subject, str) or not 1 <= len(subject) <= SUBJECT_CHARS or "\0" in subject:
            raise _refused("its subject is none")
        email = claims.get("email") if claims.get("email_verified") is True else None
        wanted = claims.get("preferred_username") or claims.get("email") or claims.get("name") or ""
        return Vouched(
            issuer=self.issuer,
            subject=subject,
            email=str(email) if email else None,
            shown=str(claims.get("name") or ""),
            wanted=str(wanted),
        )

    async def _token(self, metadata: dict[str, Any], going: Going, code: str, redirect_uri: str) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": going.verifier,
        }
        methods = metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        auth: httpx.Auth | None = None
        if self._secret is None:
            form["client_id"] = self._client_id
        elif "client_secret_basic" in methods:
            auth = httpx.BasicAuth(quote(self._client_id, safe=""), quote(self._secret, safe=""))
        else:
            form |= {"client_id": self._client_id, "client_secret": self._secret}
        return await self._asked("POST", str(metadata["token_endpoint"]), data=form, auth=auth)

    async def _claims(self, metadata: dict[str, Any], going: Going, answer: dict[str, Any]) -> dict[str, Any]:
        """Of an id token that is this provider's, for us, for this browser, and of now."""
        from authlib.oidc.core import CodeIDToken
        from joserfc.errors import InvalidKeyIdError, JoseError

        token = answer.get("id_token")
        if not isinstance(token, str):
            raise _refused("there is no id token")
        try:
            try:
                found = await self._decoded(metadata, token, fresh=False)
            except InvalidKeyIdError:
                found = await self._decoded(metadata, token, fresh=True)
            options: Any = {
                "iss": {"essential": True, "value": str(metadata["issuer"])},
                "aud": {"essential": True, "value": self._client_id},
                "exp": {"essential": True},
            }
            params = {"nonce": going.nonce, "client_id": self._client_id, "access_token": answer.get("access_token")}
            claims = CodeIDToken(found.claims, found.header, options, params)
            claims.validate(now=self._clock.now() // 1000, leeway=LEEWAY_SECONDS)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise _refused(str(error)) from error
        return dict(claims)

    async def _decoded(self, metadata: dict[str, Any], token: str, *, fresh: bool) -> Any:
        from joserfc import jwt
        from joserfc.jwk import KeySet
        from joserfc.jws import JWSRegistry

        if self._keys is None or fresh:
            self._keys = KeySet.import_key_set(await self._asked("GET", str(metadata["jwks_uri"])))  # type: ignore[arg-type]
        allowed = ALGORITHMS & set(metadata.get("id_token_signing_alg_values_supported") or ["RS256"])
        registry = JWSRegistry(algorithms=sorted(allowed), strict_check_header=False)
        return await asyncio.to_thread(jwt.decode, token, self._keys, registry=registry)

    async def _userinfo(
        self, metadata: dict[str, Any], answer: dict[str, Any], claims: dict[str, Any]
    ) -> dict[str, Any]:
        headers = {"authorization": f"Bearer {answer.get('access_token', '')}"}
        found = await self._asked("GET", str(metadata["userinfo_endpoint"]), headers=headers)
        if found.get("sub") != claims["sub"]:
            raise _refused("the user's data is of another user")
        return found

    async def _discovered(self) -> dict[str, Any]:
        now = self._clock.now()
        if self._metadata is not None and now - self._known_at < KNOWN_SECONDS * 1000:
            return self._metadata
        found = await self._asked("GET", f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
        if str(found.get("issuer", "")).rstrip("/") != self.issuer.rstrip("/"):
            raise _unreachable(f"it calls itself {found.get('issuer')!r}")
        missing = {"authorization_endpoint", "token_endpoint", "jwks_uri"} - found.keys()
        if missing:
            raise _unreachable(f"it does not say its {', '.join(sorted(missing))}")
        self._metadata, self._keys, self._known_at = found, None, now
        return found

    async def _asked(self, method: str, url: str, **how: Any) -> dict[str, Any]:
        """The JSON object that is answered. A refusal of the provider is one of ours; it is logged without what was sent."""
        try:
            async with httpx.AsyncClient(timeout=ANSWER_SECONDS, transport=self._transport) as client:
                answer = await client.request(method, url, **how)
        except httpx.HTTPError as error:
            raise _unreachable(str(error)) from error
        if answer.status_code >= 500 or len(answer.content) > ANSWER_BYTES:
            raise _unreachable(f"{url} answered {answer.status_code}")
        if answer.status_code != 200:
            raise _refused(f"{url} answered {answer.status_code}: {answer.text[:300]}")
        try:
            found = msgspec.json.decode(answer.content, type=dict[str, Any])
        except msgspec.MsgspecError as error:
            raise _unreachable(f"{url}: {error}") from error
        return found


def _refused(why: str) -> NoctuleError:
    log.warning("a sign-in of the provider was refused", why=why)
    return Unauthorized("oidc-refused", "This sign-in cannot be used.", "Try again from the beginning.")


def _unreachable(why: str) -> NoctuleError:
    log.warning("the provider of sign-ins cannot be used", why=why)
    return Unavailable("oidc-unreachable", "The provider of this sign-in does not answer as it should.", "Try again.")
