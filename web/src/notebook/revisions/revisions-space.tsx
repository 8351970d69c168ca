/** What the revisions of a notebook take, and a way to have some of it back. Named ones stay. */
import { useCallback, useEffect, useState } from "react";

import { driveRest } from "../../browser";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { bytes } from "../../ui/format";
import { strings } from "../../words";
import type { History } from "./history";
import { revisions } from "./port";

const words = strings.revisions.space;
/** Older than so many days. */
const AGES = [30, 7, 1, 0] as const;

export function RevisionsSpace({ notebook, history }: { readonly notebook: string; readonly history: History }) {
  const [taken, setTaken] = useState<number | null>(null);
  const [asking, setAsking] = useState(false);
  const { items } = history.read();
  const newest = items?.[0]?.id;
  const read = useCallback(
    () =>
      driveRest.space(notebook).then(
        (space) => setTaken(space.revisions),
        // What it takes is no reason to say that it cannot be had: the list says so.
        () => setTaken(null),
      ),
    [notebook],
  );
  useEffect(() => void read(), [read, newest]);
  if (taken === null) return null;
  return (
    <div className="timeline-space">
      <span className="meta tabular grow">{words.taken(bytes(taken))}</span>
      <Button onClick={() => setAsking(true)}>{words.free}</Button>
      {asking && (
        <FreeSpace
          notebook={notebook}
          onClose={() => setAsking(false)}
          onFreed={() => {
            void read();
            void history.refresh();
          }}
        />
      )}
    </div>
  );
}

interface FreeProps {
  readonly notebook: string;
  readonly onFreed: () => void;
  readonly onClose: () => void;
}

function FreeSpace({ notebook, onFreed, onClose }: FreeProps) {
  const [days, setDays] = useState<number>(AGES[0]);
  const [state, setState] = useState<{ readonly busy: boolean; readonly told: string }>({ busy: false, told: "" });
  const free = () => {
    setState({ busy: true, told: "" });
    revisions.removeOlder(notebook, days).then(
      (removed) => {
        setState({ busy: false, told: words.freed(removed) });
        onFreed();
      },
      () => setState({ busy: false, told: words.failed }),
    );
  };
  return (
    <Dialog title={words.title} onClose={onClose}>
      <p>{words.detail}</p>
      <fieldset className="revision-ages">
        <legend className="visually-hidden">{words.which}</legend>
        {AGES.map((age) => (
          <label key={age}>
            <input type="radio" name="age" checked={days === age} onChange={() => setDays(age)} />
            {words.older(age)}
          </label>
        ))}
      </fieldset>
      <p role="status" className="meta">
        {state.told}
      </p>
      <div className="actions">
        <Button look="outlined" onClick={onClose}>
          {strings.close}
        </Button>
        <Button look="primary" disabled={state.busy} onClick={free}>
          {words.action}
        </Button>
      </div>
    </Dialog>
  );
}
