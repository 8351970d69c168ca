/**
 * Keeps what fails while it is drawn within its own place: one output or text that nothing can draw takes no page with it.
 * Draws again when it is another one. What it shows instead is given to it.
 */
import { Component, type ReactNode } from "react";

interface ContainedProps {
  /** What is drawn. */
  readonly of: unknown;
  readonly instead: ReactNode;
  readonly children: ReactNode;
}

interface ContainedState {
  readonly failed: boolean;
}

export class Contained extends Component<ContainedProps, ContainedState> {
  override state: ContainedState = { failed: false };

  static getDerivedStateFromError(): ContainedState {
    return { failed: true };
  }

  override componentDidUpdate(before: ContainedProps) {
    if (this.state.failed && before.of !== this.props.of) this.setState({ failed: false });
  }

  override render() {
    return this.state.failed ? this.props.instead : this.props.children;
  }
}
