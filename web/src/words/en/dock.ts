/** The tabs beside the cells. */
export const dock = {
  label: "Terminals and files",
  width: "Width of the tabs",
  hide: "Hide terminals and files",
  closeTab: "Close tab",
  unsaved: "unsaved",
  closeTitle: (name: string) => `Close ${name} without saving?`,
  closeDetail: "What you changed in it since you saved last is lost.",
  discard: "Close without saving",
};
