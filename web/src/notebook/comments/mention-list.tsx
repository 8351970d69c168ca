/** The people one may mean, below the field in which one writes, which keeps the focus. It draws; use-mention.ts decides. */
import "./mention-list.css";

import type { RefObject } from "react";
import { Popover } from "react-aria-components/Popover";

import { strings } from "../../words";
import type { Mention } from "./use-mention";

const words = strings.comments.mention;

const optionId = ({ listId }: Mention, at: number) => `${listId}-${at}`;

/** What the field says of its list. */
export function mentionProps(mention: Mention) {
  const open = mention.people.length > 0;
  return {
    "aria-autocomplete": "list",
    ...(open && { "aria-controls": mention.listId, "aria-activedescendant": optionId(mention, mention.active) }),
  } as const;
}

interface MentionListProps {
  readonly field: RefObject<HTMLElement | null>;
  readonly mention: Mention;
}

export function MentionList({ field, mention }: MentionListProps) {
  const { listId, people, active, take } = mention;
  const open = people.length > 0;
  return (
    <>
      <span className="visually-hidden" role="status">
        {open && words.found(people.length)}
      </span>
      <Popover triggerRef={field} isOpen={open} isNonModal placement="bottom start" offset={4} className="menu mention">
        <ul id={listId} role="listbox" aria-label={words.title}>
          {people.map((person, at) => (
            <li
              key={person.name}
              id={optionId(mention, at)}
              role="option"
              aria-selected={at === active}
              className="menu-item"
              // The field keeps the focus, and its caret.
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => take(person)}
            >
              <span className="menu-title">{person.name}</span>
              {person.here && <span className="meta">{words.here}</span>}
            </li>
          ))}
        </ul>
      </Popover>
    </>
  );
}
