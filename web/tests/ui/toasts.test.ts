import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { Toasts } from "../../src/ui/toasts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const action = { label: "Undo", run: () => undefined };

it("an offer goes when something else has made it pointless", () => {
  const toasts = new Toasts();
  let tell = (): void => undefined;
  const stopped = vi.fn();
  toasts.offer("2 cells deleted", action, (pointless) => {
    tell = pointless;
    return stopped;
  });
  toasts.say("Other");
  expect(toasts.list().map(({ text }) => text)).toEqual(["2 cells deleted", "Other"]);
  tell();
  expect(toasts.list().map(({ text }) => text)).toEqual(["Other"]);
  expect(stopped).toHaveBeenCalledOnce();
});

it("an offer that went by itself is watched no more", () => {
  const toasts = new Toasts();
  const stopped = vi.fn();
  toasts.offer("2 cells deleted", action, () => stopped);
  vi.runAllTimers();
  expect(toasts.list()).toEqual([]);
  expect(stopped).toHaveBeenCalledOnce();
});
