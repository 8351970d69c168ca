/** The top bar: the way back, the name, whether all is saved, and the runtime. */
import { Ellipsis } from "lucide-react";
import { type MouseEvent, useRef, useState } from "react";

import type { Go } from "../../app";
import { rest } from "../../browser";
import { address, ProblemError, UNREACHABLE } from "../../net/rest";
import { Button } from "../../ui/button";
import { Mark } from "../../ui/mark";
import { Menu } from "../../ui/menu";
import { strings } from "../../words";
import { useController } from "../context";
import { RuntimeChip } from "./runtime-chip";
import { SavedState } from "./saved-state";

const words = strings.notebook;

interface TopBarProps {
  readonly name: string | null;
  readonly alive: boolean;
  readonly go: Go;
  readonly onRename: (name: string) => void;
}

export function TopBar({ name, alive, go, onRename }: TopBarProps) {
  const controller = useController();
  const { notebook } = controller.session;
  const back = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    go("/");
  };
  return (
    <div className="top-bar">
      <a className="home" href="/" aria-label={words.back} title={words.back} onClick={back}>
        <Mark alive={alive} />
      </a>
      <Title name={name} onRename={onRename} />
      <SavedState className="wide-only" />
      <span className="grow" />
      <RuntimeChip />
      <Menu label={words.more} icon={Ellipsis}>
        <a className="button" href={address.file(notebook)} download>
          {words.download}
        </a>
        <Button onClick={() => controller.report(controller.session.clear(null))}>{words.clearAll}</Button>
      </Menu>
    </div>
  );
}

/** The name, edited in place: Enter or leaving it renames, Escape does not. */
function Title({ name, onRename }: Pick<TopBarProps, "name" | "onRename">) {
  const controller = useController();
  const [draft, setDraft] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const shown = draft ?? name ?? "";
  const commit = () => {
    const wanted = draft?.trim() ?? "";
    setDraft(null);
    if (wanted === "" || wanted === name) return;
    onRename(wanted);
    rest.rename(controller.session.notebook, wanted).catch((error: unknown) => {
      onRename(name ?? "");
      controller.toasts.complain(error instanceof ProblemError ? error.problem : UNREACHABLE);
    });
  };
  return (
    <input
      ref={field}
      className="title"
      aria-label={words.titleLabel}
      value={shown}
      placeholder={words.untitled}
      spellCheck={false}
      onChange={(event) => setDraft(event.target.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === "Enter") field.current?.blur();
        if (event.key === "Escape") setDraft(null);
      }}
    />
  );
}
