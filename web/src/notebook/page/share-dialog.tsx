/** The address of the notebook, and who can open it. */
import { useState } from "react";

import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { strings } from "../../words";
import { useController } from "../context";
import type { DialogProps } from "./dialogs";

const words = strings.share;

export default function ShareDialog({ onClose }: DialogProps) {
  const { files } = useController();
  const [copied, setCopied] = useState(false);
  const address = files.address();
  const copy = () => void files.copyAddress().then((done) => setCopied(done));
  return (
    <Dialog title={words.title} onClose={onClose}>
      <p>{words.personal}</p>
      <p>
        <input
          className="field whole"
          readOnly
          aria-label={words.address}
          value={address}
          onFocus={({ target }) => target.select()}
        />
      </p>
      <div className="actions">
        <span className="meta" role="status">
          {copied ? strings.copied : ""}
        </span>
        <Button look="outlined" onClick={onClose}>
          {strings.close}
        </Button>
        <Button look="primary" onClick={copy}>
          {words.copy}
        </Button>
      </div>
    </Dialog>
  );
}
