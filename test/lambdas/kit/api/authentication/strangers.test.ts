import { expect, test } from 'vitest';
import { authenticator } from '#kit/api/authentication/authenticate.ts';
import { mostFailures, waitSeconds } from '#kit/api/authentication/failed-attempts.ts';
import { strangerLimit, strangersInMemory } from '#kit/api/authentication/strangers.ts';
import { basic, byBasic, byHmac, mei, request, second } from './door.ts';

const burst = 20;

/** A door that counts what strangers make it ask. */
function watched() {
  const asked = { counts: 0, admissions: 0 };
  let age = 0;
  const authenticate = authenticator({
    users: { current: async () => [mei], renewed: async () => undefined },
    admit: async () => {
      asked.admissions += 1;
      return 'admitted';
    },
    attempts: {
      waiting: () => undefined,
      count: async () => {
        asked.counts += 1;
        return undefined;
      },
    },
    strangers: strangersInMemory({ perSecond: 5, burst }),
    clock: () => new Date((second + age) * 1000),
  });
  const told = (event: Parameters<typeof authenticate>[0]) =>
    authenticate(event).then(
      () => 'in',
      ({ name }: Error) => name,
    );
  return { told, asked, authenticate, wait: (seconds: number) => (age += seconds) };
}

const kinds: readonly (readonly [string, (index: number) => Parameters<typeof request>[0], string])[] = [
  ['tokens that nobody has', (index) => ({ authorization: `Bearer t${index}` }), 'UnauthorizedError'],
  [
    'names that nobody has',
    (index) => ({ authorization: basic(`n${index}`, 'x'), timestamp: `${second}` }),
    'UnauthorizedError',
  ],
  ['no credential', () => ({}), 'UnauthorizedError'],
  ['no scheme of ours', () => ({ authorization: 'Digest x' }), 'UnauthorizedError'],
  ['times long gone', () => ({ authorization: basic('mei', 'x'), timestamp: '1' }), 'RequestExpiredError'],
];

test.each(kinds)('a stranger with %s is told so, and then to wait', async (_kind, sent, fault) => {
  const { told } = watched();
  const answers: string[] = [];
  for (let index = 0; index < burst + 3; index++) answers.push(await told(request(sent(index))));

  expect(answers).toEqual([...Array<string>(burst).fill(fault), ...Array<string>(3).fill('TooManyRequestsError')]);
});

test.each(kinds)(
  'known callers go on while a stranger with %s is told to wait, at the same address too',
  async (_kind, sent) => {
    const { told, asked } = watched();
    for (let index = 0; index < 10 * burst; index++) {
      await told(request(sent(index)));
      expect(await told(byBasic(mei))).toBe('in');
      expect(await told(byHmac(mei, { address: '198.51.100.7' }, '/a'))).toBe('in');
    }

    expect(asked.admissions).toBe(20 * burst);
  },
);

test('who is told to wait costs no more than the comparison: nothing is counted for it elsewhere', async () => {
  const { told, asked } = watched();
  for (let index = 0; index < 10 * burst; index++)
    await told(request({ authorization: basic(`n${index}`, 'x'), timestamp: `${second}` }));

  expect(asked.counts).toBe(burst);
});

test.each([
  ['the address', '203.0.113.9'],
  ['an address that was never seen', '192.0.2.1'],
])(
  'whoever fills the buckets with nothing has no more guesses at a password than others, from %s',
  async (_from, address) => {
    const { told, asked, wait } = watched();
    const flood = async () => {
      for (let from = 0; from < 12; from++)
        for (let index = 0; index <= burst; index++) await told(request({ address: `198.51.100.${from}` }));
      for (let index = 0; index <= burst; index++) await told(request({}));
    };
    await flood();
    const guess = () => told(request({ authorization: basic('mei', 'guess'), timestamp: `${second}`, address }));
    for (let guesses = 0; guesses < mostFailures; guesses++) expect(await guess()).toBe('TooManyRequestsError');

    expect(asked.counts).toBe(0);
    expect(await told(byBasic(mei, { address }))).toBe('TooManyRequestsError');
    expect(await told(byBasic(mei, { address: '192.0.2.99' }))).toBe('in');
    wait(waitSeconds);
    expect(await told(byBasic(mei, { address, timestamp: `${second + waitSeconds}` }, `${second + waitSeconds}`))).toBe(
      'in',
    );
  },
);

test('a stranger elsewhere has a bucket of their own, and however many have one together', async () => {
  const { told } = watched();
  const answers: string[] = [];
  for (let address = 0; address < 30; address++)
    for (let index = 0; index < burst; index++)
      answers.push(await told(request({ authorization: 'Bearer x', address: `198.51.100.${address}` })));

  expect(answers.indexOf('TooManyRequestsError')).toBe(10 * burst);
  expect(new Set(answers.slice(10 * burst))).toEqual(new Set(['TooManyRequestsError']));
  expect(await told(byBasic(mei))).toBe('in');
});

test('a bucket fills again, and the answer says when', async () => {
  const { told, authenticate, wait } = watched();
  for (let index = 0; index <= burst; index++) await told(request({}));
  await expect(authenticate(request({}))).rejects.toMatchObject({ name: 'TooManyRequestsError', retryAfterSeconds: 1 });

  wait(1);

  const answers: string[] = [];
  for (let index = 0; index < 6; index++) answers.push(await told(request({})));
  expect(answers).toEqual([...Array<string>(5).fill('UnauthorizedError'), 'TooManyRequestsError']);
});

test('thirty wrong passwords are still what closes a name: the limit of an address is above it', () => {
  expect(strangerLimit.burst).toBeGreaterThan(30);
});
