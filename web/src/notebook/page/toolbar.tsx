/** Adding cells and steering runs. */
import { FastForward, Plus, RotateCw, Square } from "lucide-react";
import { useState } from "react";

import { Button } from "../../ui/button";
import { Confirm } from "../../ui/dialog";
import { strings } from "../../words";
import { useController, useStatusPart, useSummary } from "../context";
import { SavedState } from "./saved-state";

const words = strings.notebook;

export function Toolbar() {
  const controller = useController();
  const ready = useStatusPart(({ book }) => book !== null);
  const { queue, kernel } = useSummary();
  const [restarting, setRestarting] = useState(false);
  const active = queue.running !== null;
  return (
    <div className="toolbar" role="toolbar" aria-label={words.tools}>
      <Button
        icon={Plus}
        disabled={!ready}
        aria-label={words.addCodeLabel}
        onClick={() => controller.insertBeside("code", "below")}
      >
        {words.addCode}
      </Button>
      <Button
        icon={Plus}
        disabled={!ready}
        aria-label={words.addTextLabel}
        onClick={() => controller.insertBeside("markdown", "below")}
      >
        {words.addText}
      </Button>
      <span className="divider" />
      <Button
        icon={FastForward}
        disabled={!ready}
        aria-label={words.runAll}
        title={words.runAll}
        onClick={() => controller.runAll()}
      >
        <span className="wide-only">{words.runAll}</span>
      </Button>
      <Button
        icon={Square}
        disabled={!active}
        aria-label={words.interrupt}
        title={words.interrupt}
        onClick={() => controller.report(controller.session.interrupt())}
      >
        <span className="wide-only">{words.interrupt}</span>
      </Button>
      <Button
        icon={RotateCw}
        disabled={kernel === null}
        aria-label={words.restart}
        title={words.restart}
        onClick={() => setRestarting(true)}
      >
        <span className="wide-only">{words.restart}</span>
      </Button>
      <span className="grow" />
      <SavedState className="narrow-only" brief />
      {restarting && (
        <Confirm
          title={words.restartTitle}
          detail={words.restartDetail(active, queue.waiting.length)}
          action={words.restart}
          onConfirm={() => controller.report(controller.session.restart())}
          onClose={() => setRestarting(false)}
        />
      )}
    </div>
  );
}
