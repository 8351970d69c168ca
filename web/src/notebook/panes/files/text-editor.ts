/** CodeMirror for a file: an imperative island. Knows neither where the file lies nor how it is saved. */
import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { markdown } from "@codemirror/lang-markdown";
import { python } from "@codemirror/lang-python";
import { sql } from "@codemirror/lang-sql";
import { bracketMatching, indentOnInput, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { shell } from "@codemirror/legacy-modes/mode/shell";
import { toml } from "@codemirror/legacy-modes/mode/toml";
import { yaml } from "@codemirror/legacy-modes/mode/yaml";
import { search, searchKeymap } from "@codemirror/search";
import { EditorState, type Extension, type Text } from "@codemirror/state";
import { drawSelection, EditorView, highlightSpecialChars, keymap, lineNumbers } from "@codemirror/view";

import { codeClasses } from "../../editor/highlight";
import { endingOf } from "../../model/file-names";
import type { TextFile } from "../../model/text-file";

/** The text of one moment. */
export interface Mark {
  readonly lines: readonly string[];
  readonly text: Text;
}

export interface TextEditor {
  mark(): Mark;
  /** Nothing has been typed since. */
  isSame(mark: Mark): boolean;
  replace(file: TextFile): void;
  destroy(): void;
}

interface Options {
  readonly parent: HTMLElement;
  readonly name: string;
  readonly label: string;
  readonly file: TextFile;
  readonly save: () => void;
  readonly changed: () => void;
}

function languageOf(name: string): Extension {
  switch (endingOf(name)) {
    case "py":
      return python();
    case "md":
      return markdown();
    case "sql":
      return sql();
    case "sh":
      return StreamLanguage.define(shell);
    case "toml":
      return StreamLanguage.define(toml);
    case "yaml":
    case "yml":
      return StreamLanguage.define(yaml);
    default:
      return [];
  }
}

export function mountTextEditor({ parent, name, label, file, save, changed }: Options): TextEditor {
  /** While the text of the disk is put in, nothing was changed by a person. */
  let loading = false;
  const saveKey = {
    key: "Mod-s",
    preventDefault: true,
    run: () => {
      save();
      return true;
    },
  };
  const extensions: Extension[] = [
    lineNumbers(),
    history(),
    highlightSpecialChars(),
    drawSelection(),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    search({ top: true }),
    languageOf(name),
    syntaxHighlighting(codeClasses),
    EditorView.contentAttributes.of({ "aria-label": label }),
    EditorView.updateListener.of(({ docChanged }) => {
      if (docChanged && !loading) changed();
    }),
    keymap.of([saveKey, ...closeBracketsKeymap, ...searchKeymap, ...historyKeymap, ...defaultKeymap, indentWithTab]),
  ];
  const stateOf = (of: TextFile) =>
    EditorState.create({ doc: of.text, extensions: [EditorState.lineSeparator.of(of.lineEnd), ...extensions] });
  const view = new EditorView({ parent, state: stateOf(file) });
  return {
    mark: () => ({ lines: view.state.doc.toJSON(), text: view.state.doc }),
    isSame: ({ text }) => view.state.doc.eq(text),
    replace: (of) => {
      loading = true;
      view.setState(stateOf(of));
      loading = false;
    },
    destroy: () => view.destroy(),
  };
}
