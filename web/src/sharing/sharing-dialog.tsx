/** Who has an item, and, for its owner, all that can be done about it. One dialog for Drive and for the notebook. */
import "./sharing.css";

import { Check, Link, LogOut } from "lucide-react";
import { type MouseEvent, useEffect, useState, useSyncExternalStore } from "react";

import { saidOf } from "../ui/said";
import { after } from "../browser";
import type { Item } from "../net/drive-rest";
import type { GivenRole, Grants } from "../net/sharing-rest";
import { shownName } from "../notebook/model/file-names";
import { Button } from "../ui/button";
import { Confirm, Dialog } from "../ui/dialog";
import { useNow } from "../ui/hooks";
import { strings } from "../words";
import { ChooserField } from "./chooser-field";
import { GeneralAccess } from "./general-access";
import { sharingOf, sharingRest } from "./here";
import { HolderRow, RoleSelect } from "./holder-row";
import { Chooser } from "./model/chooser";
import { expiryOf, today } from "./model/expiry";
import { mayShare } from "./model/roles";
import { canShare, type Sharing } from "./model/sharing";
import { accessOf, type Holder } from "./model/who";
import { Requests } from "./requests";

const words = strings.share;

export interface SharingProps {
  readonly item: string;
  /** The address by which others open it. */
  readonly address: string;
  readonly go: (path: string) => void;
  /** What is shown of it elsewhere is to be read again. */
  readonly onChanged: () => void;
  /** It is no longer in this person's list. */
  readonly onLeft: () => void;
  readonly onClose: () => void;
}

export default function SharingDialog({ item: id, address, go, onChanged, onLeft, onClose }: SharingProps) {
  const [sharing] = useState(() => sharingOf(id, onChanged));
  const state = useSyncExternalStore(sharing.subscribe, sharing.read);
  const [transfer, setTransfer] = useState<Holder | null>(null);
  useEffect(() => void sharing.load(), [sharing]);
  const { me, item, access, problem, left } = state;
  useEffect(() => {
    if (!left) return;
    onClose();
    onLeft();
  }, [left, onClose, onLeft]);
  const open = (event: MouseEvent, folder: string) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    onClose();
    go(`/drive/${encodeURIComponent(folder)}`);
  };
  if (transfer !== null && item !== null) {
    return <Transfer sharing={sharing} item={item} to={transfer} onClose={() => setTransfer(null)} />;
  }
  return (
    <Dialog title={item === null ? words.title : words.titleOf(shownName(item.name))} onClose={onClose} closeOnNarrow>
      <div className="sharing" aria-busy={state.busy}>
        {problem !== null && (
          <p className="sharing-problem" role="alert">
            {saidOf(problem)}
          </p>
        )}
        {item === null && problem === null && <p role="status">{strings.loading}</p>}
        {me?.mode === "personal" && <p>{words.personal}</p>}
        {me?.mode === "team" && item !== null && (
          <>
            {canShare(state) && <Give sharing={sharing} access={access} busy={state.busy} />}
            {access !== null && access.requests.length > 0 && (
              <section>
                <h3>{words.requests}</h3>
                <Requests
                  requests={access.requests}
                  named={false}
                  busy={state.busy}
                  onAccept={(request, role) => void sharing.accept(request, role)}
                  onRefuse={(request) => void sharing.refuse(request)}
                />
              </section>
            )}
            {access === null ? (
              <OwnRole item={item} />
            ) : (
              <People
                sharing={sharing}
                item={item}
                access={access}
                you={me.user}
                busy={state.busy}
                onTransfer={setTransfer}
                onFolder={open}
              />
            )}
          </>
        )}
      </div>
      <Foot sharing={sharing} item={me?.mode === "team" ? item : null} address={address} onClose={onClose} />
    </Dialog>
  );
}

interface GiveProps {
  readonly sharing: Sharing;
  readonly access: Grants | null;
  readonly busy: boolean;
}

/** People and teams to be added, with one role and one end for all of them. */
function Give({ sharing, access, busy }: GiveProps) {
  const [chooser] = useState(() => {
    const ports = {
      search: (text: string, signal: AbortSignal) => sharingRest.search(text, signal),
      after,
      taken: ({ kind, id }: { readonly kind: string; readonly id: string }) => {
        const { item, access: now } = sharing.read();
        return (
          (kind === "user" && id === item?.owner.id) ||
          (now?.grants.some((grant) => grant.item === null && grant.kind === kind && grant.whom === id) ?? false)
        );
      },
    };
    return new Chooser(ports);
  });
  const { chosen } = useSyncExternalStore(chooser.subscribe, chooser.read);
  const [role, setRole] = useState<GivenRole>("viewer");
  const [day, setDay] = useState("");
  const now = useNow(true, 60_000);
  const give = async () => {
    if (await sharing.give(chosen, role, expiryOf(day))) {
      chooser.clear();
      setDay("");
    }
  };
  return (
    <section className="give">
      <ChooserField chooser={chooser} disabled={access === null} />
      {chosen.length > 0 && (
        <>
          <div className="give-how">
            <RoleSelect label={words.role} value={role} disabled={busy} onChange={setRole} />
            <label>
              {words.ends}{" "}
              <input
                type="date"
                className="field"
                min={today(now)}
                value={day}
                disabled={busy}
                onChange={({ target }) => setDay(target.value)}
              />
            </label>
            <span className="grow" />
            <Button look="primary" disabled={busy} onClick={() => void give()}>
              {words.give}
            </Button>
          </div>
          <p className="meta">{role === "editor" ? words.runs : words.roleHints[role]}</p>
        </>
      )}
    </section>
  );
}

interface PeopleProps {
  readonly sharing: Sharing;
  readonly item: Item;
  readonly access: Grants;
  readonly you: string;
  readonly busy: boolean;
  readonly onTransfer: (to: Holder) => void;
  readonly onFolder: (event: MouseEvent, folder: string) => void;
}

function People({ sharing, item, access, you, busy, onTransfer, onFolder }: PeopleProps) {
  const { holders, anyone, anyoneAbove } = accessOf(item, access.grants, you);
  const changeable = mayShare(item.role);
  return (
    <>
      <section>
        <h3>{words.people}</h3>
        <ul className="holders" aria-label={words.people}>
          {holders.map((holder) => (
            <HolderRow
              key={holder.key}
              holder={holder}
              sharing={sharing}
              changeable={changeable}
              busy={busy}
              onTransfer={() => onTransfer(holder)}
              onFolder={onFolder}
            />
          ))}
        </ul>
      </section>
      <section>
        <h3>{words.general}</h3>
        <GeneralAccess
          anyone={anyone}
          above={anyoneAbove}
          changeable={changeable}
          busy={busy}
          onChange={(role) => void sharing.setAnyone(anyone, role)}
        />
      </section>
    </>
  );
}

/** All that who may not edit learns: whose it is, and what one may do with it. */
function OwnRole({ item }: { readonly item: Item }) {
  return (
    <dl className="own-role">
      <div>
        <dt>{words.owner}</dt>
        <dd>
          <bdi>{item.owner.name}</bdi>
        </dd>
      </div>
      <div>
        <dt>{words.your}</dt>
        <dd>{words.roles[item.role]}</dd>
      </div>
    </dl>
  );
}

interface FootProps {
  readonly sharing: Sharing;
  readonly item: Item | null;
  readonly address: string;
  readonly onClose: () => void;
}

function Foot({ sharing, item, address, onClose }: FootProps) {
  const [copied, setCopied] = useState<boolean | null>(null);
  const copy = () => {
    // Over plain HTTP from another machine a page has no clipboard: there the address is shown to be copied by hand.
    const { clipboard } = navigator as { readonly clipboard?: Clipboard };
    if (clipboard === undefined) setCopied(false);
    else
      void clipboard.writeText(address).then(
        () => setCopied(true),
        () => setCopied(false),
      );
  };
  return (
    <>
      {copied === false && (
        <input
          className="field whole"
          readOnly
          autoFocus
          aria-label={words.address}
          value={address}
          onFocus={({ target }) => target.select()}
        />
      )}
      <div className="actions sharing-foot">
        <Button look="outlined" icon={copied === true ? Check : Link} onClick={copy}>
          {copied === true ? strings.copied : words.copy}
        </Button>
        {item !== null && item.role !== "owner" && (
          <Button icon={LogOut} onClick={() => void sharing.leave()}>
            {words.leave}
          </Button>
        )}
        <span className="grow" />
        <span className="visually-hidden" role="status">
          {copied === true ? strings.copied : ""}
        </span>
        <Button look="primary" onClick={onClose}>
          {strings.done}
        </Button>
      </div>
    </>
  );
}

interface TransferProps {
  readonly sharing: Sharing;
  readonly item: Item;
  readonly to: Holder;
  readonly onClose: () => void;
}

function Transfer({ sharing, item, to, onClose }: TransferProps) {
  const parts = [
    words.transferDetail(to.name),
    item.kind === "folder" ? words.transferFolder : "",
    words.transferOnly,
  ].filter(Boolean);
  return (
    <Confirm
      title={words.transferTitle(shownName(item.name), to.name)}
      detail={parts.join(" ")}
      action={words.transfer}
      onConfirm={() => void sharing.transfer(to.whom)}
      onClose={onClose}
    />
  );
}
