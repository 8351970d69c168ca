/** Who takes how much. Pure. */
import type { AccountStorage } from "../../net/admin-rest";

export const totalOf = ({ used, revisions }: AccountStorage): number => used + revisions;

export interface Share {
  readonly storage: AccountStorage;
  readonly total: number;
  /** Of who takes the most: from 0 to 1. */
  readonly part: number;
  readonly over: boolean;
}

/** The largest first. */
export function sharesOf(accounts: readonly AccountStorage[]): readonly Share[] {
  const most = accounts.reduce((sum, each) => Math.max(sum, totalOf(each)), 1);
  return accounts
    .map((storage) => {
      const total = totalOf(storage);
      return { storage, total, part: total / most, over: storage.quota !== null && storage.used > storage.quota };
    })
    .sort((one, other) => other.total - one.total);
}

/** Below a tenth the disk is said to be nearly full. */
export const isTight = ({ total, free }: { readonly total: number; readonly free: number }): boolean =>
  total > 0 && free / total < 0.1;
