/** A display or a result that the page shows as data: text, images, Markdown, LaTeX source, JSON. */
import { Suspense, useEffect, useState } from "react";

import { rest } from "../../browser";
import { address } from "../../net/rest";
import { bytes } from "../../ui/format";
import { strings } from "../../words";
import type { DisplayOutput, MimeValue } from "../../wire/types";
import { useController } from "../context";
import { Markdown } from "../text/text-cell";
import { AnsiText } from "./ansi-text";
import { choose } from "./plan";

/** Larger text is not put into the page; it opens in a tab of its own. */
const LARGEST_TEXT_BYTES = 2_000_000;

/** The version makes the address of a value unlike that of the one it replaced, so that it may be cached for ever. */
export function mimeAddress(notebook: string, output: string, type: string, value: MimeValue): string {
  const version = value.t === "blob" ? `&v=${value.sha256.slice(0, 16)}` : "";
  return address.mime(notebook, output, type) + version;
}

export function Display({ output }: { readonly output: DisplayOutput }) {
  const chosen = choose(output);
  if (chosen === null) return null;
  const { type, value } = chosen;
  if (type.startsWith("image/")) return <Picture output={output} type={type} value={value} />;
  return <TextValue output={output} type={type} value={value} />;
}

interface ValueProps {
  readonly output: DisplayOutput;
  readonly type: string;
  readonly value: MimeValue;
}

function Picture({ output, type, value }: ValueProps) {
  const { notebook } = useController().session;
  const inline = value.t === "inline" && typeof value.value === "string" ? value.value : null;
  const src =
    inline === null
      ? mimeAddress(notebook, output.id, type, value)
      : `data:${type};base64,${inline.replace(/\s/g, "")}`;
  const size = pictureSize(output.metadata[type]);
  return <img className="output-image" src={src} alt={pictureText(output)} {...size} />;
}

function pictureSize(metadata: unknown): { width?: number; height?: number } {
  if (typeof metadata !== "object" || metadata === null) return {};
  const { width, height } = metadata as Record<string, unknown>;
  return { ...(typeof width === "number" && { width }), ...(typeof height === "number" && { height }) };
}

/** matplotlib says `<Figure size 640x480 with 1 Axes>`: more than nothing to who does not see it. */
function pictureText({ data }: DisplayOutput): string {
  const text = data["text/plain"];
  return text?.t === "inline" && typeof text.value === "string" ? text.value.slice(0, 200) : strings.output.image;
}

function TextValue({ output, type, value }: ValueProps) {
  const { notebook } = useController().session;
  const loaded = useMimeText(notebook, output.id, type, value);
  if (loaded.t === "large") {
    return (
      <p className="output-note">
        <a href={mimeAddress(notebook, output.id, type, value)} target="_blank" rel="noopener">
          {strings.output.large(bytes(loaded.size))}
        </a>
      </p>
    );
  }
  if (loaded.t !== "ready") {
    return <p className="output-note">{loaded.t === "loading" ? strings.output.loading : strings.output.failed}</p>;
  }
  if (type === "text/markdown") {
    return (
      <Suspense fallback={<pre className="output-pre">{loaded.text}</pre>}>
        <Markdown source={loaded.text} />
      </Suspense>
    );
  }
  return (
    <div className="output-text" tabIndex={0} role="group" aria-label={strings.output.label}>
      <AnsiText text={loaded.text} />
    </div>
  );
}

type LoadedText =
  | { readonly t: "loading" | "failed" }
  | { readonly t: "large"; readonly size: number }
  | { readonly t: "ready"; readonly text: string };

/** A value as text: at hand, or fetched when it is a blob. */
export function useMimeText(notebook: string, output: string, type: string, value: MimeValue): LoadedText {
  const key = value.t === "blob" ? value.sha256 : "";
  const [fetched, setFetched] = useState<{ readonly key: string; readonly text: string | null } | null>(null);
  const wanted = value.t === "blob" && value.size <= LARGEST_TEXT_BYTES;
  useEffect(() => {
    if (!wanted) return;
    let current = true;
    const got = (text: string | null) => current && setFetched({ key, text });
    fetchText(notebook, output, type).then(got, () => got(null));
    return () => {
      current = false;
    };
  }, [wanted, key, notebook, output, type]);
  if (value.t === "inline") return { t: "ready", text: textOf(value.value) };
  if (!wanted) return { t: "large", size: value.size };
  if (fetched?.key !== key) return { t: "loading" };
  return fetched.text === null ? { t: "failed" } : { t: "ready", text: fetched.text };
}

export async function fetchText(notebook: string, output: string, type: string): Promise<string> {
  const response = await rest.mime(notebook, output, type);
  const text = await response.text();
  return type.endsWith("json") ? textOf(JSON.parse(text) as unknown) : text;
}

export function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}
