/** Who did something, as the log and invitations have it: an account, the server, or nobody. */
import { useName } from "../person/use-name";
import { strings } from "../words";

/** What the log calls the server. */
export const SERVER = "server";

export function Who({ id }: { readonly id: string }) {
  if (id === "") return strings.audit.nobody;
  if (id === SERVER) return strings.admin.server;
  return <Account id={id} />;
}

function Account({ id }: { readonly id: string }) {
  return <bdi>{useName(id)}</bdi>;
}
