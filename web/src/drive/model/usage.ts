/** How full a Drive is. Pure. */
import type { DriveInfo } from "../../net/drive-rest";

export type Fullness = "roomy" | "tight" | "full";

export interface Usage {
  /** Of the quota, from 0 to 1. */
  readonly part: number;
  readonly fullness: Fullness;
}

/** Null without a quota. */
export function usageOf({ used, quota, tight }: Pick<DriveInfo, "used" | "quota" | "tight">): Usage | null {
  if (quota === null) return null;
  const part = quota === 0 ? 1 : Math.min(1, used / quota);
  return { part, fullness: part >= 1 ? "full" : tight ? "tight" : "roomy" };
}
