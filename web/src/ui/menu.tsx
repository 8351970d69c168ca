/** Menus, from plain data: items in groups, submenus, shortcuts, check marks. On React Aria, so by keyboard as by hand. */
import "./menu.css";

import { Check, ChevronLeft, ChevronRight, type LucideIcon } from "lucide-react";
import { Fragment, type ReactNode } from "react";
import { Button as AriaButton } from "react-aria-components/Button";
import {
  Menu as AriaMenu,
  MenuItem as AriaMenuItem,
  MenuSection,
  MenuTrigger,
  SubmenuTrigger,
} from "react-aria-components/Menu";
import { Popover, type PopoverProps } from "react-aria-components/Popover";
import { Separator } from "react-aria-components/Separator";

export interface MenuItem {
  readonly id: string;
  readonly title: string;
  readonly icon?: LucideIcon;
  /** As it is written for people. */
  readonly shortcut?: string | undefined;
  readonly disabled?: boolean;
  readonly checked?: boolean;
  /** Loses something: shown in the colour for that. */
  readonly danger?: boolean;
  readonly run?: () => void;
  /** An address to go to, in place of `run`. */
  readonly href?: string;
  readonly download?: boolean;
  readonly items?: readonly MenuItem[];
  /** `run` shows other items in this menu, which stays open: those of this item, or those that were there before. */
  readonly leads?: "in" | "out";
}

/** Items between two lines. */
export type MenuGroups = readonly (readonly MenuItem[])[];

interface MenuListProps {
  readonly label: string;
  readonly groups: MenuGroups;
  /** Shown above the items: what the menu is about. */
  readonly note?: ReactNode;
  readonly onClose?: () => void;
}

export function MenuList({ label, groups, note, onClose }: MenuListProps) {
  const shown = groups.filter((group) => group.length > 0);
  return (
    <>
      {note}
      <AriaMenu aria-label={label} className="menu-list" {...(onClose && { onClose })}>
        {shown.map((group, at) => (
          <Fragment key={at}>
            {at > 0 && <Separator className="menu-line" />}
            <MenuSection aria-label={`${label} ${at + 1}`}>
              {group.map((item) => (
                <Item key={item.id} item={item} />
              ))}
            </MenuSection>
          </Fragment>
        ))}
      </AriaMenu>
    </>
  );
}

function Item({ item }: { readonly item: MenuItem }) {
  if (item.items === undefined) return <Leaf item={item} />;
  return (
    <SubmenuTrigger>
      <Leaf item={item} parent />
      <MenuPopover placement="right top" offset={0}>
        <MenuList label={item.title} groups={[item.items]} />
      </MenuPopover>
    </SubmenuTrigger>
  );
}

function Leaf({ item, parent = false }: { readonly item: MenuItem; readonly parent?: boolean }) {
  const {
    id,
    title,
    icon: Icon,
    shortcut,
    disabled = false,
    checked = false,
    danger = false,
    run,
    href,
    download,
    leads,
  } = item;
  return (
    <AriaMenuItem
      id={id}
      textValue={title}
      isDisabled={disabled}
      className={danger ? "menu-item danger" : "menu-item"}
      {...(run && { onAction: run })}
      {...(href !== undefined && { href })}
      {...(download === true && { download: true })}
      {...(checked && { "aria-checked": true })}
      {...(leads !== undefined && { shouldCloseOnSelect: false })}
    >
      <span className="menu-mark" aria-hidden>
        {leads === "out" ? <ChevronLeft /> : checked ? <Check /> : Icon && <Icon />}
      </span>
      <span className="menu-title">{title}</span>
      {shortcut !== undefined && <kbd className="menu-keys">{shortcut}</kbd>}
      {(parent || leads === "in") && <ChevronRight className="menu-more" aria-hidden />}
    </AriaMenuItem>
  );
}

export function MenuPopover({ className = "", ...props }: PopoverProps & { readonly className?: string }) {
  return <Popover className={`menu ${className}`} offset={4} {...props} />;
}

interface MenuProps extends Omit<MenuListProps, "onClose"> {
  readonly icon?: LucideIcon;
  readonly className?: string;
  /** What the button shows; its name is the label when it shows an icon alone. */
  readonly children?: ReactNode;
}

/** A button and the menu below it. */
export function Menu({ label, groups, note, icon: Icon, className = "button icon", children }: MenuProps) {
  return (
    <MenuTrigger>
      <AriaButton className={className} {...(children === undefined && { "aria-label": label })}>
        {Icon && <Icon aria-hidden />}
        {children}
      </AriaButton>
      <MenuPopover placement="bottom end">
        <MenuList label={label} groups={groups} note={note} />
      </MenuPopover>
    </MenuTrigger>
  );
}
