/** A step of another workload, and what it is given. */
export interface Asked {
  readonly capability: string;
  readonly input: unknown;
}

/** The function waits for a step of another workload: it is run again when the answer is there. */
export class CallNeeded extends Error {
  override readonly name = 'CallNeeded';
  readonly asked: Asked;

  constructor(asked: Asked) {
    super(`The task asks ${asked.capability}`);
    this.asked = asked;
  }
}
