/**
 * Images. Only ever an <img>: nothing in it runs, and an SVG can reach nothing. The next image of a display is decoded
 * before it takes the place of the one shown, so that an animation neither flashes nor moves what is below it.
 */
import { useEffect, useState } from "react";

import { strings } from "../../words";
import type { DisplayOutput, MimeValue } from "../../wire/types";
import { useController } from "../context";
import { pictureSize } from "./picture-size";
import { inlineBase64, mimeAddress } from "./value";

interface PictureProps {
  readonly output: DisplayOutput;
  readonly type: string;
  readonly value: MimeValue;
}

export function pictureAddress(notebook: string, output: string, type: string, value: MimeValue): string {
  if (value.t === "blob") return mimeAddress(notebook, output, type, value);
  if (type === "image/svg+xml") return `data:${type};charset=utf-8,${encodeURIComponent(String(value.value))}`;
  return `data:${type};base64,${inlineBase64(value) ?? ""}`;
}

export function Picture({ output, type, value }: PictureProps) {
  const { notebook } = useController().session;
  const src = pictureAddress(notebook, output.id, type, value);
  const size = pictureSize(output, type);
  const [shown, setShown] = useState({ src, size });
  useEffect(() => {
    if (src === shown.src) return;
    let current = true;
    const next = new Image();
    next.src = src;
    const show = () => current && setShown({ src, size });
    // One that cannot be decoded is shown as the browser shows it.
    next.decode().then(show, show);
    return () => {
      current = false;
    };
  }, [src, shown.src, size]);
  const needs = metadataOf(output, type)["needs_background"];
  return (
    <img
      className={`output-image ${needs === "dark" ? "on-dark" : ""}`}
      src={shown.src}
      alt={pictureText(output)}
      {...(shown.size && { ...shown.size, style: { aspectRatio: `${shown.size.width} / ${shown.size.height}` } })}
    />
  );
}

function metadataOf(output: DisplayOutput, type: string): Readonly<Record<string, unknown>> {
  const own = output.metadata[type];
  return typeof own === "object" && own !== null ? (own as Record<string, unknown>) : output.metadata;
}

/** matplotlib says `<Figure size 640x480 with 1 Axes>`: more than nothing to who does not see it. */
function pictureText(output: DisplayOutput): string {
  const { alt } = output.metadata;
  if (typeof alt === "string" && alt !== "") return alt.slice(0, 400);
  const text = output.data["text/plain"];
  return text?.t === "inline" && typeof text.value === "string" ? text.value.slice(0, 200) : strings.output.image;
}
