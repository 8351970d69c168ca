/** Small hooks that every page uses. */
import { useEffect, useState, useSyncExternalStore } from "react";

import { settings } from "../browser";
import type { Settings } from "../settings/settings";
import { iconAddress } from "./mark";

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

/** The tab's title, and its icon: amber while something runs. */
export function useTab(title: string, alive: boolean): void {
  useEffect(() => {
    document.title = title;
    document.querySelector("link[rel=icon]")?.setAttribute("href", iconAddress(alive));
  }, [title, alive]);
}

/** What the person has set, as it changes. */
export function useSettings(): Settings {
  return useSyncExternalStore(settings.subscribe, settings.read);
}
