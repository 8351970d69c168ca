/** What one may do here, when it is not all: a chip, a way to ask for more, and a copy of one's own. */
import "./role-bar.css";

import { Copy, Eye, MessageSquare } from "lucide-react";

import { roleOf } from "../../sharing/model/roles";
import { Button } from "../../ui/button";
import { strings } from "../../words";
import { commands } from "../commands";
import { useController, useNameOf, useStatusPart } from "../context";

const words = strings.share;

export function RoleBar() {
  const controller = useController();
  const rights = useStatusPart((status) => status.rights);
  const owner = useNameOf(rights.owner);
  if (rights.ended || rights.may("edit")) return null;
  const role = roleOf(rights.capabilities ?? [], false);
  const Icon = role === "commenter" ? MessageSquare : Eye;
  const hint = role === "commenter" ? words.commentOnlyHint : words.viewOnlyHint;
  return (
    <>
      <span className="role-chip" title={owner === "" ? undefined : hint(owner)}>
        <Icon aria-hidden />
        {role === "commenter" ? words.commentOnly : words.viewOnly}
      </span>
      <Button onClick={() => controller.shell.openDialog("ask")}>{words.askEdit}</Button>
      <Button
        icon={Copy}
        className="wide-only"
        disabled={!commands.can("file.copy", controller)}
        onClick={() => commands.run("file.copy", controller)}
      >
        {words.saveCopy}
      </Button>
    </>
  );
}
