/**
 * A PDF, drawn page by page as images when they come near. pdf.js is fetched with the first one and runs in a worker of
 * our own origin; scripts, forms and links of the document do nothing here.
 */
import "./pdf.css";

import type { PDFDocumentProxy, PDFPageProxy } from "pdfjs-dist";
import { type ReactNode, useEffect, useRef, useState } from "react";

import { strings } from "../words";

const words = strings.output;
const WIDEST_PX = 820;
const MOST_PAGES = 500;

interface PdfProps {
  /** Asked for once, and again when it is another function. */
  readonly bytes: () => Promise<Uint8Array>;
  /** In its place while it comes, and when it cannot be read. */
  readonly loading: ReactNode;
  readonly failed: ReactNode;
}

type Opened =
  { readonly t: "loading" } | { readonly t: "failed" } | { readonly t: "open"; readonly pdf: PDFDocumentProxy };

async function open(data: Uint8Array): Promise<PDFDocumentProxy> {
  const [pdfjs, worker] = await Promise.all([import("pdfjs-dist"), import("pdfjs-dist/build/pdf.worker.min.mjs?url")]);
  pdfjs.GlobalWorkerOptions.workerSrc = worker.default;
  return pdfjs.getDocument({ data, isEvalSupported: false, enableXfa: false, useSystemFonts: true }).promise;
}

export function Pdf({ bytes, loading, failed }: PdfProps) {
  const [opened, setOpened] = useState<Opened>({ t: "loading" });
  useEffect(() => {
    let current = true;
    let document: PDFDocumentProxy | null = null;
    const done = (pdf: PDFDocumentProxy) => {
      document = pdf;
      if (current) setOpened({ t: "open", pdf });
      else void pdf.destroy();
    };
    bytes()
      .then(open)
      .then(done, () => current && setOpened({ t: "failed" }));
    return () => {
      current = false;
      void document?.destroy();
    };
  }, [bytes]);
  if (opened.t === "loading") return loading;
  if (opened.t === "failed") return failed;
  const { pdf } = opened;
  const pages = Math.min(pdf.numPages, MOST_PAGES);
  return (
    <div className="pdf" tabIndex={0} data-scrolls role="group" aria-label={words.pdf(pdf.numPages)}>
      {Array.from({ length: pages }, (_, at) => (
        <Page key={at} pdf={pdf} number={at + 1} />
      ))}
    </div>
  );
}

/** A4 until it is known. */
const FIRST_SHAPE = 210 / 297;

function Page({ pdf, number }: { readonly pdf: PDFDocumentProxy; readonly number: number }) {
  const place = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [near, setNear] = useState(false);
  const [shape, setShape] = useState(FIRST_SHAPE);
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const observer = new IntersectionObserver(([entry]) => setNear(entry?.isIntersecting === true), {
      rootMargin: "600px 0px",
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    const target = canvas.current;
    if (!near || target === null) return;
    let current = true;
    void pdf.getPage(number).then(async (page) => {
      if (!current) return;
      const { width, height } = page.getViewport({ scale: 1 });
      setShape(width / height);
      await draw(page, target, width);
    });
    return () => {
      current = false;
      // What is far away keeps its place and gives its memory back.
      target.width = 0;
      target.height = 0;
    };
  }, [pdf, number, near]);
  return (
    <div ref={place} className="pdf-page" style={{ aspectRatio: String(shape) }}>
      <canvas ref={canvas} role="img" aria-label={words.pdfPage(number)} />
    </div>
  );
}

async function draw(page: PDFPageProxy, canvas: HTMLCanvasElement, width: number): Promise<void> {
  const shown = Math.min(canvas.parentElement?.clientWidth ?? WIDEST_PX, WIDEST_PX);
  const viewport = page.getViewport({ scale: (shown / width) * Math.min(window.devicePixelRatio, 2) });
  canvas.width = Math.floor(viewport.width);
  canvas.height = Math.floor(viewport.height);
  // A page that is let go while it is drawn says so; there is nothing to do then.
  await page.render({ canvas, viewport }).promise.catch(() => undefined);
}
