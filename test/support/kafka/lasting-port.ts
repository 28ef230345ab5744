import { freePort } from '../../../local/services/free-port.ts';

// Linux gives outgoing connections ports from 32768 on: one of those may be somebody's while its broker is down.
const first = 20_000;
const range = 12_000;

/** A free port that a broker finds free again after it was killed. */
export async function lastingPort(): Promise<number> {
  for (;;) {
    const wanted = first + Math.floor(Math.random() * range);
    if ((await freePort(wanted)) === wanted) return wanted;
  }
}
