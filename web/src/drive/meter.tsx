/** How full Drive is: quiet while there is room, plain words from 80 % on. */
import type { DriveInfo } from "../net/drive-rest";
import { Button } from "../ui/button";
import { bytes } from "../ui/format";
import { useValue } from "../ui/hooks";
import { strings } from "../words";
import { useDrive } from "./context";
import { usageOf } from "./model/usage";

const words = strings.drive;

export function Meter() {
  const { desk } = useDrive();
  const info = useValue(desk.info);
  if (info === null) return null;
  return (
    <div className="meter">
      <MeterBar info={info} />
      <Button className="button meter-largest" onClick={() => desk.question.become({ t: "largest" })}>
        {words.largest}
      </Button>
    </div>
  );
}

export function MeterBar({ info }: { readonly info: DriveInfo }) {
  const usage = usageOf(info);
  if (usage === null || info.quota === null) return <p className="meta tabular">{words.used(bytes(info.used))}</p>;
  return (
    <div className={`meter-scale ${usage.fullness}`}>
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
  const { desk } = useDrive();
  const info = useValue(desk.info);
  const usage = info === null ? null : usageOf(info);
  if (info === null || info.quota === null || usage === null || usage.fullness === "roomy") return null;
  const full = usage.fullness === "full";
  return (
    <div className={full ? "drive-note bad" : "drive-note"} role={full ? "alert" : "status"}>
      <span className="grow">{full ? words.full : words.tight(bytes(Math.max(0, info.quota - info.used)))}</span>
      <Button onClick={() => desk.question.become({ t: "largest" })}>{words.largest}</Button>
      {info.binned > 0 && <Button onClick={() => desk.question.become({ t: "empty-bin" })}>{words.emptyBin}</Button>}
    </div>
  );
}
