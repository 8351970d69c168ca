/** The toolbar of a text cell that is being written. The editor keeps its caret and its selection while one presses here. */
import {
  Bold,
  Code,
  Eye,
  EyeOff,
  Heading,
  Image,
  Italic,
  Link,
  List,
  ListChecks,
  ListOrdered,
  type LucideIcon,
  Minus,
  Quote,
  Sigma,
  Table,
} from "lucide-react";
import { type KeyboardEvent, useRef } from "react";

import { MOD } from "../../platform";
import { IconButton } from "../../ui/button";
import { useSettings } from "../../ui/hooks";
import { strings } from "../../words";
import { useController } from "../context";
import { ACTIONS, attach, write } from "./commands";
import type { Action } from "./format";

const words = strings.text;

const ICONS: Readonly<Record<Action, LucideIcon>> = {
  heading: Heading,
  bold: Bold,
  italic: Italic,
  code: Code,
  link: Link,
  quote: Quote,
  numbers: ListOrdered,
  bullets: List,
  tasks: ListChecks,
  rule: Minus,
  latex: Sigma,
  table: Table,
};
const KEYS: Partial<Readonly<Record<Action, string>>> = { bold: `${MOD}B`, italic: `${MOD}I`, link: `${MOD}K` };

export function TextToolbar({ id }: { readonly id: string }) {
  const controller = useController();
  const { textPreview } = useSettings();
  const { settings, selection } = controller;
  const file = useRef<HTMLInputElement>(null);
  const keys = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key === "Escape") selection.select(id, "command");
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (by === 0) return;
    const buttons = [...event.currentTarget.querySelectorAll("button")];
    const at = buttons.findIndex((button) => button === document.activeElement);
    buttons[(at + by + buttons.length) % buttons.length]?.focus();
    event.preventDefault();
  };
  return (
    <div
      className="text-tools"
      role="toolbar"
      aria-label={words.tools}
      data-own-keys
      data-keeps-editor
      onMouseDown={(event) => event.preventDefault()}
      onKeyDown={keys}
    >
      {ACTIONS.map((action) => (
        <IconButton
          key={action}
          icon={ICONS[action]}
          label={words[action]}
          {...(KEYS[action] !== undefined && { shortcut: KEYS[action] })}
          onClick={() => write(controller, action)}
        />
      ))}
      <IconButton icon={Image} label={words.image} onClick={() => file.current?.click()} />
      <IconButton
        icon={textPreview ? EyeOff : Eye}
        label={textPreview ? words.hidePreview : words.showPreview}
        aria-pressed={textPreview}
        onClick={() => settings.change({ textPreview: !textPreview })}
      />
      <input
        ref={file}
        type="file"
        accept="image/*"
        multiple
        hidden
        onChange={({ target }) => {
          void attach(controller, id, [...(target.files ?? [])]);
          target.value = "";
        }}
      />
    </div>
  );
}
