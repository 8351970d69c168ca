/** Fetches a part of the page that comes on demand, and goes on trying: a server that is away is no reason to show nothing. */

const AGAIN_MS = 2_000;

export async function fetchPart<T>(load: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await load();
    } catch {
      if (await wasUpdated()) location.reload();
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }
}

/** The server has another page than this one: its parts have other names, and this page's are gone. */
async function wasUpdated(): Promise<boolean> {
  const scripts = [...document.querySelectorAll("script[type=module][src]")];
  const answer = await fetch(location.pathname, { cache: "no-store" }).catch(() => null);
  if (answer?.ok !== true) return false;
  const text = await answer.text();
  return scripts.some((script) => !text.includes(script.getAttribute("src") ?? ""));
}
