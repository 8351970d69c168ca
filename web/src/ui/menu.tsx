/** A small menu below its button, on the browser's own popover: it closes by Escape and by a press outside. */
import type { LucideIcon } from "lucide-react";
import { type ReactNode, useId, useRef } from "react";

import { IconButton } from "./button";

interface MenuProps {
  readonly label: string;
  readonly icon: LucideIcon;
  readonly children: ReactNode;
}

export function Menu({ label, icon, children }: MenuProps) {
  const id = useId();
  const button = useRef<HTMLDivElement>(null);
  return (
    <div ref={button} className="menu-anchor">
      <IconButton icon={icon} label={label} popoverTarget={id} />
      <MenuBody id={id} anchor={button} label={label}>
        {children}
      </MenuBody>
    </div>
  );
}

interface MenuBodyProps {
  readonly id: string;
  readonly label: string;
  readonly anchor: { readonly current: HTMLElement | null };
  readonly children: ReactNode;
}

/** The floating part, for a button of one's own with `popoverTarget={id}`. */
export function MenuBody({ id, label, anchor, children }: MenuBodyProps) {
  const body = useRef<HTMLDivElement>(null);
  const place = () => {
    const box = anchor.current?.getBoundingClientRect();
    const menu = body.current;
    if (box === undefined || menu === null) return;
    const width = menu.offsetWidth || 220;
    menu.style.top = `${box.bottom + 4}px`;
    menu.style.left = `${Math.max(8, Math.min(box.right - width, window.innerWidth - width - 8))}px`;
  };
  return (
    <div
      ref={body}
      id={id}
      className="menu"
      popover="auto"
      role="group"
      aria-label={label}
      onToggle={place}
      onClick={() => body.current?.hidePopover()}
    >
      {children}
    </div>
  );
}
