/** What the worker does with what it is told: holds texts, searches them. Pure but for the texts that it holds. */
import { type Found, matchesIn, type Splice, splicesIn } from "./match";
import type { FromWorker, ToWorker } from "./protocol";
import { compile } from "./query";

export class SearchDesk {
  private readonly texts = new Map<string, string>();

  take(message: ToWorker): FromWorker | null {
    if (message.t === "texts") {
      for (const key of message.gone) this.texts.delete(key);
      for (const [key, text] of message.set) this.texts.set(key, text);
      return null;
    }
    return message.t === "search" ? this.search(message) : this.replace(message);
  }

  private search({ id, query, keys, most }: Extract<ToWorker, { t: "search" }>): FromWorker {
    const compiled = compile(query);
    const texts: (readonly [string, readonly Found[]])[] = [];
    let count = 0;
    let left = most;
    for (const key of compiled.t === "ok" ? keys : []) {
      if (compiled.t !== "ok") break;
      const counted = matchesIn(this.texts.get(key) ?? "", compiled.pattern, left);
      count += counted.count;
      left -= counted.found.length;
      if (counted.found.length > 0) texts.push([key, counted.found]);
    }
    return { t: "found", id, texts, count };
  }

  private replace({ id, query, replacement, keys }: Extract<ToWorker, { t: "replace" }>): FromWorker {
    const compiled = compile(query);
    const texts: (readonly [string, readonly Splice[]])[] = [];
    for (const key of compiled.t === "ok" ? keys : []) {
      if (compiled.t !== "ok") break;
      texts.push([key, splicesIn(this.texts.get(key) ?? "", compiled.pattern, replacement, query.regex)]);
    }
    return { t: "splices", id, texts };
  }
}
