/** A link that makes one account: for whom, for how long; then the link itself, this once. */
import { useState } from "react";

import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { FormDialog } from "../ui/form-dialog";
import { CopyField, Labelled, TextField } from "../ui/labelled";
import { strings } from "../words";
import { adminApi } from "./context";

const words = strings.admin;
const DAYS = ["1", "7", "30"] as const;

interface InviteProps {
  readonly onDone?: () => void;
  readonly onClose: () => void;
}

export function InviteDialog({ onDone, onClose }: InviteProps) {
  const [email, setEmail] = useState("");
  const [days, setDays] = useState<(typeof DAYS)[number]>("7");
  const [admin, setAdmin] = useState(false);
  const [link, setLink] = useState<string | null>(null);
  if (link !== null) return <InvitationMade link={link} onClose={onClose} />;
  const make = async () => {
    const made = await adminApi.invite(email.trim(), admin, Number(days));
    setLink(made.link);
  };
  return (
    <FormDialog
      title={words.inviteTitle}
      detail={words.inviteDetail}
      action={words.inviteMake}
      onSubmit={make}
      // The link takes this dialog's place.
      onDone={() => onDone?.()}
      onClose={onClose}
    >
      <TextField
        label={words.inviteEmail}
        hint={words.inviteEmailHint}
        type="email"
        autoComplete="off"
        autoFocus
        value={email}
        onValue={setEmail}
      />
      <Labelled label={words.inviteDays}>
        {(field) => (
          <select
            className="field whole"
            value={days}
            onChange={({ target }) => setDays(DAYS.find((each) => each === target.value) ?? "7")}
            {...field}
          >
            {DAYS.map((each) => (
              <option key={each} value={each}>
                {words.inviteDaysOf[each]}
              </option>
            ))}
          </select>
        )}
      </Labelled>
      <label className="check">
        <input type="checkbox" checked={admin} onChange={({ target }) => setAdmin(target.checked)} />
        <span>{words.adminBox}</span>
      </label>
    </FormDialog>
  );
}

function InvitationMade({ link, onClose }: { readonly link: string; readonly onClose: () => void }) {
  return (
    <Dialog title={words.inviteMade} onClose={onClose}>
      <p>{words.inviteMadeDetail}</p>
      <div className="fields dialog-form">
        <CopyField label={words.link} value={link} action={words.copyLink} focus />
      </div>
      <div className="actions">
        <Button look="primary" onClick={onClose}>
          {strings.done}
        </Button>
      </div>
    </Dialog>
  );
}
