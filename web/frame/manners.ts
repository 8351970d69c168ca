/**
 * How a frame behaves as a part of the page: links and downloads are the page's to do, the wheel is the page's until
 * somebody pressed in here, Escape goes back to the page.
 *
 * These are manners, not a fence: content may undo them, and the page checks what it is asked for.
 */
import type { Host } from "./host";

const OUTWARD = /^https?:$/;

async function download(host: Host, anchor: HTMLAnchorElement): Promise<void> {
  const response = await fetch(anchor.href);
  host.say({ t: "download", name: anchor.download, data: await response.blob() });
}

/** Whether the page was asked to follow it. */
function follow(host: Host, anchor: HTMLAnchorElement): boolean {
  const href = anchor.getAttribute("href") ?? "";
  if (href === "" || href.startsWith("#")) return false;
  if (anchor.hasAttribute("download")) {
    void download(host, anchor).catch(() => host.say({ t: "link", href: anchor.href }));
    return true;
  }
  if (!OUTWARD.test(anchor.protocol)) return anchor.protocol !== "javascript:";
  host.say({ t: "link", href: anchor.href });
  return true;
}

function followLinks(host: Host): void {
  document.addEventListener("click", (event) => {
    const anchor = event.target instanceof Element ? event.target.closest("a") : null;
    if (anchor !== null && !event.defaultPrevented && follow(host, anchor)) event.preventDefault();
  });
  // Libraries save a picture by clicking an anchor that is in no document, which no listener there hears.
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is called on an anchor below
  const { click } = HTMLAnchorElement.prototype;
  HTMLAnchorElement.prototype.click = function (this: HTMLAnchorElement) {
    if (this.isConnected || !follow(host, this)) click.call(this);
  };
}

/** Maps and plots that zoom by the wheel see it only when they were pressed first. */
function leaveTheWheel(): void {
  let entered = false;
  window.addEventListener("pointerdown", () => (entered = true), { capture: true, passive: true });
  document.documentElement.addEventListener("pointerleave", () => (entered = false), { passive: true });
  window.addEventListener("blur", () => (entered = false));
  const stop = (event: Event) => {
    if (!entered) event.stopImmediatePropagation();
  };
  for (const type of ["wheel", "mousewheel", "DOMMouseScroll"]) {
    window.addEventListener(type, stop, { capture: true, passive: true });
  }
}

export function behave(host: Host): void {
  followLinks(host);
  leaveTheWheel();
  window.addEventListener("pointerdown", () => host.say({ t: "entered" }), { capture: true, passive: true });
  window.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) host.say({ t: "leave" });
  });
}
