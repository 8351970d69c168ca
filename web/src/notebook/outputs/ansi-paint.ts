/**
 * ANSI styles in the colours of the page. Pure. Whatever a program asks for can be read in both themes (4.5:1): the names are a
 * palette of ours, exact colours are made darker or lighter until they stand on the page, and a ground behind text is a tint of it,
 * on which text leans towards the ink. A program that says exactly both colours has chosen them for each other.
 */
import type { AnsiStyle } from "../../runs/ansi";

/** A subset of CSS properties, as React names them. */
export interface Paint {
  readonly color?: string;
  readonly backgroundColor?: string;
  readonly fontWeight?: number;
  readonly fontStyle?: string;
  readonly textDecoration?: string;
}

const isExact = (color: string) => color.startsWith("#");

function onPage(color: string): string {
  if (!isExact(color)) return `var(--ansi-${color.replace("bright-", "")})`;
  return `light-dark(oklch(from ${color} min(l, 0.5) c h), oklch(from ${color} max(l, 0.72) c h))`;
}

/** Dim: as quiet as what is secondary on the page, with a hint of its own colour. */
function inFront({ color, dim }: Pick<AnsiStyle, "color" | "dim">): string | undefined {
  if (color === null) return dim ? "var(--ink-2)" : undefined;
  return dim ? `color-mix(in srgb, ${onPage(color)} 45%, var(--ink-2))` : onPage(color);
}

function onGround(color: string | null, ground: string): Paint {
  if (color !== null && isExact(color) && isExact(ground)) return { color, backgroundColor: ground };
  return {
    color: color === null ? "var(--ink)" : `color-mix(in srgb, ${onPage(color)} 55%, var(--ink))`,
    backgroundColor: `color-mix(in srgb, ${onPage(ground)} 22%, transparent)`,
  };
}

function colours({ color, background, inverse, dim }: AnsiStyle): Paint {
  if (inverse && background === null) {
    return { color: "var(--surface)", backgroundColor: color === null ? "var(--ink)" : onPage(color) };
  }
  const [front, ground] = inverse ? [background, color ?? "white"] : [color, background];
  if (ground !== null) return onGround(front, ground);
  const only = inFront({ color: front, dim });
  return only === undefined ? {} : { color: only };
}

/** Undefined for text that looks as any other. */
export function paintOf(style: AnsiStyle): Paint | undefined {
  const decoration = [style.underline && "underline", style.strike && "line-through"].filter(Boolean).join(" ");
  const paint: Paint = {
    ...colours(style),
    ...(style.bold && { fontWeight: 700 }),
    ...(style.italic && { fontStyle: "italic" }),
    ...(decoration !== "" && { textDecoration: decoration }),
  };
  return Object.keys(paint).length === 0 ? undefined : paint;
}
