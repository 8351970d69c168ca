/** Shows HTML that the sanitiser made. The type says that nothing else can come here. */
import type { CleanHtml } from "./sanitize";

export function Html({ html, className }: { readonly html: CleanHtml; readonly className: string }) {
  return <div className={className} dangerouslySetInnerHTML={{ __html: html }} />;
}
