/** What the browser gives to FileActions: the clipboard, choosing files, downloads. The page's only binding of these. */
import { rest } from "../../browser";
import type { FilePorts } from "../model/file-actions";

/** Resolves with nothing when the person closes the dialog. */
function pick(accept: string): Promise<readonly File[]> {
  return new Promise((resolve) => {
    const input = document.createElement("input");
    input.type = "file";
    input.accept = accept;
    input.onchange = () => resolve([...(input.files ?? [])]);
    input.oncancel = () => resolve([]);
    input.click();
  });
}

function download(address: string): void {
  const link = document.createElement("a");
  link.href = address;
  link.download = "";
  link.click();
}

export function browserFiles(go: (path: string) => void): FilePorts {
  // Absent over plain HTTP from another machine, whatever the types say.
  const clipboard = window.isSecureContext ? navigator.clipboard : null;
  return { rest, clipboard, pick, download, print: () => window.print(), address: () => location.href, go };
}
