/** Titles of menus. */
export const menus = {
  label: "Menus",
  file: "File",
  edit: "Edit",
  view: "View",
  insert: "Insert",
  runtime: "Runtime",
  tools: "Tools",
  help: "Help",
  cellType: "Cell type",
  heading: "Heading",
  outputs: "Outputs of the cell",
  theme: "Theme",
  downloadAs: "Download",
  all: "Menu",
  backFrom: (title: string) => `Back from ${title}`,
};
