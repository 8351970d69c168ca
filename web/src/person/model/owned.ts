/** Whose this browser's copies of notebooks are. Plain: the storage comes in. */

const KEY = "noctule-account";

/** They are this account's, from now on at the latest; false: they were another's. */
export function ownedBy(storage: Pick<Storage, "getItem" | "setItem">, account: string): boolean {
  const was = storage.getItem(KEY);
  if (was === account) return true;
  storage.setItem(KEY, account);
  return was === null;
}
