/** Names of accounts that are known by their ids. */
import { useSyncExternalStore } from "react";

import { people } from "../browser";

/** What an account is called; its id until that is known, and where it is gone. */
export const useName = (id: string): string => useSyncExternalStore(people.subscribe, () => people.name(id));
