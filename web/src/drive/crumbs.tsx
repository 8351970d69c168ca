/** The way to the folder that is shown: each step a link, and a place to drop things on. */
import { ArrowLeft, ChevronRight } from "lucide-react";
import { Fragment, type MouseEvent } from "react";

import { ROOT } from "../net/drive-rest";
import { shownName } from "../notebook/model/file-names";
import { IconButton } from "../ui/button";
import { useValue } from "../ui/hooks";
import { Menu } from "../ui/menu";
import { strings } from "../words";
import { useDrive } from "./context";
import type { Target } from "./model/moving";
import { addressOf, type View } from "./model/views";
import { useDrop } from "./use-drop";

const words = strings.drive;
/** Of a longer way the middle is in a menu. */
const STEPS = 3;

interface Step {
  readonly view: View;
  readonly name: string;
  readonly target: Target | null;
}

/** What the view is called, and what stands above it. */
function useSteps(): { readonly above: readonly Step[]; readonly title: string } {
  const { desk } = useDrive();
  const view = useValue(desk.view);
  const { item, path } = useValue(desk.here);
  useValue(desk.info);
  switch (view.t) {
    case "home":
      return { above: [], title: words.home };
    case "search":
      return { above: [], title: words.found(view.words) };
    case "folder":
      break;
    default:
      return { above: [], title: words[view.t] };
  }
  if (desk.isRoot(view.id)) return { above: [], title: words.myDrive };
  const foreign = item !== null && item.role !== "owner";
  const root: Step = foreign
    ? { view: { t: "shared" }, name: words.shared, target: null }
    : {
        view: { t: "folder", id: ROOT },
        name: words.myDrive,
        target: { id: ROOT, name: words.myDrive, above: [], role: "owner", isRoot: true },
      };
  const between = path.filter(({ id }) => !desk.isRoot(id));
  const steps = between.map(({ id, name }, at): Step => {
    const above = between.slice(0, at).map((place) => place.id);
    return {
      view: { t: "folder", id },
      name,
      target: { id, name, above, role: item?.role ?? "owner", isRoot: false },
    };
  });
  return { above: [root, ...steps], title: item?.name ?? "…" };
}

export function Crumbs() {
  const { go, desk, deeds } = useDrive();
  const { above, title } = useSteps();
  const hidden = above.length > STEPS ? above.slice(1, above.length - STEPS + 1) : [];
  const shown = above.filter((step) => !hidden.includes(step));
  return (
    <nav className="crumbs" aria-label={words.path}>
      {desk.above !== null && (
        <IconButton icon={ArrowLeft} label={words.up} className="crumb-up" onClick={() => deeds.up()} />
      )}
      <ol>
        {shown.map((step, at) => (
          <Fragment key={addressOf(step.view)}>
            <li>
              <Crumb {...step} />
            </li>
            <li aria-hidden className="crumb-line">
              <ChevronRight />
            </li>
            {at === 0 && hidden.length > 0 && (
              <>
                <li>
                  <Menu
                    label={words.path}
                    className="button crumb"
                    groups={[
                      hidden.map(({ view, name }) => ({
                        id: addressOf(view),
                        title: shownName(name),
                        run: () => go(addressOf(view)),
                      })),
                    ]}
                  >
                    {"…"}
                  </Menu>
                </li>
                <li aria-hidden className="crumb-line">
                  <ChevronRight />
                </li>
              </>
            )}
          </Fragment>
        ))}
        <li className="crumb-here">
          <h1 title={shownName(title)}>
            <bdi>{shownName(title)}</bdi>
          </h1>
        </li>
      </ol>
    </nav>
  );
}

function Crumb({ view, name, target }: Step) {
  const { go } = useDrive();
  const { over, props } = useDrop(target);
  const open = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    go(addressOf(view));
  };
  return (
    <a
      className={over ? "button crumb over" : "button crumb"}
      href={addressOf(view)}
      draggable={false}
      onClick={open}
      {...props}
    >
      <bdi>{shownName(name)}</bdi>
    </a>
  );
}
