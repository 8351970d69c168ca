/** A text of an output in a box of bounded height: it says when there is more above or below, and is scrolled once it has the focus. */
import type { ReactNode, Ref } from "react";

import { strings } from "../../words";
import type { Scrolling } from "./output-state";

interface TextBoxProps {
  readonly label: string;
  readonly scrolling: Scrolling;
  /** A class for what is said in it. */
  readonly tone?: string;
  readonly ref?: Ref<HTMLDivElement>;
  readonly children: ReactNode;
}

export function TextBox({ label, scrolling, tone = "", ref, children }: TextBoxProps) {
  return (
    <div
      ref={ref}
      className={["output-text boxed", scrolling, tone].join(" ").trim()}
      tabIndex={0}
      data-scrolls
      data-above={strings.output.moreAbove}
      data-below={strings.output.moreBelow}
      role="group"
      aria-label={label}
    >
      {children}
    </div>
  );
}
