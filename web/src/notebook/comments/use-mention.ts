/** The list of people while a mention is written in a field: whether it is open, who is in it, which one is chosen, and its keys. */
import { type KeyboardEvent, type RefObject, useId, useState, useSyncExternalStore } from "react";

import { useController, useStatusPart } from "../context";
import { useOthers } from "../people/avatars";
import { matching, mentionAt, type Person, peopleOf } from "./mention";
import { useThreads } from "./use-threads";

type Field = RefObject<HTMLTextAreaElement | null>;

export interface Mention {
  /** By which the field names its list. */
  readonly listId: string;
  /** Nobody: the list is closed. */
  readonly people: readonly Person[];
  readonly active: number;
  /** Something was typed in the field, or its caret moved. */
  readonly moved: (field: HTMLTextAreaElement) => void;
  readonly left: () => void;
  /** True when the key was the list's. */
  readonly key: (event: KeyboardEvent) => boolean;
  readonly take: (person: Person) => void;
}

interface State {
  /** null: not in the field, or something is selected. */
  readonly caret: number | null;
  /** By name, since others come and go meanwhile; the first one when there is none of it. */
  readonly active: string | null;
  /** What was closed with Escape stays closed as long as its @ stands there. */
  readonly closed: number | null;
}
const AWAY: State = { caret: null, active: null, closed: null };

export function useMention(field: Field, text: string): Mention {
  const listId = useId();
  const [{ caret, active, closed }, setState] = useState(AWAY);
  const known = usePeople();
  const query = caret === null ? null : mentionAt(text, caret);
  const people = query === null || query.start === closed ? [] : matching(known(), query.name);
  const chosen = Math.max(
    0,
    people.findIndex(({ name }) => name === active),
  );
  const choose = (at: number) => {
    const next = people[(at + people.length) % people.length];
    setState({ caret, closed, active: next?.name ?? null });
  };

  const take = ({ name }: Person) => {
    if (query === null || caret === null) return;
    const behind = /^\s/.test(text.slice(caret)) ? "" : " ";
    write(field, query.start, caret, `@${name}${behind}`);
  };

  const key = (event: KeyboardEvent): boolean => {
    const person = people[chosen];
    if (person === undefined || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return false;
    const acts: Readonly<Record<string, () => void>> = {
      ArrowDown: () => choose(chosen + 1),
      ArrowUp: () => choose(chosen - 1),
      Enter: () => take(person),
      Tab: () => take(person),
      Escape: () => setState({ caret, active: null, closed: query?.start ?? null }),
    };
    const act = acts[event.key];
    act?.();
    return act !== undefined;
  };

  const moved = ({ value, selectionStart, selectionEnd }: HTMLTextAreaElement) => {
    const to = selectionStart === selectionEnd ? selectionStart : null;
    if (to === caret && value === text) return;
    const same = to !== null && mentionAt(value, to)?.start === closed;
    setState({ caret: to, active: null, closed: same ? closed : null });
  };
  return { listId, people, active: chosen, moved, left: () => setState(AWAY), key, take };
}

/** Read when it is asked for: runs come and go all the time, and nobody waits for them here. */
function usePeople(): () => readonly Person[] {
  const { runs, people } = useController().session;
  // Who is called something only now is in the list only now.
  useSyncExternalStore(people.subscribe, people.read);
  const me = useStatusPart((status) => status.user);
  const threads = useThreads();
  const here = useOthers().map(({ user }) => user);
  return () =>
    peopleOf({ me, here, threads, ran: [...runs.executions()].map(({ by }) => by), called: (id) => people.login(id) });
}

/** As if it were typed, so that it can be undone like what is typed. */
function write({ current: field }: Field, start: number, end: number, text: string): void {
  if (field === null) return;
  field.focus();
  field.setSelectionRange(start, end);
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- nothing else keeps the undo of a field
  document.execCommand("insertText", false, text);
}
