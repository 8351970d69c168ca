/** Colours of Python source: one table of classes for the editor and for the static text that stands in for it. */
import { parser } from "@lezer/python";
import { highlightCode, tagHighlighter, tags } from "@lezer/highlight";

export const codeClasses = tagHighlighter([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], class: "tok-keyword" },
  { tag: [tags.string, tags.special(tags.string)], class: "tok-string" },
  { tag: [tags.number, tags.bool, tags.null], class: "tok-number" },
  { tag: tags.comment, class: "tok-comment" },
  { tag: [tags.function(tags.definition(tags.variableName)), tags.definition(tags.className)], class: "tok-function" },
  { tag: tags.meta, class: "tok-function" },
]);

export interface Token {
  readonly text: string;
  readonly classes: string;
}

export function pythonTokens(source: string): readonly Token[] {
  const tokens: Token[] = [];
  highlightCode(
    source,
    parser.parse(source),
    codeClasses,
    (text, classes) => tokens.push({ text, classes }),
    () => tokens.push({ text: "\n", classes: "" }),
  );
  return tokens;
}
