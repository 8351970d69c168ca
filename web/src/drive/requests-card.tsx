/** On Home: who waits for an answer of this person. */
import { Requests as RequestRows } from "../sharing/requests";
import "../sharing/sharing.css";
import { useValue } from "../ui/hooks";
import { strings } from "../words";
import { useDrive } from "./context";

export function RequestsCard() {
  const { requests } = useDrive();
  const list = useValue(requests.list);
  const busy = useValue(requests.busy);
  if (list.length === 0) return null;
  return (
    <section className="requests-card" aria-label={strings.share.requests}>
      <h2>{strings.share.requests}</h2>
      <RequestRows
        requests={list}
        named
        busy={busy}
        onAccept={(request, role) => void requests.accept(request, role)}
        onRefuse={(request) => void requests.refuse(request)}
      />
    </section>
  );
}
