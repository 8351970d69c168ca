/** What one has here: to be taken along, and to be deleted for ever. */
import { Download } from "lucide-react";
import { type SubmitEvent, useState } from "react";

import { keep, rest } from "../browser";
import { EXPORT_ADDRESS, MeRest } from "../net/me-rest";
import type { Me } from "../net/rest";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { useDoing } from "../ui/doing";
import { PasswordField } from "../ui/labelled";
import { PanelHead } from "../panel/panel";
import { strings } from "../words";
import { saidOf } from "../ui/said";

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
  const { busy, problem, run } = useDoing();
  const leave = (event: SubmitEvent) => {
    event.preventDefault();
    void run(async () => {
      await api.leave(password);
      await keep.forgetAll();
      location.assign("/sign-in");
    });
  };
  return (
    <Dialog title={words.leaveAsk} onClose={onClose}>
      <p>{words.leaveDetail}</p>
      <form className="fields dialog-form" onSubmit={leave}>
        <div>
          <ExportLink title={words.exportFirst} />
        </div>
        {problem !== null && (
          <p className="form-problem" role="alert">
            {saidOf(problem)}
          </p>
        )}
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
        <div className="actions">
          <Button look="outlined" onClick={onClose}>
            {strings.cancel}
          </Button>
          <Button look="danger" type="submit" disabled={busy || (me.has_password && password === "")}>
            {words.leaveConfirm}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
