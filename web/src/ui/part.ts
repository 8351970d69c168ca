/** Fetches a part of the page that comes on demand, and goes on trying: a server that is away is no reason to show nothing. */

const AGAIN_MS = 2_000;

/** Marks a link whose style sheet did not come. */
const LOST = "data-lost";

/**
 * Vite asks for the style sheets of a part before its code, and only once: at the next try it takes them for loaded, and the
 * part would be shown without its styles. So those that did not come are marked, and asked for again. Called once.
 */
export function watchStyles(): void {
  const mark = ({ target }: Event) => {
    if (target instanceof HTMLLinkElement && target.rel === "stylesheet") target.setAttribute(LOST, "");
  };
  // Such an event does not bubble, but it comes down to the link.
  document.addEventListener("error", mark, { capture: true });
}

const fetchLostStyles = () =>
  Promise.all([...document.querySelectorAll<HTMLLinkElement>(`link[${LOST}]`)].map(fetchStyles));

/** Puts a link that works in the place of one that does not. Whoever else waits for the same one does so too. */
function fetchStyles(lost: HTMLLinkElement): Promise<void> {
  const link = lost.cloneNode() as HTMLLinkElement;
  link.removeAttribute(LOST);
  return new Promise((resolve, reject) => {
    link.onload = () => {
      if (lost.isConnected) lost.remove();
      else link.remove();
      resolve();
    };
    link.onerror = () => {
      link.remove();
      reject(new Error(link.href));
    };
    lost.after(link);
  });
}

export async function fetchPart<T>(load: () => Promise<T>): Promise<T> {
  let first = true;
  for (;;) {
    try {
      if (!first) await fetchLostStyles();
      return await load();
    } catch {
      first = false;
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
