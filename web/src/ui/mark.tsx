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

/** The tab's icon, as an address. Colours stand on light and dark tabs. */
export function iconAddress(alive: boolean): string {
  const eye = alive ? "#E59A1C" : "#FFFFFF";
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path d="${HEAD}" fill="#6A69C4"/><circle cx="12" cy="13.5" r="${alive ? 4.4 : 3.2}" fill="${eye}"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
