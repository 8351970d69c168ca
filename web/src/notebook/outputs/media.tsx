/** Sound and film by the browser's own players, from the server in ranges. Nothing plays before a person asks for it. */
import { useState } from "react";

import { strings } from "../../words";
import type { DisplayOutput, MimeValue } from "../../wire/types";
import { useController } from "../context";
import { mimeAddress } from "./value";

interface MediaProps {
  readonly output: DisplayOutput;
  readonly type: string;
  readonly value: MimeValue;
}

export function Media({ output, type, value }: MediaProps) {
  const { notebook } = useController().session;
  const [failed, setFailed] = useState(false);
  const src = mimeAddress(notebook, output.id, type, value);
  const onError = () => setFailed(true);
  if (failed) {
    return (
      <p className="output-note">
        {strings.output.notPlayable} <a href={src}>{strings.output.download}</a>
      </p>
    );
  }
  const shared = { src, controls: true, preload: "metadata", onError, "aria-label": mediaName(type) };
  return type.startsWith("audio/") ? (
    <audio className="output-audio" {...shared} />
  ) : (
    <video className="output-video" playsInline {...shared} />
  );
}

const mediaName = (type: string) => (type.startsWith("audio/") ? strings.output.audio : strings.output.video);
