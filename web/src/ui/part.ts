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
  const entry = document.querySelector("script[type=module][src]")?.getAttribute("src");
  const answer = await fetch(location.pathname, { cache: "no-store" }).catch(() => null);
  return entry != null && answer?.ok === true && !(await answer.text()).includes(entry);
}
