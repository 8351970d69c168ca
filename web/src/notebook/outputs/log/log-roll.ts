/** Where the list of a long text stands, as it is moved by hand, by what is asked for, and by the text's growth. Plain. */
import { type Geometry, isExact, lastPlace, moved, type Place, placeOf } from "./log-scroll";

export interface RollState {
  readonly place: Place;
  readonly geometry: Geometry;
  /** The end is kept in sight while the text grows. */
  readonly follows: boolean;
  /** The line that was gone to. */
  readonly chosen: number | null;
}

export type HeightAt = (line: number) => number | undefined;
type Listener = () => void;
const NEAR_END_PX = 4;

export class Roll {
  private readonly listeners = new Set<Listener>();
  private current: RollState;

  constructor(follows: boolean) {
    const geometry = { total: 0, linePx: 20, viewPx: 600, wraps: false };
    this.current = { place: { line: 0, px: 0 }, geometry, follows, chosen: null };
  }

  read = (): RollState => this.current;

  subscribe = (listener: Listener): Listener => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** The text or the window has another size. */
  measure(change: Partial<Geometry>): void {
    const geometry = { ...this.current.geometry, ...change };
    const same = (Object.keys(change) as (keyof Geometry)[]).every((key) => change[key] === this.current.geometry[key]);
    if (same) return;
    const last = lastPlace(geometry);
    const { place, follows } = this.current;
    const beyond = place.line > Math.max(0, geometry.total - 1);
    this.become({ geometry, place: follows || beyond ? last : place });
  }

  /** A line is shown in the middle, and marked. */
  goTo(line: number): void {
    const { viewPx, linePx } = this.current.geometry;
    const first = Math.max(0, line - Math.floor(viewPx / linePx / 2));
    this.become({ place: { line: first, px: 0 }, follows: false, chosen: line });
  }

  goToEnd(): void {
    this.become({ place: lastPlace(this.current.geometry), follows: true });
  }

  unfollow(): void {
    this.become({ follows: false });
  }

  /** The scroll bar went from `before` to `top`, of `most`. */
  scrolled(before: number, top: number, most: number, heightAt: HeightAt): void {
    const { place, geometry } = this.current;
    const by = top - before;
    const follows = top >= most - NEAR_END_PX;
    const isStep = !isExact(geometry) && Math.abs(by) < geometry.viewPx * 1.5 && top > 0 && !follows;
    this.become({ place: isStep ? moved(place, by, geometry, heightAt) : placeOf(top, geometry), follows });
  }

  /**
   * What is drawn to the end of the text ends so far above the lower edge (below it when negative). How far that is, is
   * known only when lines that wrap are drawn.
   */
  fill(lackPx: number, heightAt: HeightAt): void {
    const { place, geometry, follows } = this.current;
    const isShort = lackPx > 1 && (place.line > 0 || place.px > 0);
    if (isShort || (follows && lackPx < -1)) this.become({ place: moved(place, -lackPx, geometry, heightAt) });
  }

  private become(change: Partial<RollState>): void {
    this.current = { ...this.current, ...change };
    for (const listener of this.listeners) listener();
  }
}
