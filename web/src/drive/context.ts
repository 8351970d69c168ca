/** How the parts of the Drive page reach what they show. */
import { createContext, useContext } from "react";

import { useValue } from "../ui/hooks";
import type { Drive } from "./drive-here";
import type { ListingState } from "./model/listing";

export const DriveContext = createContext<Drive | null>(null);

export function useDrive(): Drive {
  const drive = useContext(DriveContext);
  if (drive === null) throw new Error("outside of the Drive page");
  return drive;
}

export function useListing(): ListingState {
  return useValue(useValue(useDrive().desk.listing));
}
