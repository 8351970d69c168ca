/** The one Drive of this page, joined to the browser. It outlives the view: uploads go on while a notebook is open. */
import type { Go } from "../app";
import { driveRest, newId, timers } from "../browser";
import { driveAddress, type DriveUpload } from "../net/drive-rest";
import { sharingRest } from "../sharing/here";
import { sendPiece } from "../sending";
import type { Toasts } from "../ui/toasts";
import type { Problem } from "../wire/types";
import { strings } from "../words";
import { Deeds } from "./model/deeds";
import { Desk } from "./model/desk";
import { Uploading } from "./model/uploading";
import { Requests } from "./model/requests";
import { Works } from "./model/works";

export interface Drive {
  readonly desk: Desk;
  readonly deeds: Deeds;
  readonly works: Works;
  readonly uploading: Uploading;
  readonly requests: Requests;
  readonly go: Go;
}

const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** The browser's own is beside the page's thread, but is not there over plain HTTP from another machine. */
async function sha256(content: Blob): Promise<string> {
  const bytes = new Uint8Array(await content.arrayBuffer());
  if (window.isSecureContext) return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
  const { digest } = await import("lib0/hash/sha256");
  return hex(digest(bytes));
}

function download(address: string): void {
  const link = document.createElement("a");
  link.href = address;
  link.download = "";
  link.click();
}

function make(go: Go, toasts: Toasts): Drive {
  const desk = new Desk(driveRest);
  const works = new Works();
  const say = {
    say: (...told: Parameters<Toasts["say"]>) => toasts.say(...told),
    complain: (problem: Problem) => {
      if (problem.code !== "quota-reached") {
        toasts.complain(problem);
        return;
      }
      const run = () => desk.question.become({ t: "largest" });
      toasts.say(`${problem.title} ${problem.detail}`, { label: strings.drive.largest, run }, true);
    },
    go,
    download: (id: string) => download(driveAddress.content(id)),
    downloadAll: (ids: readonly string[]) => download(driveAddress.archive(ids)),
  };
  const send = (id: string, offset: number, piece: Blob, progress: (sent: number) => void) =>
    sendPiece<DriveUpload>(driveAddress.piece(id, offset), piece, {}, progress);
  const uploading = new Uploading(desk, { send, sha256, timers, random: () => Math.random(), newId }, say);
  window.addEventListener("online", () => uploading.queue.wake());
  // What is not sent yet is in this page alone: leaving it asks first.
  window.addEventListener("beforeunload", (event) => uploading.queue.busy && event.preventDefault());
  const requests = new Requests(desk, sharingRest, say);
  return { desk, deeds: new Deeds(desk, works, say), works, uploading, requests, go };
}

let drive: Drive | null = null;

export function driveHere(go: Go, toasts: Toasts): Drive {
  drive ??= make(go, toasts);
  return drive;
}
