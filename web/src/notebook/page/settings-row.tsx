/** One line of the settings: what it is, its control, and a note where one is needed. */
import { type ReactNode, useId } from "react";

interface RowProps {
  readonly label: string;
  readonly note?: string | undefined;
  readonly children: (id: string) => ReactNode;
}

export function Row({ label, note, children }: RowProps) {
  const id = useId();
  return (
    <div className="setting">
      <label htmlFor={id}>{label}</label>
      {children(id)}
      {note !== undefined && <p className="meta">{note}</p>}
    </div>
  );
}
