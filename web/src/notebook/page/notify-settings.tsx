/** The settings of notifications. The browser is asked only here, by a press. */
import { useState } from "react";

import { useSettings } from "../../ui/hooks";
import { strings } from "../../words";
import { useController } from "../context";
import { askPermission, permission } from "./notify";
import { Row } from "./settings-row";

const words = strings.shell.settings;

export function NotifySettings() {
  const { settings } = useController();
  const { notify } = useSettings();
  const [state, setState] = useState(permission);
  const refused = state === "denied" || state === "missing";
  const turn = async (on: boolean) => {
    const answer = on ? await askPermission() : state;
    setState(answer);
    settings.change({ notify: { ...settings.read().notify, on: on && answer === "granted" } });
  };
  const note = state === "denied" ? words.notifyDenied : state === "missing" ? words.notifyMissing : words.notifyNote;
  return (
    <>
      <Row label={words.notify} note={note}>
        {(id) => (
          <input
            id={id}
            className="switch"
            type="checkbox"
            checked={notify.on && !refused}
            disabled={state === "missing"}
            onChange={({ target }) => void turn(target.checked)}
          />
        )}
      </Row>
      <Row label={words.notifyAfter}>
        {(id) => (
          <input
            id={id}
            className="field"
            type="number"
            min={0}
            max={86_400}
            value={notify.afterSeconds}
            onChange={({ target }) => {
              const afterSeconds = Math.min(86_400, Math.max(0, Math.floor(target.valueAsNumber || 0)));
              settings.change({ notify: { ...notify, afterSeconds } });
            }}
          />
        )}
      </Row>
    </>
  );
}
