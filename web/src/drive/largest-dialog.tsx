/** What takes most of one's Drive, and what can be done about it. */
import { Trash2 } from "lucide-react";
import { useEffect, useState } from "react";

import type { Item } from "../net/drive-rest";
import { shownName } from "../notebook/model/file-names";
import { Button, IconButton } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { bytes } from "../ui/format";
import { useValue } from "../ui/hooks";
import { strings } from "../words";
import type { Problem } from "../wire/types";
import { useDrive } from "./context";
import { FaceIcon } from "./face";
import { MeterBar } from "./meter";
import { problemOf } from "./model/listing";

const words = strings.drive;
const MOST = 30;

export default function LargestDialog({ onClose }: { readonly onClose: () => void }) {
  const { desk, deeds } = useDrive();
  const info = useValue(desk.info);
  const [items, setItems] = useState<readonly Item[] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [binned, setBinned] = useState(0);
  // Read anew with each change of what is taken: the bin may be emptied only after this was opened again.
  useEffect(() => {
    let current = true;
    desk.api.largest(MOST).then(
      (found) => current && setItems(found),
      (error: unknown) => current && setProblem(problemOf(error)),
    );
    return () => {
      current = false;
    };
  }, [desk, info, binned]);
  const bin = (item: Item) => void deeds.bin([item]).then(() => setBinned((count) => count + 1));
  const again = { t: "largest" } as const;
  return (
    <Dialog title={words.largestTitle} size="page" onClose={onClose}>
      {info !== null && <MeterBar info={info} />}
      {info !== null && info.binned > 0 && (
        <p className="largest-bin">
          <span className="grow">{words.inBin(bytes(info.binned))}</span>
          <Button look="outlined" onClick={() => desk.question.become({ t: "empty-bin", back: again })}>
            {words.emptyBin}
          </Button>
        </p>
      )}
      {problem !== null && <p role="alert">{[problem.title, problem.detail].filter(Boolean).join(" ")}</p>}
      {items === null && problem === null && <p role="status">{strings.loading}</p>}
      {items?.length === 0 && <p className="meta">{words.largestNone}</p>}
      <ul className="largest">
        {items?.map((item) => {
          const name = shownName(item.name);
          const inBin = item.binned_at !== null;
          return (
            <li key={item.id}>
              <FaceIcon item={item} />
              <span className="largest-name">
                <bdi title={name}>{name}</bdi>
                {inBin && <span className="meta">{words.bin}</span>}
              </span>
              <span className="meta tabular">{bytes(item.size)}</span>
              <IconButton
                icon={Trash2}
                label={inBin ? words.foreverNamed(name) : words.toBinNamed(name)}
                onClick={() => {
                  if (inBin) desk.question.become({ t: "forever", items: [item], back: again });
                  else bin(item);
                }}
              />
            </li>
          );
        })}
      </ul>
    </Dialog>
  );
}
