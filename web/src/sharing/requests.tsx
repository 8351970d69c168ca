/** Who asks for what, and the answers: in the sharing dialog, and on Home. */
import { ChevronDown } from "lucide-react";

import { type AccessRequest, type GivenRole, nameOfPerson } from "../net/sharing-rest";
import { shownName } from "../notebook/model/file-names";
import { Button } from "../ui/button";
import { Menu } from "../ui/menu";
import { ago } from "../ui/format";
import { useNow } from "../ui/hooks";
import { strings } from "../words";
import { Face } from "./face";

const words = strings.share;
const ROLES = ["viewer", "commenter", "editor"] as const;

interface RequestsProps {
  readonly requests: readonly AccessRequest[];
  /** They may be about different items, and name theirs. */
  readonly named: boolean;
  readonly busy: boolean;
  readonly onAccept: (request: AccessRequest, role: GivenRole) => void;
  readonly onRefuse: (request: AccessRequest) => void;
}

export function Requests({ requests, named, busy, onAccept, onRefuse }: RequestsProps) {
  const now = useNow(true, 60_000);
  return (
    <ul className="requests" aria-label={words.requests}>
      {requests.map((request) => {
        const { user, item, role, text, at } = request;
        const name = nameOfPerson(user);
        const title = words.request(name, words.wants[role], named ? shownName(item.name) : "").trim();
        return (
          <li key={`${item.id} ${user.id}`} className="request">
            <Face kind="user" name={name} />
            <div className="request-what">
              <span>
                <bdi>{title}</bdi>
              </span>
              {text !== "" && <q dir="auto">{text}</q>}
              <span className="meta">
                {name !== user.login && <bdi>{user.login} · </bdi>}
                {ago(Date.parse(at), now)}
              </span>
            </div>
            <div className="request-answers">
              <Button
                look="outlined"
                disabled={busy}
                aria-label={`${words.refuse}: ${title}`}
                onClick={() => onRefuse(request)}
              >
                {words.refuse}
              </Button>
              <span className="split-button">
                <Button
                  look="primary"
                  disabled={busy}
                  aria-label={`${words.accept}: ${title}`}
                  onClick={() => onAccept(request, role)}
                >
                  {words.accept}
                </Button>
                <Menu
                  label={words.acceptAs}
                  icon={ChevronDown}
                  className="button primary icon"
                  groups={[
                    ROLES.map((one) => ({
                      id: one,
                      title: words.acceptRole(words.roles[one]),
                      checked: one === role,
                      run: () => onAccept(request, one),
                    })),
                  ]}
                />
              </span>
            </div>
          </li>
        );
      })}
    </ul>
  );
}
