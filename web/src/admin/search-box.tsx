/** A field that narrows a list while one types. */
import { Search } from "lucide-react";

interface SearchProps {
  readonly label: string;
  readonly hint: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
}

export function SearchBox({ label, hint, value, onValue }: SearchProps) {
  return (
    <span className="admin-search" role="search">
      <Search aria-hidden />
      <input
        type="search"
        className="field"
        dir="auto"
        aria-label={label}
        placeholder={hint}
        value={value}
        onChange={({ target }) => onValue(target.value)}
        onKeyDown={(event) => event.key === "Escape" && onValue("")}
      />
    </span>
  );
}
