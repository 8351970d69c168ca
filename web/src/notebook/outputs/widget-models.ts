/** What widgets' models refer to, and those that came with a file. Plain: states in, names and models out. */
import type { FrameModel } from "../../../frame/protocol";

type Fields = Readonly<Record<string, unknown>>;

const PREFIX = "IPY_MODEL_";
const WIDGET_STATE = "application/vnd.jupyter.widget-state+json";

/** The models that a state names, anywhere in it. */
export function referencesOf(value: unknown, found: Set<string> = new Set()): Set<string> {
  if (typeof value === "string") {
    if (value.startsWith(PREFIX)) found.add(value.slice(PREFIX.length));
  } else if (Array.isArray(value)) {
    for (const item of value) referencesOf(item, found);
  } else if (typeof value === "object" && value !== null) {
    for (const item of Object.values(value)) referencesOf(item, found);
  }
  return found;
}

/** The model, and all that it refers to by others: those that it needs first. */
export function closureOf(
  id: string,
  stateOf: (id: string) => Fields | null,
  known: ReadonlySet<string>,
): readonly string[] {
  const found: string[] = [];
  const seen = new Set(known);
  // Not by recursion: a file may chain more models than a stack is deep.
  const path: { readonly id: string; readonly references: Iterator<string, undefined> }[] = [];
  const enter = (next: string): void => {
    const state = seen.has(next) ? null : stateOf(next);
    if (state === null) return;
    seen.add(next);
    path.push({ id: next, references: referencesOf(state).values() });
  };
  enter(id);
  for (let last = path.at(-1); last !== undefined; last = path.at(-1)) {
    const reference = last.references.next().value;
    if (reference !== undefined) {
      enter(reference);
      continue;
    }
    path.pop();
    found.push(last.id);
  }
  return found;
}

/** A link (`jslink`) is shown nowhere and referred to by nothing: it belongs where what it leads from is. */
export function isLinkFrom(state: Fields, models: Pick<ReadonlySet<string>, "has">): boolean {
  if (state["_model_name"] !== "LinkModel" && state["_model_name"] !== "DirectionalLinkModel") return false;
  return [...referencesOf(state["source"])].some((id) => models.has(id));
}

const fieldsOf = (value: unknown): Fields => (typeof value === "object" && value !== null ? (value as Fields) : {});

function bytesOf(base64: string): ArrayBuffer {
  const binary = atob(base64);
  return Uint8Array.from(binary, (char) => char.charCodeAt(0)).buffer;
}

type Buffers = FrameModel["buffers"];

function buffersOf(list: unknown): Buffers {
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: unknown): Buffers => {
    const { path, data, encoding } = fieldsOf(item);
    if (!Array.isArray(path) || typeof data !== "string" || encoding !== "base64") return [];
    try {
      return [[path as (string | number)[], bytesOf(data)]];
    } catch {
      return [];
    }
  });
}

/** A model that came with the file, as its metadata have it. */
export function savedModel(metadata: Fields, id: string): FrameModel | null {
  const saved = fieldsOf(fieldsOf(fieldsOf(metadata["widgets"])[WIDGET_STATE])["state"]);
  const found = Object.hasOwn(saved, id) ? fieldsOf(saved[id]) : null;
  if (found === null) return null;
  const state = {
    _model_name: found["model_name"],
    _model_module: found["model_module"],
    _model_module_version: found["model_module_version"],
    ...fieldsOf(found["state"]),
  };
  return { id, state, buffers: buffersOf(found["buffers"]), alive: false };
}
