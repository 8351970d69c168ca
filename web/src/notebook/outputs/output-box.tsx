/** An output with its menu, which appears on hover and on focus and moves nothing. What is in the menu comes from outside. */
import { EllipsisVertical } from "lucide-react";
import { type ReactNode, useState } from "react";

import { Menu, type MenuGroups } from "../../ui/menu";
import { strings } from "../../words";

interface OutputBoxProps {
  /** Asked for when the menu may be wanted: a notebook has many outputs and few of their menus are opened. */
  readonly actions: () => MenuGroups;
  readonly children: ReactNode;
}

export function OutputBox({ actions, children }: OutputBoxProps) {
  const [groups, setGroups] = useState<MenuGroups>([]);
  const prepare = () => setGroups(actions());
  return (
    <div className="output-box">
      {children}
      <div className="output-menu" onPointerEnter={prepare} onFocus={prepare} onPointerDown={prepare}>
        <Menu label={strings.output.menu} icon={EllipsisVertical} groups={groups} />
      </div>
    </div>
  );
}
