/** Stands in for a page that threw while it was drawn: never an empty window, and the changes are safe. */
import { Component, type ReactNode } from "react";

import { Button } from "./button";
import { strings } from "../words";

const words = strings.broken;

interface BoundaryProps {
  readonly children: ReactNode;
}

interface BoundaryState {
  readonly message: string | null;
}

export class Boundary extends Component<BoundaryProps, BoundaryState> {
  override state: BoundaryState = { message: null };

  static getDerivedStateFromError(error: unknown): BoundaryState {
    return { message: String(error) };
  }

  override render() {
    const { message } = this.state;
    if (message === null) return this.props.children;
    return (
      <main className="broken" role="alert">
        <h1>{words.title}</h1>
        <p>{words.detail}</p>
        <pre>{message}</pre>
        <Button look="primary" onClick={() => location.reload()}>
          {words.reload}
        </Button>
      </main>
    );
  }
}
