/** The picture that the frame shows, for saving: the largest SVG, canvas or image in it. */

const SCALE = 2;

function area(element: Element): number {
  const { width, height } = element.getBoundingClientRect();
  return width * height;
}

function ofSvg(svg: SVGSVGElement): Blob {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const { width, height } = svg.getBoundingClientRect();
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", String(width));
  copy.setAttribute("height", String(height));
  return new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" });
}

function ofCanvas(canvas: HTMLCanvasElement): Promise<Blob | null> {
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

function ofImage(image: HTMLImageElement): Promise<Blob | null> {
  const canvas = document.createElement("canvas");
  canvas.width = image.naturalWidth;
  canvas.height = image.naturalHeight;
  canvas.getContext("2d")?.drawImage(image, 0, 0);
  return ofCanvas(canvas);
}

interface PlotlyElement extends HTMLElement {
  readonly _fullLayout?: unknown;
}
interface Toolkit {
  readonly toImage: (element: HTMLElement, options: object) => Promise<string>;
}

/** A plot of several layers draws itself into one picture. */
async function ofPlotly(plot: PlotlyElement): Promise<Blob | null> {
  const { Plotly } = window as unknown as { readonly Plotly?: Toolkit };
  if (Plotly === undefined) return null;
  const { width, height } = plot.getBoundingClientRect();
  const address = await Plotly.toImage(plot, { format: "png", width, height, scale: SCALE });
  return (await fetch(address)).blob();
}

export async function takePicture(root: HTMLElement): Promise<Blob | null> {
  const plot = root.querySelector<PlotlyElement>(".js-plotly-plot");
  if (plot !== null) return ofPlotly(plot);
  const candidates = [...root.querySelectorAll("svg, canvas, img")].filter((element) => !element.closest("svg svg"));
  const largest = candidates.sort((a, b) => area(b) - area(a))[0];
  if (largest instanceof SVGSVGElement) return ofSvg(largest);
  if (largest instanceof HTMLCanvasElement) return ofCanvas(largest);
  return largest instanceof HTMLImageElement ? ofImage(largest) : null;
}
