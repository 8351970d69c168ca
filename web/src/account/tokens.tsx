/** Tokens: what programs come in with. */
import { KeyRound, Plus } from "lucide-react";
import { useState } from "react";

import { rest } from "../browser";
import { type MadeToken, MeRest, type TokenInfo } from "../net/me-rest";
import type { Me } from "../net/rest";
import { PanelHead, PanelNothing } from "../panel/panel";
import { ReadingLine } from "../panel/reading-line";
import { acting } from "../ui/acting";
import { Button } from "../ui/button";
import { Confirm } from "../ui/dialog";
import { useRead } from "../ui/doing";
import { ago } from "../ui/format";
import { useNow } from "../ui/hooks";
import type { Toasts } from "../ui/toasts";
import { strings } from "../words";
import { isolated } from "../person/model/names";
import { NewToken } from "./new-token";
import { TokenMade } from "./token-made";

const words = strings.account;
const api = new MeRest(rest);
const readTokens = () => api.tokens();

type Asked =
  | { readonly t: "new" }
  | { readonly t: "made"; readonly made: MadeToken }
  | { readonly t: "revoke"; readonly token: TokenInfo };

export function Tokens({ me, toasts }: { readonly me: Me; readonly toasts: Toasts }) {
  const reading = useRead(readTokens);
  const { value: tokens, again } = reading;
  const [asked, setAsked] = useState<Asked | null>(null);
  const close = () => setAsked(null);
  const act = acting(toasts, again);
  const make = (
    <Button look="primary" icon={Plus} onClick={() => setAsked({ t: "new" })}>
      {words.newToken}
    </Button>
  );
  return (
    <>
      <PanelHead title={words.part.tokens} note={words.tokensNote}>
        {tokens !== null && tokens.length > 0 && make}
      </PanelHead>
      <ReadingLine reading={reading} />
      {tokens?.length === 0 && (
        <PanelNothing icon={KeyRound} title={words.tokensNone} hint={words.tokensNoneHint}>
          {make}
        </PanelNothing>
      )}
      <ul className="lines" aria-label={words.part.tokens}>
        {tokens?.map((token) => (
          <TokenLine key={token.id} token={token} onRevoke={() => setAsked({ t: "revoke", token })} />
        ))}
      </ul>
      {asked?.t === "new" && (
        <NewToken
          admin={me.admin}
          onMade={(made) => {
            setAsked({ t: "made", made });
            again();
          }}
          onClose={close}
        />
      )}
      {asked?.t === "made" && <TokenMade made={asked.made} onClose={close} />}
      {asked?.t === "revoke" && (
        <Confirm
          title={words.revokeTitle(isolated(asked.token.label))}
          detail={words.revokeDetail}
          action={words.revoke}
          onConfirm={() => act(() => api.revokeToken(asked.token.id), words.revoked)}
          onClose={close}
        />
      )}
    </>
  );
}

function TokenLine({ token, onRevoke }: { readonly token: TokenInfo; readonly onRevoke: () => void }) {
  const now = useNow(true, 30_000);
  const { expires_at: end } = token;
  const over = end !== null && Date.parse(end) <= now;
  const day = end === null ? "" : new Date(end).toLocaleDateString(strings.locale, { dateStyle: "medium" });
  const ends = end === null ? words.tokenNever : over ? words.tokenEnded : words.tokenEnds(day);
  const used = token.used_at === null ? words.unused : words.used(ago(Date.parse(token.used_at), now));
  return (
    <li>
      <KeyRound aria-hidden />
      <div className="line-words">
        <span className="line-title">
          <bdi>{token.label}</bdi>
          {token.scopes.map((scope) => (
            <span key={scope} className="badge">
              {words.scopes[scope]}
            </span>
          ))}
        </span>
        <span className="meta tabular">{[used, ends].join(" · ")}</span>
      </div>
      <Button look="outlined" aria-label={words.revokeLabel(isolated(token.label))} onClick={onRevoke}>
        {words.revoke}
      </Button>
    </li>
  );
}
