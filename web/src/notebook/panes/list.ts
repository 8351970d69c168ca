/**
 * The panes of the rail. A part with a pane adds a line: what it is called, its icon, and where its code is, which is
 * fetched when the pane is first opened. A pane is a component without properties; it reads the notebook by its hooks.
 */
import { Braces, Cpu, Folder, History, List, type LucideIcon, MessageSquare, Search } from "lucide-react";
import type { ComponentType } from "react";

import type { Capability } from "../../session/rights";
import { strings } from "../../words";
import { UnreadMark } from "../comments/cell-comments";

export interface Pane {
  readonly id: string;
  readonly title: string;
  readonly icon: LucideIcon;
  readonly keys?: readonly string[];
  /** The command that opens it, where that is one of its own. */
  readonly command?: string;
  /** Shown over its icon. */
  readonly mark?: ComponentType;
  /** What one must be allowed to do to have it at all. */
  readonly needs?: Capability;
  readonly load: () => Promise<{ readonly default: ComponentType }>;
}

export const panes: readonly Pane[] = [
  {
    id: "contents",
    title: strings.sections.contents,
    icon: List,
    load: () => import("./contents/contents"),
  },
  {
    id: "find",
    title: strings.find.title,
    icon: Search,
    command: "find.open",
    load: () => import("./find/find-pane"),
  },
  {
    id: "comments",
    title: strings.comments.title,
    icon: MessageSquare,
    mark: UnreadMark,
    needs: "comment",
    load: () => import("../comments/comments-pane"),
  },
  {
    id: "files",
    title: strings.runtimeFiles.title,
    icon: Folder,
    needs: "run",
    load: () => import("./files/files-pane"),
  },
  {
    id: "runtime",
    title: strings.runtimePane.title,
    icon: Cpu,
    needs: "run",
    load: () => import("./runtime/runtime-pane"),
  },
  {
    id: "variables",
    title: strings.values.variables,
    icon: Braces,
    needs: "run",
    load: () => import("../values/variables-pane"),
  },
  {
    id: "executed",
    title: strings.values.history.title,
    icon: History,
    needs: "edit",
    load: () => import("../history/executed-pane"),
  },
];

/** The id of the command that opens a pane. */
export const commandOf = ({ id, command }: Pane): string => command ?? `pane.${id}`;
