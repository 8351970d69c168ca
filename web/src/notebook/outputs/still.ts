/** Outputs of a moment that is over: they are looked at, and lead nowhere. A traceback of then knows no cells of now. */
import { createContext, useContext } from "react";

export const StillContext = createContext(false);

export const useStill = (): boolean => useContext(StillContext);
