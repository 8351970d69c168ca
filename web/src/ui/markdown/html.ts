/**
 * Markdown to HTML that is not yet clean (ui/sanitize.ts cleans it). Plain text in, plain text out; no browser.
 *
 * What is drawn later stands in it as a placeholder: formulas, check boxes, fences. Whoever writes such a placeholder as
 * HTML in a notebook gets a formula, a check box or a fence, which is what Markdown gives too.
 */
import MarkdownIt from "markdown-it";
import footnotes from "markdown-it-footnote";

import { mathRules } from "./math";
import { taskRules } from "./tasks";

const markdown = new MarkdownIt({ html: true, linkify: true });
// `x.py` and `README.md` are files, not hosts.
markdown.linkify.set({ fuzzyLink: false, fuzzyEmail: false });
markdown.use(mathRules).use(taskRules).use(footnotes);
markdown.renderer.rules["fence"] = (tokens, at) => {
  const token = tokens[at];
  const { escapeHtml } = markdown.utils;
  const language = /^\S*/.exec((token?.info ?? "").trim())?.[0] ?? "";
  return `<pre data-fence="${escapeHtml(language.replace(/[{}]/g, "").replace(/^\./, ""))}"><code>${escapeHtml(token?.content ?? "")}</code></pre>\n`;
};
markdown.renderer.rules["footnote_caption"] = (tokens, at) => {
  const { id, subId } = tokens[at]?.meta as { id: number; subId: number };
  return subId > 0 ? `${id + 1}:${subId}` : String(id + 1);
};

/** `text` names the text in the page: footnotes of two texts keep apart. */
export function markdownToHtml(source: string, text = ""): string {
  return markdown.render(source, { source, docId: text });
}
