/** How high the content is: told to the page whenever it changes, once a frame of the screen at most. */
export function watchHeight(content: HTMLElement, tell: (height: number) => void): void {
  let told = -1;
  let scheduled = false;
  const measure = () => {
    scheduled = false;
    // Not the document's scroll height: that is never less than the frame, and so could only grow.
    const height = Math.ceil(content.getBoundingClientRect().bottom + window.scrollY);
    if (height === told) return;
    told = height;
    tell(height);
  };
  new ResizeObserver(() => {
    if (scheduled) return;
    scheduled = true;
    requestAnimationFrame(measure);
  }).observe(content);
}
