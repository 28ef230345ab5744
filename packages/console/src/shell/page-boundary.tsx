import { Component, type ReactNode } from 'react';
import { useLocation } from 'react-router';
import { Problem } from '../lists/problem.tsx';

interface BoundaryProps {
  readonly children: ReactNode;
  /** Another address is another attempt. */
  readonly place: string;
}

class Boundary extends Component<BoundaryProps, { readonly error?: unknown; readonly place?: string }> {
  override state: { readonly error?: unknown; readonly place?: string } = {};

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override componentDidUpdate({ place }: BoundaryProps) {
    if (place !== this.props.place && this.state.error !== undefined) this.setState({ error: undefined });
  }

  override render() {
    if (this.state.error === undefined) return this.props.children;
    return <Problem error={this.state.error} again={() => this.setState({ error: undefined })} />;
  }
}

/** A page that breaks leaves the navigation alone, and can be tried again. */
export function PageBoundary({ children }: { readonly children: ReactNode }) {
  return <Boundary place={useLocation().pathname}>{children}</Boundary>;
}
