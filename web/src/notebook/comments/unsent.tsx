/** What was typed and not sent when the right to comment ended: it has no pane any more, and is shown to be taken along. */
import "./cell-comments.css";

import { Copy } from "lucide-react";

import { Button } from "../../ui/button";
import { strings } from "../../words";
import { useController, useMay } from "../context";
import { copyText } from "../outputs/copy";

const words = strings.comments.unsent;

export function Unsent() {
  const { conversation, toasts } = useController();
  const may = useMay("comment");
  // Nothing is typed into a comment meanwhile: what there is, is there when the right ends.
  const texts = may ? [] : conversation.unsent();
  if (texts.length === 0) return null;
  return (
    <div className="banner" role="alert">
      <span>
        <strong>{words.title}.</strong> {words.detail}
        {texts.map((text, at) => (
          <q key={at} className="unsent-text" dir="auto">
            {text}
          </q>
        ))}
      </span>
      <Button look="outlined" icon={Copy} onClick={() => void copyText(toasts, texts.join("\n\n"))}>
        {strings.copy}
      </Button>
    </div>
  );
}
