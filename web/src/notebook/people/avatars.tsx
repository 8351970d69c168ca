/** Who else has this notebook open: in the top bar, each one press away from being followed. */
import "./people.css";

import { AppWindow, Users } from "lucide-react";
import { useSyncExternalStore } from "react";

import type { Other } from "../../session/presence";
import { Button } from "../../ui/button";
import { Menu, type MenuItem } from "../../ui/menu";
import { strings } from "../../words";
import { useController } from "../context";
import { calledOf, colourOf, initialOf, nameOf } from "./names";

const words = strings.people;
/** So many have a place of their own in the bar. */
const SHOWN = 3;

export function useOthers(): readonly Other[] {
  const { presence } = useController().session;
  return useSyncExternalStore(presence.subscribe, presence.all);
}

export function useFollowed(): Other | null {
  const { following } = useController();
  return useSyncExternalStore(following.subscribe, following.read);
}

export function PeopleHere() {
  const others = useOthers();
  const followed = useFollowed();
  if (others.length === 0) return null;
  const rest = others.slice(SHOWN);
  return (
    <div className="people" role="group" aria-label={words.here}>
      {others.slice(0, SHOWN).map((other) => (
        <Avatar key={other.key} other={other} followed={other.key === followed?.key} />
      ))}
      {rest.length > 0 && <All others={others} shown={rest.length} followed={followed} className="wide-only" />}
      <All others={others} shown={others.length} followed={followed} className="narrow-only" />
    </div>
  );
}

function Avatar({ other, followed }: { readonly other: Other; readonly followed: boolean }) {
  const { following } = useController();
  const name = calledOf(other);
  return (
    <button
      type="button"
      className={`avatar wide-only ${colourOf(other)}`}
      aria-label={followed ? words.unfollow(name) : words.follow(name)}
      aria-pressed={followed}
      title={words.followTip(nameOf(other))}
      onClick={() => following.toggle(other.key)}
    >
      {other.own ? <AppWindow aria-hidden /> : initialOf(other)}
    </button>
  );
}

interface AllProps {
  readonly others: readonly Other[];
  /** The number on the button. */
  readonly shown: number;
  readonly followed: Other | null;
  readonly className: string;
}

function All({ others, shown, followed, className }: AllProps) {
  const { following } = useController();
  const items: readonly MenuItem[] = others.map((other) => ({
    id: other.key,
    title: nameOf(other),
    checked: other.key === followed?.key,
    run: () => following.toggle(other.key),
  }));
  return (
    <Menu label={words.here} groups={[items]} className={`people-more ${className}`}>
      <Users aria-hidden />
      <span className="tabular" aria-hidden>
        {shown}
      </span>
      <span className="visually-hidden">{words.hereCount(others.length)}</span>
    </Menu>
  );
}

/** Says that one follows, as long as one does. */
export function FollowBar() {
  const followed = useFollowed();
  const { following } = useController();
  if (followed === null) return null;
  return (
    <div className={`follow-bar ${colourOf(followed)}`} role="status">
      <span>{words.following(calledOf(followed))}</span>
      <Button onClick={() => following.stop()}>{words.stop}</Button>
    </div>
  );
}
