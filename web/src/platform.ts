/** What machine the browser is on, as far as keys and their names go. */
export const isMac = typeof navigator !== "undefined" && navigator.platform.startsWith("Mac");
/** The key that commands are given with, as it is written in front of another. */
export const MOD = isMac ? "⌘" : "Ctrl+";
