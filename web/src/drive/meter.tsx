/** How full Drive is: quiet while there is room, plain words from 80 % on. */
import { Button } from "../ui/button";
import { bytes } from "../ui/format";
import { strings } from "../words";
import { useDrive, useValue } from "./context";
import { usageOf } from "./model/usage";
import { addressOf, MY_DRIVE } from "./model/views";

const words = strings.drive;

export function Meter() {
  const { desk } = useDrive();
  const info = useValue(desk.info);
  if (info === null) return null;
  const usage = usageOf(info);
  if (usage === null || info.quota === null)
    return <p className="meter meta tabular">{words.used(bytes(info.used))}</p>;
  return (
    <div className={`meter ${usage.fullness}`}>
      <div
        className="meter-bar"
        role="meter"
        aria-label={words.usedOf(bytes(info.used), bytes(info.quota))}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(usage.part * 100)}
      >
        <span style={{ width: `${usage.part * 100}%` }} />
      </div>
      <p className="meta tabular">{words.usedOf(bytes(info.used), bytes(info.quota))}</p>
    </div>
  );
}

/** Above the list, when it matters for what one is about to do. */
export function FullNote() {
  const { desk, go } = useDrive();
  const info = useValue(desk.info);
  const usage = info === null ? null : usageOf(info);
  if (info === null || info.quota === null || usage === null || usage.fullness === "roomy") return null;
  const full = usage.fullness === "full";
  const showLargest = () => {
    desk.sort.become({ by: "size", descending: true });
    go(addressOf(MY_DRIVE));
    desk.sortBy({ by: "size", descending: true });
  };
  return (
    <div className={full ? "drive-note bad" : "drive-note"} role={full ? "alert" : "status"}>
      <span className="grow">{full ? words.full : words.tight(bytes(Math.max(0, info.quota - info.used)))}</span>
      <Button onClick={showLargest}>{words.largest}</Button>
      {info.binned > 0 && <Button onClick={() => go(addressOf({ t: "bin" }))}>{words.bin}</Button>}
    </div>
  );
}
