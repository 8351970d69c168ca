/** A new token, shown this once, and what it is used with. */
import type { MadeToken } from "../net/me-rest";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { CopyField } from "../ui/labelled";
import { strings } from "../words";
import { usesAt } from "./model/usage";

const words = strings.account;

export function TokenMade({ made, onClose }: { readonly made: MadeToken; readonly onClose: () => void }) {
  const uses = usesAt(location.origin);
  return (
    <Dialog title={words.madeTitle} onClose={onClose}>
      <p>{words.madeDetail}</p>
      <div className="fields dialog-form">
        <CopyField label={words.secret} value={made.secret} action={words.copySecret} focus />
        <details className="token-uses">
          <summary>{words.use}</summary>
          <div className="fields">
            <p className="meta">{words.useNote}</p>
            <CopyField label={words.useCurl} value={uses.curl} action={strings.copy} />
            <CopyField label={words.useRclone} value={uses.rclone} action={strings.copy} />
            <CopyField label={words.useDav} value={uses.dav} action={strings.copy} />
            <p className="meta">
              {words.useDavDetail} {!made.token.scopes.includes("edit") && words.noEdit}
            </p>
          </div>
        </details>
      </div>
      <div className="actions">
        <Button look="primary" onClick={onClose}>
          {strings.done}
        </Button>
      </div>
    </Dialog>
  );
}
