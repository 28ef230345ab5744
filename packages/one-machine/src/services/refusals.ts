/** A service's bad hours: it answers 503 for a while, as AWS does now and then. */
export interface Refusals {
  refuse(milliseconds: number): void;
  active(): boolean;
}

/** Refuses nothing until it is told to. */
export function refusals(): Refusals {
  let until = 0;
  return {
    refuse(milliseconds) {
      until = Date.now() + milliseconds;
    },
    active: () => Date.now() < until,
  };
}
