/** Says in the output's own place why it is not shown. */
export function note(element: HTMLElement, text: string): void {
  const place = document.createElement("p");
  place.className = "note";
  place.setAttribute("role", "note");
  place.textContent = text;
  element.replaceChildren(place);
}
