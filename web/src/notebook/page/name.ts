/** The notebook's name, as the server has it; it is no part of the document. */
import { createContext, useCallback, useContext, useEffect, useState } from "react";

import { rest } from "../../browser";
import { ProblemError, UNREACHABLE } from "../../net/rest";
import { useController, useStatusPart } from "../context";

export interface Named {
  readonly name: string | null;
  readonly rename: (wanted: string) => void;
}

export const NameContext = createContext<Named>({ name: null, rename: () => undefined });

export const useName = (): Named => useContext(NameContext);

/** For the page alone: reads the name now, and again after each reconnect. */
export function useServerName(): Named {
  const { session, toasts, star } = useController();
  const { notebook } = session;
  const [name, setName] = useState<string | null>(null);
  const joined = useStatusPart((status) => status.joined);
  useEffect(() => {
    let current = true;
    rest.notebook(notebook).then(
      (info) => {
        if (!current) return;
        setName(info.name);
        star.heard(info.starred);
      },
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [notebook, joined, star]);
  const rename = useCallback(
    (wanted: string) => {
      if (wanted === "" || wanted === name) return;
      setName(wanted);
      rest.rename(notebook, wanted).catch((error: unknown) => {
        setName(name);
        toasts.complain(error instanceof ProblemError ? error.problem : UNREACHABLE);
      });
    },
    [notebook, name, toasts],
  );
  return { name, rename };
}
