/**
 * The only door from notebook text to HTML in the page. Loaded with the first text cell, not before.
 *
 * Markdown may carry HTML; what is left of it can show text, tables and images, and can neither run, style, submit nor
 * cover anything of the page.
 */
import DOMPurify from "dompurify";
import MarkdownIt from "markdown-it";

declare const clean: unique symbol;
/** HTML that went through the sanitiser. */
export type CleanHtml = string & { readonly [clean]: true };

const markdown = new MarkdownIt({ html: true, linkify: true });

const purifier = DOMPurify(window);
purifier.addHook("afterSanitizeAttributes", (node) => {
  if (node.tagName === "IMG" && !node.hasAttribute("alt")) node.setAttribute("alt", "");
  if (node.tagName !== "A") return;
  node.setAttribute("target", "_blank");
  node.setAttribute("rel", "noopener noreferrer");
});

const RULES = {
  USE_PROFILES: { html: true },
  FORBID_TAGS: ["style", "form", "input", "button", "textarea", "select", "iframe", "dialog", "video", "audio"],
  FORBID_ATTR: ["style", "class", "id", "name", "popover", "popovertarget", "contenteditable", "autofocus", "tabindex"],
  ALLOW_DATA_ATTR: false,
};

/** `attachments` is nbformat's: file name -> {MIME type: base64}. */
export function renderMarkdown(source: string, attachments: unknown = null): CleanHtml {
  const html = purifier.sanitize(markdown.render(source), { ...RULES, ALLOWED_URI_REGEXP: SAFE_ADDRESS });
  return html.replace(/src="attachment:([^"]*)"/g, (whole, name: string) => {
    const address = attachmentAddress(attachments, decodeURIComponent(name));
    return address === null ? whole : `src="${address}"`;
  }) as CleanHtml;
}

const SAFE_ADDRESS =
  /^(?:(?:https?|mailto|attachment):|data:image\/(?:png|jpe?g|gif|webp);|[^a-z]|[a-z+.-]+(?:[^a-z+.\-:]|$))/i;

function attachmentAddress(attachments: unknown, name: string): string | null {
  if (typeof attachments !== "object" || attachments === null) return null;
  const bundle: unknown = (attachments as Record<string, unknown>)[name];
  if (typeof bundle !== "object" || bundle === null) return null;
  for (const [type, data] of Object.entries(bundle)) {
    if (/^image\/(png|jpeg|gif|webp)$/.test(type) && typeof data === "string" && /^[A-Za-z0-9+/=\s]*$/.test(data)) {
      return `data:${type};base64,${data.replace(/\s/g, "")}`;
    }
  }
  return null;
}
