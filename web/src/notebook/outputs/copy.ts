/** Puts what a person wants to take along on the clipboard, or into a file. Says what happened. */
import type { Toasts } from "../../ui/toasts";
import { strings } from "../../words";

const words = strings.output;

/** Where the page is not served securely there is no clipboard API; a selection can be copied everywhere. */
function copyBySelection(text: string): boolean {
  const area = document.createElement("textarea");
  area.value = text;
  area.style.position = "fixed";
  area.style.opacity = "0";
  document.body.append(area);
  area.select();
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- nothing else copies over plain HTTP
  const copied = document.execCommand("copy");
  area.remove();
  return copied;
}

export async function copyText(toasts: Toasts, text: string, said: string = words.copied): Promise<void> {
  const copied = window.isSecureContext
    ? await navigator.clipboard.writeText(text).then(
        () => true,
        () => false,
      )
    : copyBySelection(text);
  toasts.say(copied ? said : words.notCopied, null, !copied);
}

/** One thing in several forms: what takes it along chooses. */
export async function copyForms(toasts: Toasts, forms: Readonly<Record<string, Blob | Promise<Blob>>>): Promise<void> {
  const copied =
    window.isSecureContext &&
    (await navigator.clipboard.write([new ClipboardItem(forms)]).then(
      () => true,
      () => false,
    ));
  toasts.say(copied ? words.copied : words.notCopied, null, !copied);
}

/** An image as the clipboard takes it: a PNG. */
export async function pngOf(source: string): Promise<Blob> {
  const image = new Image();
  image.src = source;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = image.naturalWidth;
  canvas.height = image.naturalHeight;
  canvas.getContext("2d")?.drawImage(image, 0, 0);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob === null ? reject(new Error("not an image")) : resolve(blob)), "image/png");
  });
}

export function saveFile(address: string, name: string): void {
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
}

export function saveText(text: string, name: string, type: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  saveFile(address, name);
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
