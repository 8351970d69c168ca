/**
 * Makes what stands in the page equal to other nodes by changing what differs. What is equal stays as it is, with its
 * focus, its picture that is loaded, its place on the screen.
 */

/** What a person did to an element, and the source does not say: it stays. */
const OWN: Readonly<Record<string, string>> = { DETAILS: "open" };

export function patchChildren(old: Node, wanted: Node): void {
  const before = [...old.childNodes];
  const after = [...wanted.childNodes];
  let start = 0;
  while (start < before.length && start < after.length && isEqual(before[start], after[start])) start += 1;
  let end = 0;
  const most = Math.min(before.length, after.length) - start;
  while (end < most && isEqual(before[before.length - 1 - end], after[after.length - 1 - end])) end += 1;
  const gone = before.slice(start, before.length - end);
  const come = after.slice(start, after.length - end);
  const next = before[before.length - end] ?? null;
  for (const [index, node] of come.entries()) {
    const there = gone[index];
    if (there === undefined) old.insertBefore(node, next);
    else if (!patchNode(there, node)) old.replaceChild(node, there);
  }
  for (const node of gone.slice(come.length)) old.removeChild(node);
}

const isEqual = (one: Node | undefined, other: Node | undefined) =>
  one !== undefined && other !== undefined && one.isEqualNode(other);

/** False when the one cannot become the other. */
function patchNode(old: Node, wanted: Node): boolean {
  if (old.nodeName !== wanted.nodeName) return false;
  if (!(old instanceof Element) || !(wanted instanceof Element)) {
    if (old.nodeValue !== wanted.nodeValue) old.nodeValue = wanted.nodeValue;
    return true;
  }
  // A drawing that is on its way takes the place of the old one when it is there.
  if (wanted.getAttribute("data-drawing") === "waits" && old.hasAttribute("data-drawing")) return true;
  patchAttributes(old, wanted);
  if (old instanceof HTMLInputElement) old.checked = wanted.hasAttribute("checked");
  patchChildren(old, wanted);
  return true;
}

function patchAttributes(old: Element, wanted: Element): void {
  for (const name of old.getAttributeNames()) {
    if (!wanted.hasAttribute(name) && OWN[old.tagName] !== name) old.removeAttribute(name);
  }
  for (const name of wanted.getAttributeNames()) {
    const value = wanted.getAttribute(name) ?? "";
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
}
