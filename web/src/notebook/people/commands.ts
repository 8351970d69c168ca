/** Commands about who else is here. */
import { strings } from "../../words";
import type { NotebookCommand } from "../commands/command";

const words = strings.people;

export const peopleCommands: readonly NotebookCommand[] = [
  {
    id: "people.follow",
    title: words.followNext,
    when: ({ session }) => session.presence.all().length > 0,
    run: ({ following }) => following.next(),
  },
  {
    id: "people.stopFollowing",
    title: words.followStop,
    when: ({ following }) => following.read() !== null,
    run: ({ following }) => following.stop(),
  },
];
