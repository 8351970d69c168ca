/** Small hooks that every page uses. */
import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from "react";

import { settings } from "../browser";
import type { Settings } from "../settings/settings";
import { isDark } from "./appearance";
import { type IconFace, iconAddress } from "./mark";
import type { Value } from "./value";

/** The present moment, renewed every `ms` while `active`. */
export function useNow(active: boolean, ms = 1000): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!active) return;
    const tick = () => setNow(Date.now());
    tick();
    const timer = setInterval(tick, ms);
    return () => clearInterval(timer);
  }, [active, ms]);
  return now;
}

/** The tab's title and icon. */
export function useTab(title: string, face: IconFace): void {
  useEffect(() => {
    document.title = title;
    document.querySelector("link[rel=icon]")?.setAttribute("href", iconAddress(face));
  }, [title, face]);
}

/** What it is now, as it changes. */
export const useValue = <T>({ subscribe, read }: Pick<Value<T>, "subscribe" | "read">): T =>
  useSyncExternalStore(subscribe, read);

/** What the person has set, as it changes. */
export function useSettings(): Settings {
  return useValue(settings);
}

const darkScheme = window.matchMedia("(prefers-color-scheme: dark)");

/** Whether the page is dark now, as the person or the system changes it. */
export function useDark(): boolean {
  const current = useSettings();
  const subscribe = useCallback((listener: () => void) => {
    darkScheme.addEventListener("change", listener);
    return () => darkScheme.removeEventListener("change", listener);
  }, []);
  return useSyncExternalStore(subscribe, () => isDark(current));
}

/** Whether the screen is as the media query says, as it changes. */
export function useMedia(query: string): boolean {
  const list = useMemo(() => window.matchMedia(query), [query]);
  const subscribe = useCallback(
    (listener: () => void) => {
      list.addEventListener("change", listener);
      return () => list.removeEventListener("change", listener);
    },
    [list],
  );
  return useSyncExternalStore(subscribe, () => list.matches);
}
