/** Hooks for what is asked of the server: something read, and something done. */
import { useCallback, useEffect, useState } from "react";

import { ProblemError, UNREACHABLE } from "../net/rest";
import type { Problem } from "../wire/types";

export const problemOf = (error: unknown): Problem => (error instanceof ProblemError ? error.problem : UNREACHABLE);

export interface Reading<T> {
  /** What was read last; null before. */
  readonly value: T | null;
  readonly problem: Problem | null;
  /** Reads it again; what is shown stays meanwhile. */
  readonly again: () => void;
}

/** `read` may not change from one drawing to the next. */
export function useRead<T>(read: () => Promise<T>): Reading<T> {
  const [turn, setTurn] = useState(0);
  const [state, setState] = useState<{ value: T | null; problem: Problem | null }>({ value: null, problem: null });
  useEffect(() => {
    let wanted = true;
    read().then(
      (value) => wanted && setState({ value, problem: null }),
      (error: unknown) => wanted && setState(({ value }) => ({ value, problem: problemOf(error) })),
    );
    return () => {
      wanted = false;
    };
  }, [read, turn]);
  const again = useCallback(() => setTurn((was) => was + 1), []);
  return { ...state, again };
}

export interface Doing {
  readonly busy: boolean;
  readonly problem: Problem | null;
  /** False when it was refused; `problem` says why. One at a time. */
  readonly run: (work: () => Promise<unknown>) => Promise<boolean>;
}

export function useDoing(): Doing {
  const [state, setState] = useState<{ busy: boolean; problem: Problem | null }>({ busy: false, problem: null });
  const run = useCallback(async (work: () => Promise<unknown>) => {
    setState({ busy: true, problem: null });
    try {
      await work();
      setState({ busy: false, problem: null });
      return true;
    } catch (error) {
      setState({ busy: false, problem: problemOf(error) });
      return false;
    }
  }, []);
  return { ...state, run };
}
