/** Whether all that was written here is safe. */
import { strings } from "../ui/strings";
import { useStatus, useSummary } from "./context";

/** "All changes saved" is said only when the server has made every edit of this page durable. */
export function SavedState({ className }: { readonly className: string }) {
  const { joined, unsaved, book, trouble } = useStatus();
  const { saved } = useSummary();
  if (book === null) return null;
  const text = savedText({ joined, unsaved, trouble: trouble?.title ?? null, file: saved?.cause?.message ?? null });
  return (
    <span className={`saved ${className} ${text.bad ? "bad" : ""}`} role="status" title={text.title}>
      {className === "narrow-only" && text.title === strings.saved.all ? strings.saved.short : text.title}
    </span>
  );
}

interface SavedFacts {
  readonly joined: boolean;
  readonly unsaved: number;
  readonly trouble: string | null;
  readonly file: string | null;
}

function savedText({ joined, unsaved, trouble, file }: SavedFacts): { title: string; bad: boolean } {
  const words = strings.saved;
  if (trouble !== null) return { title: words.trouble(trouble), bad: true };
  if (unsaved > 0) return joined ? { title: words.saving, bad: false } : { title: words.pending(unsaved), bad: true };
  if (!joined) return { title: words.offline, bad: false };
  return file === null ? { title: words.all, bad: false } : { title: words.file(file), bad: true };
}
