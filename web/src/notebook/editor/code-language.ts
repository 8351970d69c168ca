/** The language of a whole cell by its name, for an editor and for static text. Python is IPython's. */
import { python } from "@codemirror/lang-python";
import { Language } from "@codemirror/language";
import type { Extension } from "@codemirror/state";

import { type Token, tokensOf } from "./highlight";
import { ipythonLanguage } from "./ipython";
import { fetchLanguage } from "./languages";

const PYTHON: Extension = [ipythonLanguage.extension, python().support];

/** Nothing when there is none, or it has still to be fetched. */
export function codeLanguage(name: string): Extension {
  if (name === "python") return PYTHON;
  const language = fetchLanguage(name);
  return language instanceof Language ? language.extension : [];
}

/** null: as codeLanguage. */
export function colouredPieces(source: string, name: string): readonly Token[] | null {
  const language = name === "python" ? ipythonLanguage : fetchLanguage(name);
  return language instanceof Language ? tokensOf(source, language) : null;
}
