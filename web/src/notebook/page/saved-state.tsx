/** Whether all that was written here is safe. */
import { useMedia } from "../../ui/hooks";
import { strings } from "../../words";
import { useStatus, useSummary } from "../context";

interface SavedProps {
  readonly className: string;
  /** Where it stands there is never room for more than a word or two. */
  readonly brief?: boolean;
}

/** In a window that is no wider, the menus leave room for a word or two. */
const BRIEF = "(max-width: 1200px)";

/** "All changes saved" is said only when the server has made every edit of this page durable. */
export function SavedState({ className, brief = false }: SavedProps) {
  const { joined, unsaved, book, trouble, rights } = useStatus();
  const { saved } = useSummary();
  const narrow = useMedia(BRIEF);
  // Who may not edit has nothing to save.
  if (book === null || !rights.may("edit")) return null;
  const text = savedText({ joined, unsaved, trouble: trouble?.title ?? null, file: saved?.cause?.message ?? null });
  return (
    <span className={`saved ${className} ${text.bad ? "bad" : ""}`} role="status" title={text.title}>
      {brief || narrow ? text.brief : text.title}
    </span>
  );
}

interface SavedFacts {
  readonly joined: boolean;
  readonly unsaved: number;
  readonly trouble: string | null;
  readonly file: string | null;
}

interface SavedText {
  readonly title: string;
  readonly brief: string;
  readonly bad: boolean;
}

function savedText({ joined, unsaved, trouble, file }: SavedFacts): SavedText {
  const words = strings.saved;
  if (trouble !== null) return { title: words.trouble(trouble), brief: words.notSaved, bad: true };
  if (unsaved > 0 && joined) return { title: words.saving, brief: words.saving, bad: false };
  if (unsaved > 0) return { title: words.pending(unsaved), brief: words.unsaved(unsaved), bad: true };
  if (!joined) return { title: words.offline, brief: words.offline, bad: false };
  if (file !== null) return { title: words.file(file), brief: words.fileBehind, bad: true };
  return { title: words.all, brief: words.saved, bad: false };
}
