/** Colours of code: one table of classes for the editor and for the static text that stands in for it. */
import type { Language } from "@codemirror/language";
import { highlightCode, tagHighlighter, tags } from "@lezer/highlight";

/** The colours of these classes are in editor.css. None of them changes the width of a character. */
export const codeClasses = tagHighlighter([
  {
    tag: [tags.keyword, tags.operatorKeyword, tags.modifier, tags.definitionKeyword, tags.controlKeyword, tags.tagName],
    class: "tok-keyword",
  },
  {
    tag: [tags.string, tags.special(tags.string), tags.regexp, tags.attributeValue, tags.monospace],
    class: "tok-string",
  },
  { tag: [tags.escape, tags.number, tags.bool, tags.null, tags.atom, tags.unit, tags.color], class: "tok-number" },
  { tag: [tags.comment, tags.quote, tags.docComment], class: "tok-comment" },
  {
    tag: [
      tags.function(tags.definition(tags.variableName)),
      tags.definition(tags.className),
      tags.attributeName,
      tags.link,
      tags.url,
    ],
    class: "tok-function",
  },
  { tag: [tags.meta, tags.macroName, tags.annotation, tags.processingInstruction], class: "tok-meta" },
  { tag: [tags.typeName, tags.standard(tags.name), tags.namespace], class: "tok-type" },
  { tag: tags.special(tags.variableName), class: "tok-variable" },
  { tag: tags.heading, class: "tok-heading" },
  { tag: tags.strong, class: "tok-strong" },
  { tag: tags.emphasis, class: "tok-emphasis" },
  { tag: tags.strikethrough, class: "tok-struck" },
]);

export interface Token {
  readonly text: string;
  readonly classes: string;
}

/** The text in pieces of one look each; line ends are pieces of their own. */
export function tokensOf(source: string, language: Language): readonly Token[] {
  const tokens: Token[] = [];
  highlightCode(
    source,
    language.parser.parse(source),
    codeClasses,
    (text, classes) => tokens.push({ text, classes }),
    () => tokens.push({ text: "\n", classes: "" }),
  );
  return tokens;
}
