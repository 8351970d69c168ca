/** What the browser gives to FileActions: the clipboard, choosing files, downloads. The page's only binding of these. */
import { rest } from "../../browser";
import { fetchPart } from "../../ui/part";
import type { Toasts } from "../../ui/toasts";
import { strings } from "../../words";
import type { FilePorts } from "../model/file-actions";
import type { Shell } from "../model/shell";
import { printAll } from "./print";

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

function save(name: string, content: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The browser has it by then; sooner some of them would save nothing.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

async function html(file: Blob, name: string): Promise<Blob> {
  const { exportHtml } = await fetchPart(() => import("../export/html"));
  return new Blob([await exportHtml(await file.text(), name)], { type: "text/html;charset=utf-8" });
}

export function browserFiles(go: (path: string) => void, toasts: Toasts): FilePorts {
  const print = async (shell: Shell) => {
    toasts.say(strings.files.preparing);
    if (!(await printAll(shell))) toasts.say(strings.files.notPrinted, null, true);
  };
  // Absent over plain HTTP from another machine, whatever the types say.
  const clipboard = window.isSecureContext ? navigator.clipboard : null;
  return { rest, clipboard, pick, download, save, html, print, address: () => location.href, go };
}
