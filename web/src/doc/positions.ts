/** Places in a text that stay where they are while others type, as bytes that another page can read. */
import * as Y from "yjs";

/** The place before the character at `index`; at the end, behind the last one. */
export function positionAt(text: Y.Text, index: number): Uint8Array {
  return Y.encodeRelativePosition(Y.createRelativePositionFromTypeIndex(text, index));
}

/** Where that is in `text` by now. null: in another text, in one that this page has not yet, or no position at all. */
export function indexOf(text: Y.Text, position: Uint8Array): number | null {
  if (text.doc === null) return null;
  try {
    const found = Y.createAbsolutePositionFromRelativePosition(Y.decodeRelativePosition(position), text.doc);
    return found?.type === text ? found.index : null;
  } catch {
    // It comes from another page, which may have sent anything.
    return null;
  }
}
