/** The page's look in the frame: its colours and sizes as custom properties, and what widgets read of JupyterLab's. */
import inter from "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2?url";

import type { FrameTheme } from "./protocol";

/** JupyterLab's names, which ipywidgets and others style by, in our tokens. */
const JUPYTER: Readonly<Record<string, string>> = {
  "--jp-ui-font-family": "var(--sans)",
  "--jp-ui-font-size0": "12px",
  "--jp-ui-font-size1": "13px",
  "--jp-ui-font-size2": "16px",
  "--jp-ui-font-color0": "var(--ink)",
  "--jp-ui-font-color1": "var(--ink)",
  "--jp-ui-font-color2": "var(--ink-2)",
  "--jp-ui-font-color3": "var(--ink-3)",
  "--jp-ui-inverse-font-color0": "var(--on-night)",
  "--jp-ui-inverse-font-color1": "var(--on-night)",
  "--jp-content-font-family": "var(--sans)",
  "--jp-content-font-size1": "14px",
  "--jp-content-font-color0": "var(--ink)",
  "--jp-content-font-color1": "var(--ink)",
  "--jp-content-link-color": "var(--night)",
  "--jp-code-font-family": "var(--mono)",
  "--jp-code-font-size": "var(--code-size)",
  "--jp-code-line-height": "var(--code-line)",
  "--jp-layout-color0": "var(--surface)",
  "--jp-layout-color1": "var(--surface)",
  "--jp-layout-color2": "var(--sunken)",
  "--jp-layout-color3": "var(--line)",
  "--jp-layout-color4": "var(--line-strong)",
  "--jp-border-width": "1px",
  "--jp-border-color0": "var(--line-strong)",
  "--jp-border-color1": "var(--line-strong)",
  "--jp-border-color2": "var(--line)",
  "--jp-border-color3": "var(--line)",
  "--jp-border-radius": "6px",
  "--jp-brand-color0": "var(--night)",
  "--jp-brand-color1": "var(--night)",
  "--jp-brand-color2": "var(--night)",
  "--jp-brand-color3": "var(--night-wash)",
  "--jp-accent-color0": "var(--night)",
  "--jp-accent-color1": "var(--night)",
  "--jp-accent-color2": "var(--night)",
  "--jp-success-color1": "var(--ok)",
  "--jp-success-color2": "var(--ok)",
  "--jp-success-color3": "var(--ok)",
  "--jp-info-color1": "var(--wait)",
  "--jp-info-color2": "var(--wait)",
  "--jp-info-color3": "var(--wait)",
  "--jp-warn-color1": "var(--ink-2)",
  "--jp-warn-color2": "var(--ink-2)",
  "--jp-warn-color3": "var(--ink-2)",
  "--jp-error-color1": "var(--bad)",
  "--jp-error-color2": "var(--bad)",
  "--jp-error-color3": "var(--bad)",
};

export function applyTheme(root: HTMLElement, { dark, tokens }: FrameTheme): void {
  const name = dark ? "dark" : "light";
  root.dataset["theme"] = name;
  // What libraries look at to know whether they are on dark ground.
  root.dataset["jpThemeLight"] = String(!dark);
  for (const [property, value] of Object.entries({ ...JUPYTER, ...tokens })) root.style.setProperty(property, value);
  root.dispatchEvent(new CustomEvent("noctule:theme"));
}

/** The page's own face; fetched when the first text is drawn with it. */
export function addFace(): void {
  document.fonts.add(new FontFace("Inter", `url(${inter})`, { weight: "100 900", display: "swap" }));
}
