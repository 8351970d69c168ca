/** A PDF of Drive; its code is fetched with the first one. */
import { lazy, Suspense, useCallback } from "react";

import { driveAddress, type Item } from "../../net/drive-rest";
import { bytes } from "../../ui/format";
import { fetchPart } from "../../ui/part";
import { strings } from "../../words";
import { Unknown } from "./media";

const words = strings.drive;
/** It is held in memory as a whole. */
const MOST_BYTES = 64 * 1024 * 1024;

const Pdf = lazy(async () => ({ default: (await fetchPart(() => import("../../ui/pdf"))).Pdf }));

export function PdfFile({ item }: { readonly item: Item }) {
  const { id, version } = item;
  const load = useCallback(async () => {
    const response = await fetch(driveAddress.inline({ id, version }));
    if (!response.ok) throw new Error(response.statusText);
    return new Uint8Array(await response.arrayBuffer());
  }, [id, version]);
  if (item.size > MOST_BYTES) return <Unknown item={item} why={words.tooLarge(bytes(item.size))} />;
  const loading = <p className="preview-note meta">{words.loading}</p>;
  return (
    <Suspense fallback={loading}>
      <Pdf bytes={load} loading={loading} failed={<Unknown item={item} />} />
    </Suspense>
  );
}
