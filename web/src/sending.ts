/** Bytes of an upload, sent by XMLHttpRequest: fetch cannot tell how far it is. The only file that binds it. */
import { csrfCookie } from "./browser";
import { problemFrom, ProblemError, UNREACHABLE } from "./net/rest";
import type { Sending } from "./net/uploads";

/** A piece of an upload to this address, with what else the server wants to be told of it. */
export function sendPiece<Standing>(
  address: string,
  piece: Blob,
  headers: Readonly<Record<string, string>>,
  progress: (sent: number) => void,
): Sending<Standing> {
  const request = new XMLHttpRequest();
  const done = new Promise<Standing>((resolve, reject) => {
    const lost = () => reject(new ProblemError(UNREACHABLE));
    request.onerror = lost;
    request.onabort = lost;
    request.upload.onprogress = ({ loaded }) => progress(loaded);
    request.onload = () => {
      if (request.status === 200) resolve(JSON.parse(request.responseText) as Standing);
      else reject(new ProblemError(problemFrom(request.status, request.statusText, request.responseText)));
    };
  });
  request.open("PATCH", address);
  request.setRequestHeader("x-noctule-csrf", csrfCookie());
  request.setRequestHeader("content-type", "application/octet-stream");
  for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
  request.send(piece);
  return { done, abort: () => request.abort() };
}
