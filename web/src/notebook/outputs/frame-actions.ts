/** What can be done with a frame as a whole, from the menu of its outputs. */
import { ImageDown, Maximize2 } from "lucide-react";

import { frameExits } from "../../browser";
import { strings } from "../../words";
import type { NotebookController } from "../controller";
import type { OutputAction } from "./actions";

const ENDINGS: Readonly<Record<string, string>> = { "image/svg+xml": "svg", "image/png": "png" };

export function frameActions(controller: NotebookController, cell: string): readonly OutputAction[] {
  const host = controller.frames.of(cell);
  if (host === null) return [];
  const save = async () => {
    const picture = await host.picture();
    const ending = picture === null ? undefined : ENDINGS[picture.type];
    if (picture === null || ending === undefined) controller.toasts.say(strings.frame.noPicture);
    // A person chose it in the page's own menu.
    else frameExits.save(`output.${ending}`, picture, true);
  };
  return [
    {
      id: "full",
      title: strings.output.fullScreen,
      icon: Maximize2,
      run: () => void host.element.requestFullscreen().catch(() => undefined),
    },
    { id: "picture", title: strings.output.saveImage, icon: ImageDown, run: () => void save() },
  ];
}
