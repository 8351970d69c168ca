/**
 * Python as IPython takes it. The Python parser sees each magic as one name; what the magic is made of is then put into the
 * tree at that name, by a small grammar of its own, and within it code in other languages by their parsers.
 */
import { pythonLanguage } from "@codemirror/lang-python";
import { Language, languageDataProp } from "@codemirror/language";
import {
  type Input,
  NodeSet,
  NodeType,
  parseMixed,
  Parser,
  type PartialParse,
  Tree,
  type TreeFragment,
} from "@lezer/common";
import { styleTags, tags } from "@lezer/highlight";

import { nestedParser } from "./languages";
import { bodyLanguage, findMarks, type Mark, type MarkKind, maskMarks, type PartKind, partsOf } from "./magics";

interface Range {
  readonly from: number;
  readonly to: number;
}

/** What the grammar knows and gives no colour: the keyword of `type X = int`, and the name of a decorator. */
const python = pythonLanguage.parser.configure({
  props: [
    styleTags({
      type: tags.definitionKeyword,
      "Decorator/VariableName": tags.annotation,
    }),
  ],
});

const TOP = NodeType.define({ id: 0, name: "Magic", top: true, props: [[languageDataProp, pythonLanguage.data]] });
const PARTS: Readonly<Record<PartKind, NodeType>> = {
  sign: NodeType.define({ id: 1, name: "MagicSign" }),
  name: NodeType.define({ id: 2, name: "MagicName" }),
  option: NodeType.define({ id: 3, name: "MagicOption" }),
  string: NodeType.define({ id: 4, name: "MagicString" }),
  variable: NodeType.define({ id: 5, name: "MagicVariable" }),
  comment: NodeType.define({ id: 6, name: "MagicComment" }),
  python: NodeType.define({ id: 7, name: "MagicPython" }),
  body: NodeType.define({ id: 8, name: "MagicBody" }),
};

const styled = new NodeSet([TOP, ...Object.values(PARTS)]).extend(
  styleTags({
    "MagicSign MagicName": tags.macroName,
    MagicOption: tags.attributeName,
    MagicString: tags.string,
    MagicVariable: tags.special(tags.variableName),
    MagicComment: tags.lineComment,
  }),
);

function typeOf(kind: PartKind): NodeType {
  const type = styled.types[PARTS[kind].id];
  if (type === undefined) throw new Error(`No node type for ${kind}`);
  return type;
}

/** One magic from its beginning to its end, made in one step: it is a line, or a line and a body that is parsed later. */
class MagicParser extends Parser {
  private readonly kind: MarkKind;

  constructor(kind: MarkKind) {
    super();
    this.kind = kind;
  }

  override createParse(input: Input, fragments: readonly TreeFragment[], ranges: readonly Range[]): PartialParse {
    const from = ranges[0]?.from ?? 0;
    const to = ranges.at(-1)?.to ?? from;
    const text = input.read(from, to);
    const parts = partsOf(text, this.kind);
    const nodes = parts.map((part) => new Tree(typeOf(part.kind), [], [], part.to - part.from));
    const tree = new Tree(
      styled.types[TOP.id] ?? TOP,
      nodes,
      parts.map((part) => part.from),
      to - from,
    );
    const nested = parseMixed(({ type }) => {
      if (type.name === "MagicPython") return { parser: python };
      if (type.name !== "MagicBody") return null;
      const parser = nestedParser(bodyLanguage(text));
      return parser === null ? null : { parser };
    });
    return nested(atOnce(tree, to), input, fragments, ranges);
  }
}

function atOnce(tree: Tree, end: number): PartialParse {
  return { parsedPos: end, stoppedAt: null, stopAt: () => undefined, advance: () => tree };
}

const MAGICS: Readonly<Record<MarkKind, Parser>> = {
  line: new MagicParser("line"),
  shell: new MagicParser("shell"),
  help: new MagicParser("help"),
  cell: new MagicParser("cell"),
};

function nestMarks(marks: readonly Mark[]) {
  const kinds = new Map(marks.map(({ from, kind }) => [from, kind]));
  return parseMixed(({ name, from }) => {
    const kind = name === "VariableName" ? kinds.get(from) : undefined;
    return kind === undefined ? null : { parser: MAGICS[kind] };
  });
}

class IPythonParser extends Parser {
  override createParse(input: Input, fragments: readonly TreeFragment[], ranges: readonly Range[]): PartialParse {
    const text = input.read(0, input.length);
    const marks = findMarks(text);
    if (marks.length === 0) return python.startParse(input, fragments, ranges);
    const base = python.startParse(maskMarks(text, marks), fragments, ranges);
    return nestMarks(marks)(base, input, fragments, ranges);
  }
}

export const ipythonLanguage = new Language(pythonLanguage.data, new IPythonParser(), [], "ipython");
