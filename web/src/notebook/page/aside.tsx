/** Edits that belong to a document that the server has replaced: shown apart, to be copied by hand, never merged. */
import { useState } from "react";

import type { Aside as AsideFacts } from "../../doc/lineage";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { strings } from "../../words";
import { useController } from "../context";

const words = strings.aside;

export function Aside({ aside }: { readonly aside: AsideFacts }) {
  const { session } = useController();
  const [shown, setShown] = useState(false);
  const cells = aside.book.order().map((id) => ({ id, text: aside.book.cell(id)?.source.toJSON() ?? "" }));
  return (
    <div className="banner" role="alert">
      <span>
        <strong>{words.title}.</strong> {words.detail}
      </span>
      <Button look="outlined" onClick={() => setShown(true)}>
        {words.show}
      </Button>
      {shown && (
        <Dialog title={words.show} onClose={() => setShown(false)}>
          {cells.map(({ id, text }) => (
            <div key={id}>
              <pre>{text}</pre>
              <Button onClick={() => void navigator.clipboard.writeText(text)}>{words.copy}</Button>
            </div>
          ))}
          <div className="actions">
            <Button look="danger" onClick={() => session.forgetAside()}>
              {words.discard}
            </Button>
            <Button look="outlined" onClick={() => setShown(false)}>
              {strings.close}
            </Button>
          </div>
        </Dialog>
      )}
    </div>
  );
}
