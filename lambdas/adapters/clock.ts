import type { Clock } from '#kit/clock.ts';

/** The machine's clock. */
export const systemClock: Clock = () => new Date();
