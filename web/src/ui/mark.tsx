/** The mark: a noctule's head, two ears and an eye that is amber while something runs. */

const HEAD = "M3 3 L9 8 Q12 7 15 8 L21 3 L20 13 Q19 21 12 21 Q5 21 4 13 Z";

export function Mark({ alive }: { readonly alive: boolean }) {
  return (
    <span className={alive ? "mark alive" : "mark"} aria-hidden>
      <svg width="24" height="24" viewBox="0 0 24 24">
        <path d={HEAD} fill="currentColor" />
        <circle className="mark-eye" cx="12" cy="13.5" r="3.2" fill="var(--ground)" />
      </svg>
    </span>
  );
}

/** `alive`: something runs. `ok`, `failed`: it ended while nobody looked. */
export type IconFace = "idle" | "alive" | "ok" | "failed";

/** How a run ended, at the lower right and as large as 16 px allow: a disc with a check, a square with a cross. */
const ENDS: Readonly<Record<IconFace, string>> = {
  idle: "",
  alive: "",
  ok: `<circle cx="16.5" cy="16.5" r="7.5" fill="#1E7F4F" stroke="#FFFFFF" stroke-width="1.5"/><path d="M13 16.8 L15.7 19.4 L20 14" fill="none" stroke="#FFFFFF" stroke-width="2.4"/>`,
  failed: `<rect x="9" y="9" width="15" height="15" rx="3" fill="#B3261E" stroke="#FFFFFF" stroke-width="1.5"/><path d="M13 13 L20 20 M20 13 L13 20" fill="none" stroke="#FFFFFF" stroke-width="2.6"/>`,
};

/** The tab's icon, as an address. Colours stand on light and dark tabs; amber is for what runs alone. */
export function iconAddress(face: IconFace): string {
  const alive = face === "alive";
  const eye = alive ? "#E59A1C" : "#FFFFFF";
  const head = `<path d="${HEAD}" fill="#6A69C4"/><circle cx="12" cy="13.5" r="${alive ? 5 : 3.2}" fill="${eye}"/>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">${head}${ENDS[face]}</svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
