/** Somebody as a letter in a circle; a team as a sign. The name stands beside it. */
import { Users } from "lucide-react";

import { LIMITS } from "../wire/types";
import { strings } from "../words";

/** One of the colours that tell people apart (ui/tokens.css); the same for the same name. */
function colourOf(name: string): string {
  let sum = 0;
  for (const letter of name) sum = (sum * 131 + (letter.codePointAt(0) ?? 0)) % 65_521;
  return `person-${sum % LIMITS.PEER_COLOURS}`;
}

export function Face({ kind, name }: { readonly kind: "owner" | "user" | "team"; readonly name: string }) {
  if (kind === "team") {
    return (
      <span className="face-of team" aria-hidden>
        <Users />
      </span>
    );
  }
  const [first] = name;
  return (
    <span className={`face-of ${colourOf(name)}`} aria-hidden>
      {first?.toLocaleUpperCase(strings.locale)}
    </span>
  );
}
