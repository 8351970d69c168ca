/** A notebook as one item: its name, its star, what deleting it means. */
export const list = {
  unstar: "Remove star",
  star: "Star",
  name: "Name",
  renameTitle: "Rename notebook",
  removeDetail: "Its cells and outputs are deleted. If a cell of it runs, it is stopped.",
};
