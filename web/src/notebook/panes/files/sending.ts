/** Bytes of an upload, sent by XMLHttpRequest: fetch cannot tell how far it is. The only file that binds it. */
import { csrfCookie } from "../../../browser";
import { problemFrom, ProblemError, UNREACHABLE } from "../../../net/rest";
import { runtimeAddress, type UploadInfo } from "../../../net/runtime-rest";
import type { Sending } from "../../../net/uploads";

export function sendPiece(
  notebook: string,
  id: string,
  offset: number,
  piece: Blob,
  progress: (sent: number) => void,
): Sending {
  const request = new XMLHttpRequest();
  const done = new Promise<UploadInfo>((resolve, reject) => {
    const lost = () => reject(new ProblemError(UNREACHABLE));
    request.onerror = lost;
    request.onabort = lost;
    request.upload.onprogress = ({ loaded }) => progress(loaded);
    request.onload = () => {
      if (request.status === 200) resolve(JSON.parse(request.responseText) as UploadInfo);
      else reject(new ProblemError(problemFrom(request.status, request.statusText, request.responseText)));
    };
  });
  request.open("PATCH", runtimeAddress.upload(notebook, id));
  request.setRequestHeader("x-noctule-csrf", csrfCookie());
  request.setRequestHeader("upload-offset", String(offset));
  request.setRequestHeader("content-type", "application/octet-stream");
  request.send(piece);
  return { done, abort: () => request.abort() };
}
