/**
 * The panes of the rail. A part with a pane adds a line: what it is called, its icon, and where its code is, which is
 * fetched when the pane is first opened. A pane is a component without properties; it reads the notebook by its hooks.
 */
import type { LucideIcon } from "lucide-react";
import type { ComponentType } from "react";

export interface Pane {
  readonly id: string;
  readonly title: string;
  readonly icon: LucideIcon;
  readonly keys?: readonly string[];
  readonly load: () => Promise<{ readonly default: ComponentType }>;
}

export const panes: readonly Pane[] = [];
