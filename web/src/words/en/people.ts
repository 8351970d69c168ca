/** Who else is in a notebook. */
export const people = {
  here: "People here",
  hereCount: (count: number) => `People here: ${count}`,
  you: "You",
  gone: "Deleted account",
  yourWindow: "You, another window",
  yourOther: "your other window",
  follow: (name: string) => `Follow ${name}`,
  followTip: (name: string) => `${name}. Click to follow`,
  unfollow: (name: string) => `Stop following ${name}`,
  following: (name: string) => `Following ${name}`,
  stop: "Stop",
  inCell: (names: string) => `Here: ${names}`,
  followNext: "Follow the next person",
  followStop: "Stop following",
};
