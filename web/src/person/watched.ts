/** For pages that do not ask the server by themselves: a session that ends elsewhere is found out here, too. */
import { useEffect } from "react";

import { account } from "../browser";

const LOOK_MS = 10_000;

export function useWatched(): void {
  useEffect(() => {
    const look = () => document.visibilityState === "visible" && void account.ask();
    const timer = setInterval(look, LOOK_MS);
    document.addEventListener("visibilitychange", look);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", look);
    };
  }, []);
}
