/** Whose page this is. */
import { account } from "../browser";
import type { Me } from "../net/rest";
import { useValue } from "../ui/hooks";

/** Who is signed in, or was last while this page was open; null before that is known. */
export function useMe(): Me | null {
  const who = useValue(account.who);
  if (who.t === "unknown") return null;
  return who.t === "in" ? who.me : who.was;
}
