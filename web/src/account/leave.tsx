/** What one has here: to be taken along, and to be deleted for ever. */
import { Download } from "lucide-react";
import { useState } from "react";

import { keep, rest } from "../browser";
import { EXPORT_ADDRESS, MeRest } from "../net/me-rest";
import type { Me } from "../net/rest";
import { PanelHead } from "../panel/panel";
import { Button } from "../ui/button";
import { FormDialog } from "../ui/form-dialog";
import { PasswordField } from "../ui/labelled";
import { strings } from "../words";

const words = strings.account;
const api = new MeRest(rest);

export function Leave({ me }: { readonly me: Me }) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <PanelHead title={words.part.leave} />
      <section className="panel-section">
        <h2>{words.exportTitle}</h2>
        <p>{words.exportDetail}</p>
        <ExportLink title={words.exportTitle} />
      </section>
      {me.mode === "team" && (
        <section className="panel-section">
          <h2>{words.leaveTitle}</h2>
          <p>{words.leaveDetail}</p>
          <Button look="danger" onClick={() => setAsking(true)}>
            {words.leaveAction}
          </Button>
        </section>
      )}
      {asking && <LeaveDialog me={me} onClose={() => setAsking(false)} />}
    </>
  );
}

function ExportLink({ title }: { readonly title: string }) {
  return (
    <a className="button outlined" href={EXPORT_ADDRESS} download>
      <Download aria-hidden />
      {title}
    </a>
  );
}

function LeaveDialog({ me, onClose }: { readonly me: Me; readonly onClose: () => void }) {
  const [password, setPassword] = useState("");
  const leave = async () => {
    await api.leave(password);
    await keep.forgetAll();
    location.assign("/sign-in");
  };
  return (
    <FormDialog
      title={words.leaveAsk}
      detail={words.leaveDetail}
      action={words.leaveConfirm}
      danger
      ready={!me.has_password || password !== ""}
      onSubmit={leave}
      onClose={onClose}
    >
      <div>
        <ExportLink title={words.exportFirst} />
      </div>
      {me.has_password ? (
        <PasswordField
          label={words.leavePassword}
          autoComplete="current-password"
          required
          value={password}
          onValue={setPassword}
        />
      ) : (
        <p>{words.leaveNoPassword}</p>
      )}
    </FormDialog>
  );
}
