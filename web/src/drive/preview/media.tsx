/** Pictures, sound and film by the browser's own means, in which nothing of a file runs; and what cannot be shown. */
import { Download } from "lucide-react";
import { useState } from "react";

import { driveAddress, type Item } from "../../net/drive-rest";
import { shownName } from "../../notebook/model/file-names";
import { Button } from "../../ui/button";
import { bytes } from "../../ui/format";
import { strings } from "../../words";
import { useDrive } from "../context";
import { FaceIcon } from "../face";
import { faceOf, lookOf } from "../model/files";

const words = strings.drive;

export function Picture({ item }: { readonly item: Item }) {
  const [broken, setBroken] = useState(false);
  if (broken) return <Unknown item={item} why={words.noPicture} />;
  return (
    <img
      className="preview-picture"
      src={driveAddress.inline(item)}
      alt={shownName(item.name)}
      onError={() => setBroken(true)}
    />
  );
}

export function Media({ item }: { readonly item: Item }) {
  const [broken, setBroken] = useState(false);
  if (broken) return <Unknown item={item} why={words.noMedia} />;
  const shared = {
    src: driveAddress.inline(item),
    controls: true,
    preload: "metadata",
    onError: () => setBroken(true),
    "aria-label": shownName(item.name),
  };
  return lookOf(item) === "audio" ? <audio {...shared} /> : <video className="preview-film" playsInline {...shared} />;
}

interface UnknownProps {
  readonly item: Item;
  readonly why?: string;
}

export function Unknown({ item, why = words.cannotShow }: UnknownProps) {
  const { deeds } = useDrive();
  return (
    <div className="preview-unknown">
      <FaceIcon item={item} />
      <p>{why}</p>
      <p className="meta tabular">{words.cannotShowWhy(words.kinds[faceOf(item)], bytes(item.size))}</p>
      {item.kind !== "other" && (
        <Button look="outlined" icon={Download} onClick={() => deeds.download([item])}>
          {words.download}
        </Button>
      )}
    </div>
  );
}
