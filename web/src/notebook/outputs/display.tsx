/** A display or a result that the page shows as data: each kind by its own part, anything else as text. */
import { lazy, Suspense } from "react";

import { fetchPart } from "../../ui/part";
import { bytes } from "../../ui/format";
import { strings } from "../../words";
import type { DisplayOutput } from "../../wire/types";
import { useController } from "../context";
import { Markdown } from "../text/markdown";
import { AnsiText } from "./ansi-text";
import { Media } from "./media";
import type { Scrolling } from "./output-state";
import { Picture } from "./picture";
import { choose, type Chosen } from "./plan";
import { TextBox } from "./text-box";
import { type Loaded, mimeAddress, useMimeText } from "./value";

const LatexOutput = lazy(async () => ({ default: (await fetchPart(() => import("./latex"))).LatexOutput }));
const JsonOutput = lazy(async () => ({ default: (await fetchPart(() => import("./json"))).JsonOutput }));
const PdfOutput = lazy(async () => ({ default: (await fetchPart(() => import("./pdf"))).PdfOutput }));

interface DisplayProps {
  readonly output: DisplayOutput;
  readonly scrolling: Scrolling;
}

export function Display({ output, scrolling }: DisplayProps) {
  const chosen = choose(output);
  if (chosen === null) return null;
  const { type } = chosen;
  if (type.startsWith("image/")) return <Picture output={output} {...chosen} />;
  if (type.startsWith("audio/") || type.startsWith("video/")) return <Media output={output} {...chosen} />;
  if (type === "application/pdf") {
    return (
      <Suspense fallback={<p className="output-note">{strings.output.loading}</p>}>
        <PdfOutput output={output.id} value={chosen.value} />
      </Suspense>
    );
  }
  return <TextValue output={output} chosen={chosen} scrolling={scrolling} />;
}

interface TextProps extends DisplayProps {
  readonly chosen: Chosen;
}

function TextValue({ output, chosen: { type, value }, scrolling }: TextProps) {
  const { notebook } = useController().session;
  const loaded = useMimeText(notebook, output.id, type, value);
  if (loaded.t !== "ready") return <NotReady loaded={loaded} href={mimeAddress(notebook, output.id, type, value)} />;
  const { text } = loaded;
  const plain = <PlainText text={text} scrolling={scrolling} />;
  if (type === "text/markdown") return <Suspense fallback={plain}>{<Markdown source={text} />}</Suspense>;
  if (type === "text/latex") return <Suspense fallback={plain}>{<LatexOutput source={text} />}</Suspense>;
  if (/^application\/(geo\+)?json$/.test(type)) {
    const parsed = parseJson(value.t === "inline" ? value.value : undefined, text);
    if (parsed !== undefined) return <Suspense fallback={plain}>{<JsonOutput value={parsed} />}</Suspense>;
  }
  return plain;
}

/** A string is JSON too: what is at hand is taken as it is, what was fetched was parsed and printed. */
function parseJson(inline: unknown, text: string): unknown {
  if (inline !== undefined) return inline;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function PlainText({ text, scrolling }: { readonly text: string; readonly scrolling: Scrolling }) {
  return (
    <TextBox label={strings.output.label} scrolling={scrolling}>
      <AnsiText text={text} />
    </TextBox>
  );
}

function NotReady({ loaded, href }: { readonly loaded: Exclude<Loaded, { t: "ready" }>; readonly href: string }) {
  if (loaded.t === "large") {
    return (
      <p className="output-note">
        <a href={href} target="_blank" rel="noopener">
          {strings.output.large(bytes(loaded.size))}
        </a>
      </p>
    );
  }
  return <p className="output-note">{loaded.t === "loading" ? strings.output.loading : strings.output.failed}</p>;
}
