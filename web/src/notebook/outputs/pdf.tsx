/** A PDF that an output is. */
import { useCallback } from "react";

import { rest } from "../../browser";
import { Pdf } from "../../ui/pdf";
import { strings } from "../../words";
import { useController } from "../context";
import { inlineBase64, mimeAddress } from "./value";
import type { MimeValue } from "../../wire/types";

const words = strings.output;

interface PdfProps {
  readonly output: string;
  readonly value: MimeValue;
}

async function bytesOf(notebook: string, output: string, value: MimeValue): Promise<Uint8Array> {
  const inline = inlineBase64(value);
  if (inline !== null) return Uint8Array.from(atob(inline), (char) => char.charCodeAt(0));
  return new Uint8Array(await (await rest.mime(notebook, output, "application/pdf")).arrayBuffer());
}

export function PdfOutput({ output, value }: PdfProps) {
  const { notebook } = useController().session;
  const bytes = useCallback(() => bytesOf(notebook, output, value), [notebook, output, value]);
  const failed = (
    <p className="output-note">
      {words.pdfFailed}{" "}
      <a href={mimeAddress(notebook, output, "application/pdf", value)} download="output.pdf">
        {words.download}
      </a>
    </p>
  );
  return <Pdf bytes={bytes} loading={<p className="output-note">{words.loading}</p>} failed={failed} />;
}
