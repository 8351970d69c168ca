/** Edits that the server's document has not: shown apart, to be copied or kept as a notebook of one's own, never merged. */
import { useState } from "react";

import type { Aside as AsideFacts } from "../../doc/lineage";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { strings } from "../../words";
import { useBook, useController, useStatusPart } from "../context";
import { copyText } from "../outputs/copy";
import { refusedCells, refusedFile } from "../model/refused";
import { useName } from "./name";

interface AsideProps {
  readonly aside: AsideFacts;
}

export function Aside({ aside }: AsideProps) {
  const [shown, setShown] = useState(false);
  const book = useBook();
  const ended = useStatusPart(({ rights }) => rights.ended);
  // Of a notebook that was replaced, and of one that is gone, nothing is left to compare with.
  const cells = refusedCells(aside.book, aside.why === "refused" && !ended ? book : null);
  const refused = aside.why === "refused";
  const title = refused ? strings.share.unsavedTitle : strings.aside.title;
  return (
    <div className="banner" role="alert">
      <span>
        <strong>{title}.</strong> {refused ? strings.share.unsavedDetail(cells.length) : strings.aside.detail}
      </span>
      <Button look="outlined" onClick={() => setShown(true)}>
        {refused ? strings.share.unsavedShow : strings.aside.show}
      </Button>
      {refused && <SaveOwn aside={aside} />}
      {shown && <Cells aside={aside} cells={cells} onClose={() => setShown(false)} />}
    </div>
  );
}

/** Keeps all of it in one's own Drive; then it need not be kept here. */
function SaveOwn({ aside }: AsideProps) {
  const { files } = useController();
  const { name } = useName();
  const save = () =>
    files.saveOwn(strings.share.unsavedName(name ?? strings.notebook.untitled), refusedFile(aside.book));
  return (
    <Button look="primary" onClick={save}>
      {strings.share.unsavedSave}
    </Button>
  );
}

interface CellsProps extends AsideProps {
  readonly cells: ReturnType<typeof refusedCells>;
  readonly onClose: () => void;
}

function Cells({ aside, cells, onClose }: CellsProps) {
  const { session, toasts } = useController();
  const words = strings.aside;
  return (
    <Dialog title={aside.why === "refused" ? strings.share.unsavedShow : words.show} onClose={onClose}>
      {cells.length === 0 && <p>{strings.share.unsavedNoText}</p>}
      {cells.map(({ id, text }) => (
        <div key={id}>
          <pre>{text}</pre>
          <Button onClick={() => void copyText(toasts, text)}>{words.copy}</Button>
        </div>
      ))}
      <div className="actions">
        <Button look="danger" onClick={() => session.forgetAside()}>
          {words.discard}
        </Button>
        <Button look="outlined" onClick={onClose}>
          {strings.close}
        </Button>
      </div>
    </Dialog>
  );
}
