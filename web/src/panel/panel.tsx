/** The frame of a page that has several parts: account, admin. Parts at the left; on a phone in a line above. */
import "./panel.css";

import type { LucideIcon } from "lucide-react";
import { createContext, type MouseEvent, type ReactNode, type RefObject, useEffect, useRef } from "react";

import { AccountMenu } from "../person/account-menu";
import type { Go } from "../app";
import type { Me } from "../net/rest";
import { useWatched } from "../person/watched";
import { useTab } from "../ui/hooks";
import { Mark } from "../ui/mark";
import type { Toasts } from "../ui/toasts";
import { strings } from "../words";

export interface Part {
  readonly path: string;
  readonly title: string;
  readonly icon: LucideIcon;
}

export interface PageProps {
  /** Path and query. */
  readonly address: string;
  readonly go: Go;
  readonly toasts: Toasts;
}

interface PanelProps<P extends Part> extends PageProps {
  /** Null before it is known who is here. */
  readonly me: Me | null;
  readonly title: string;
  /** The first one is shown where none is addressed. */
  readonly parts: readonly [P, ...P[]];
  /** What the addressed one shows to who is here. */
  readonly children: (part: P, me: Me) => ReactNode;
}

/** What is scrolled on a page of parts. */
export const Scroller = createContext<RefObject<HTMLElement | null>>({ current: null });

/** For links within the page; with a key held the browser does what it does. */
export const follow = (go: Go, path: string) => (event: MouseEvent) => {
  if (event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  go(path);
};

export function Panel<P extends Part>({ address, go, toasts, me, title, parts, children }: PanelProps<P>) {
  useWatched();
  const [path = ""] = address.split(/[?#]/);
  const part = parts.find((each) => each.path === path.replace(/\/$/, "")) ?? parts[0];
  const current = part.path;
  const main = useRef<HTMLElement>(null);
  useTab(`${part.title} - ${title} - ${strings.product}`, "idle");
  useEffect(() => {
    main.current?.scrollTo(0, 0);
    // In the line of a phone the current part may stand outside.
    document.querySelector(".panel-parts [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [current]);
  return (
    <div className="panel">
      <header className="page-top panel-top">
        <a className="panel-mark" href="/" title={strings.account.back} onClick={follow(go, "/")}>
          <Mark alive={false} />
          <span className="panel-product">{strings.product}</span>
        </a>
        <span className="panel-title">{title}</span>
        <span className="grow" />
        <AccountMenu go={go} toasts={toasts} />
      </header>
      <nav className="panel-parts" aria-label={strings.account.parts}>
        {parts.map(({ path: to, title: name, icon: Icon }) => (
          <a
            key={to}
            className="panel-part"
            href={to}
            {...(to === current && { "aria-current": "page" as const })}
            onClick={follow(go, to)}
          >
            <Icon aria-hidden />
            <span>{name}</span>
          </a>
        ))}
      </nav>
      <main ref={main} className="panel-main" tabIndex={0}>
        <Scroller value={main}>{me === null ? <p>{strings.loading}</p> : children(part, me)}</Scroller>
      </main>
    </div>
  );
}

interface HeadProps {
  readonly title: string;
  readonly note?: ReactNode;
  /** Buttons. */
  readonly children?: ReactNode;
}

export function PanelHead({ title, note, children }: HeadProps) {
  return (
    <div className="panel-head">
      <div className="panel-words">
        <h1>{title}</h1>
        {note !== undefined && <p>{note}</p>}
      </div>
      {children !== undefined && <div className="panel-tools">{children}</div>}
    </div>
  );
}

interface NothingProps {
  readonly icon: LucideIcon;
  readonly title: string;
  readonly hint?: string;
  readonly children?: ReactNode;
}

/** In place of a list that is empty. */
export function PanelNothing({ icon: Icon, title, hint, children }: NothingProps) {
  return (
    <div className="panel-nothing">
      <Icon aria-hidden />
      <h2>{title}</h2>
      {hint !== undefined && <p>{hint}</p>}
      {children}
    </div>
  );
}
