/**
 * The only door from notebook text to HTML in the page. Loaded with the first text cell, not before.
 *
 * Markdown may carry HTML; what is left of it can show text, tables and images, and can neither run, submit, style beyond
 * its own box, nor pass for a part of the page. What comes out are nodes of another document: nothing of them is loaded
 * until they are put into the page.
 */
import DOMPurify, { type Config } from "dompurify";

declare const clean: unique symbol;
/** HTML that went through the sanitiser, or that was made by a library which escapes all that it was given. */
export type CleanHtml = string & { readonly [clean]: true };

/** What `style` may say: nothing that places over something else, and nothing that loads. */
export const STYLE_PROPERTIES: ReadonlySet<string> = new Set([
  ...["text-align", "vertical-align", "color", "background-color", "font-weight", "font-style", "font-size"],
  ...["text-decoration-line", "width", "max-width", "height", "max-height", "float"],
  ...["top", "right", "bottom", "left"].flatMap((side) => [
    ...[`margin-${side}`, `padding-${side}`],
    ...["width", "style", "color"].map((part) => `border-${side}-${part}`),
  ]),
]);
/** Words, numbers with units, colours. No `url(`, no `var(`, no negative size. */
const STYLE_VALUE = /^(?!.*(?:^|[\s,])-)(?:[\w\s#%.,]|rgba?\(|hsla?\(|\))*$/;
/** Of the classes of footnotes, by which they are laid out. */
const CLASSES = /^(?:footnote-ref|footnotes|footnotes-sep|footnotes-list|footnote-item|footnote-backref)$/;
const SAFE_ADDRESS =
  /^(?:(?:https?|mailto|attachment):|data:image\/(?:png|jpe?g|gif|webp);|[^a-z]|[a-z+.-]+(?:[^a-z+.\-:]|$))/i;

const RULES: Config = {
  USE_PROFILES: { html: true },
  FORBID_TAGS: [
    ...["style", "form", "input", "button", "textarea", "select", "option", "datalist", "label", "fieldset", "output"],
    ...[
      "dialog",
      "iframe",
      "video",
      "audio",
      "source",
      "track",
      "map",
      "area",
      "meter",
      "progress",
      "slot",
      "template",
    ],
  ],
  FORBID_ATTR: [
    ...[
      "popover",
      "popovertarget",
      "popovertargetaction",
      "contenteditable",
      "autofocus",
      "tabindex",
      "draggable",
      "slot",
    ],
    ...["srcset", "background", "usemap", "form", "list", "role", "is", "part", "exportparts", "inert", "accesskey"],
  ],
  ADD_ATTR: ["data-math", "data-task", "data-fence"],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  SANITIZE_NAMED_PROPS: true,
  ALLOWED_URI_REGEXP: SAFE_ADDRESS,
  RETURN_DOM_FRAGMENT: true,
};

const markdown = DOMPurify(window);
markdown.addHook("uponSanitizeAttribute", (node, data) => {
  if (data.attrName === "style") data.attrValue = cleanStyle(node, data.attrValue);
  if (data.attrName === "class" && !CLASSES.test(data.attrValue)) data.keepAttr = false;
});
markdown.addHook("afterSanitizeAttributes", (node) => {
  if (node.tagName === "IMG") {
    if (!node.hasAttribute("alt")) node.setAttribute("alt", "");
    node.setAttribute("referrerpolicy", "no-referrer");
  }
  if (node.getAttribute("style") === "") node.removeAttribute("style");
  if (node.tagName !== "A" || !node.hasAttribute("href")) return;
  // Links within the notebook are gone to by the page itself.
  if (node.getAttribute("href")?.startsWith("#") === true) node.removeAttribute("target");
  else node.setAttribute("target", "_blank");
  node.setAttribute("rel", "noopener noreferrer");
});

/** The declarations that may be kept, as the browser has understood them. */
function cleanStyle(node: Element, text: string): string {
  const { style } = node.ownerDocument.createElement("span");
  style.cssText = text;
  return Array.from(style)
    .map((name) => [name, style.getPropertyValue(name)] as const)
    .filter(([name, value]) => STYLE_PROPERTIES.has(name) && STYLE_VALUE.test(value))
    .map(([name, value]) => `${name}: ${value}`)
    .join("; ");
}

export function cleanMarkdown(html: string): DocumentFragment {
  return markdown.sanitize(html, RULES) as unknown as DocumentFragment;
}

const formulas = DOMPurify(window);

/** What KaTeX made, once more through a sanitiser: KaTeX lays out by `style`, which notebooks themselves may not. */
export function cleanFormula(html: CleanHtml): DocumentFragment {
  return formulas.sanitize(html, {
    USE_PROFILES: { html: true, mathMl: true, svg: true },
    ADD_TAGS: ["semantics", "annotation"],
    FORBID_TAGS: ["style", "a", "img", "image", "use", "foreignObject", "input", "form", "button"],
    FORBID_ATTR: ["id", "name", "href", "src"],
    RETURN_DOM_FRAGMENT: true,
  });
}

/** The picture that a name among nbformat's `attachments` (file name -> {MIME type: base64}) stands for. */
export function attachmentAddress(attachments: Readonly<Record<string, unknown>>, name: string): string | null {
  const bundle = Object.hasOwn(attachments, name) ? attachments[name] : null;
  if (typeof bundle !== "object" || bundle === null) return null;
  for (const [type, data] of Object.entries(bundle)) {
    // An SVG in an <img> runs nothing and loads nothing.
    const picture = /^image\/(?:png|jpeg|gif|webp|avif|bmp|svg\+xml)$/.test(type);
    if (picture && typeof data === "string" && /^[A-Za-z0-9+/=\s]*$/.test(data)) {
      return `data:${type};base64,${data.replace(/\s/g, "")}`;
    }
  }
  return null;
}
