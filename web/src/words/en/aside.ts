/** Changes kept apart from a notebook that was replaced. */
export const aside = {
  title: "The notebook was replaced on the server",
  detail: "Changes that you made here were not saved before that. They are kept apart, and not mixed into the new one.",
  show: "Your unsynced changes",
  copy: "Copy",
  discard: "Discard them",
};
