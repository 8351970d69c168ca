/** Names of people who are called as their ids are. */
import type { Names } from "../../src/session/presence";

export const PLAIN_NAMES: Names = { name: (id) => id, subscribe: () => () => undefined };
