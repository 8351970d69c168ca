/** The entry: styles, what the person has set, and the one React root. */
import "./ui/tokens.css";
import "./ui/base.css";

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { App } from "./app";
import { settings } from "./browser";
import { applyAppearance } from "./ui/appearance";
import { Boundary } from "./ui/boundary";
import { watchStyles } from "./ui/part";
import { strings } from "./words";

document.documentElement.lang = strings.locale;
const appear = () => applyAppearance(document.documentElement, settings.read());
settings.subscribe(appear);
appear();
watchStyles();

const root = document.getElementById("root");
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <Boundary>
        <App />
      </Boundary>
    </StrictMode>,
  );
}
