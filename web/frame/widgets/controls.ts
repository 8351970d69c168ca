/** The controls of ipywidgets 8, with their styles and icons. */
import "@lumino/widgets/style/index.css";
import "@jupyter-widgets/base/css/index.css";
import "@jupyter-widgets/controls/css/widgets-base.css";
import "@fortawesome/fontawesome-free/css/all.min.css";
import "@fortawesome/fontawesome-free/css/v4-shims.min.css";
import "./widgets.css";

import { drawFormulas } from "../renderers/html";

/** Labels and HTMLMath ask MathJax, when there is one, to draw the formulas of an element. */
function offerFormulas(): void {
  const page = window as unknown as { MathJax?: unknown };
  page.MathJax ??= { Hub: { Queue: ([, , element]: [unknown, unknown, HTMLElement]) => void drawFormulas(element) } };
}

offerFormulas();

export * from "@jupyter-widgets/controls";
