/** The settings as they are, with where they come from. */
import { Settings2 } from "lucide-react";
import { useState } from "react";

import { PanelHead, PanelNothing } from "../panel/panel";
import { ReadingLine } from "../panel/reading-line";
import { useRead } from "../ui/doing";
import { strings } from "../words";
import { adminApi, useAdmin } from "./context";
import { SearchBox } from "./search-box";

const words = strings.admin;
const readSettings = () => adminApi.settings();

export function SettingsPart() {
  const { me } = useAdmin();
  const reading = useRead(readSettings);
  const [text, setText] = useState("");
  const wanted = text.trim().toLowerCase();
  const found = reading.value?.filter(({ name, help }) => `${name} ${help}`.toLowerCase().includes(wanted));
  return (
    <>
      <PanelHead title={words.part.settings} note={words.settingsNote} />
      {me.mode === "personal" && (
        <section className="team-note">
          <h2 className="panel-sub">{words.teamOnly}</h2>
          <p>{words.teamOnlyDetail}</p>
        </section>
      )}
      <ReadingLine reading={reading} />
      <div className="admin-bar">
        <SearchBox label={words.settingsSearch} hint={words.settingsSearch} value={text} onValue={setText} />
      </div>
      {found?.length === 0 && <PanelNothing icon={Settings2} title={words.settingsNone} />}
      <dl className="settings">
        {found?.map(({ name, value, source, help }) => (
          <div key={name} className="setting-line">
            <dt>
              <code>{name}</code>
              <span className="meta">{help}</span>
            </dt>
            <dd>
              <code className={value === "" ? "none" : ""}>{value === "" ? words.empty : value}</code>
              <span className="meta">
                {words.source} <bdi>{source}</bdi>
              </span>
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}
