/** How the parts of the Drive page reach what they show. */
import { createContext, useContext, useSyncExternalStore } from "react";

import type { Drive } from "./drive-here";
import type { ListingState } from "./model/listing";
import type { Value } from "./model/value";

export const DriveContext = createContext<Drive | null>(null);

export function useDrive(): Drive {
  const drive = useContext(DriveContext);
  if (drive === null) throw new Error("outside of the Drive page");
  return drive;
}

export const useValue = <T>(value: Value<T>): T => useSyncExternalStore(value.subscribe, value.read);

export function useListing(): ListingState {
  const listing = useValue(useDrive().desk.listing);
  return useSyncExternalStore(listing.subscribe, listing.read);
}
