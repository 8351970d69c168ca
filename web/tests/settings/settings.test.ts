import { describe, expect, it } from "vitest";

import { DEFAULTS, readSettings, SETTINGS_KEY } from "../../src/settings/settings";
import { SettingsStore } from "../../src/settings/store";
import { chosenLanguage } from "../../src/words/language";

describe("settings that were kept", () => {
  it("are the defaults when there are none", () => {
    expect(readSettings(null)).toEqual(DEFAULTS);
  });

  it("are the defaults when the text is damaged", () => {
    for (const text of ["", "{", "[]", "null", '"x"', "7"]) expect(readSettings(text)).toEqual(DEFAULTS);
  });

  it("keep what is understood and drop what is not, field by field", () => {
    const stored = {
      theme: "dark",
      density: "huge",
      fontSize: 15,
      editor: { ruler: 88, indent: 3 },
      rail: { width: 9e9 },
    };
    const read = readSettings(JSON.stringify(stored));
    expect(read).toEqual({ ...DEFAULTS, theme: "dark", fontSize: 15, editor: { ...DEFAULTS.editor, ruler: 88 } });
  });

  it("keep shortcuts that are lists of texts, and an empty list too", () => {
    const stored = JSON.stringify({ shortcuts: { "cell.run": ["Mod+R"], "cell.delete": [], bad: [1], worse: "x" } });
    expect(readSettings(stored).shortcuts).toEqual({ "cell.run": ["Mod+R"], "cell.delete": [] });
  });

  it("come back as they were written", () => {
    const kept = new Map<string, string>();
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
    };
    const store = new SettingsStore(storage);
    store.change({ theme: "light", notify: { on: true, afterSeconds: 5 } });
    expect(new SettingsStore(storage).read()).toEqual(store.read());
    expect(kept.has(SETTINGS_KEY)).toBe(true);
  });

  it("hold for the page when nothing can be kept", () => {
    const full = () => {
      throw new Error("full");
    };
    const store = new SettingsStore({ getItem: () => null, setItem: full });
    store.change({ theme: "dark" });
    expect(store.read().theme).toBe("dark");
  });
});

describe("the language", () => {
  it("is the person's choice first", () => {
    expect(chosenLanguage('{"language":"zh"}', ["en-GB"])).toBe("zh");
    expect(chosenLanguage('{"language":"en"}', ["zh-CN"])).toBe("en");
  });

  it("is else the first that the browser asks for and that is there", () => {
    expect(chosenLanguage(null, ["de-DE", "zh-Hans-CN", "en"])).toBe("zh");
    expect(chosenLanguage(null, ["fr", "en-US", "zh"])).toBe("en");
    expect(chosenLanguage(null, ["fr"])).toBe("en");
    expect(chosenLanguage(null, ["zhx"])).toBe("en");
  });
});
