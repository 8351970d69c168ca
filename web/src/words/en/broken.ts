/** A page that failed. */
export const broken = {
  title: "This page failed",
  detail: "Your changes are kept, and what runs goes on. Reload the page to go on.",
  reload: "Reload",
};
