import { askedOf, dynamicPassword } from '../lambdas/kit/api/authentication/schemes.ts';
import type { User } from '../lambdas/kit/api/authentication/users.ts';
import { verify } from '../lambdas/kit/api/authentication/verify.ts';
import { httpRequest } from '../test/support/lambda.ts';
import { type Benchmark, figure, say } from './figures.ts';

const runs = 5;
const perRun = 20_000;

/** Whether the time of a refusal tells if the user exists. */
export const benchmark: Benchmark = {
  title: `Refusing a wrong password and an unknown user, in random order, ${perRun.toLocaleString('en-US')} a run, 100 users`,
  async measure() {
    // The first run warms up and isn't counted.
    const all = Array.from({ length: runs + 1 }, measureRun).slice(1);
    say('  measured');
    return [
      figure(
        'a wrong password, median',
        'µs',
        all.map(({ wrong }) => middle(wrong) * 1000),
      ),
      figure(
        'an unknown user, median',
        'µs',
        all.map(({ unknown }) => middle(unknown) * 1000),
      ),
      figure(
        'the one less the other',
        'µs',
        all.map(({ wrong, unknown }) => (middle(wrong) - middle(unknown)) * 1000),
      ),
    ];
  },
};

interface Times {
  readonly wrong: number[];
  readonly unknown: number[];
}

const timestamp = { sent: '1525568925', forms: ['1525568925', '1525568925', '1525568925.0'] } as const;
const asked = askedOf(httpRequest());
const now = new Date(Number(timestamp.sent) * 1000);
const users = Array.from(
  { length: 100 },
  (_, index): User => ({
    name: `user-${index}`,
    password: `password ${index}`.padEnd(48, '.'),
    tokens: [],
    disabled: false,
    permissions: [],
  }),
);

function measureRun(): Times {
  const times: Times = { wrong: [], unknown: [] };
  for (let request = 0; request < perRun; request += 1) {
    const kind = Math.random() < 0.5 ? 'wrong' : 'unknown';
    // Anywhere in the list: where a user stands in it must not matter either.
    const user =
      kind === 'wrong' ? `user-${Math.floor(Math.random() * 100)}` : `none-${Math.floor(Math.random() * 100)}`;
    const password = dynamicPassword(`guess ${request}`, timestamp.sent);
    const began = performance.now();
    const known = verify({ credential: { scheme: 'basic', user, password }, timestamp, asked, now }, users);
    times[kind].push(performance.now() - began);
    if (known) throw new Error('A wrong password was let in');
  }
  return times;
}

const middle = (values: readonly number[]) =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
