import { describe, expect, test } from 'vitest';
import { basic, bot, byBasic, door, mei, request, type Sent, second } from './door.ts';

describe('whose guesses they are', () => {
  const guess = (name: string, sent: Sent = {}) =>
    request({ timestamp: `${second}`, ...sent, authorization: basic(name, 'wrong') });
  const told = (outcome: Promise<unknown>) => outcome.then(() => 'in').catch(({ name }: Error) => name);

  test('what headers say of an address counts for nothing', async () => {
    const { authenticate } = door();
    const outcomes: string[] = [];
    for (let index = 0; index < 31; index++) {
      const event = guess('mei');
      const headers = { ...event.headers, 'x-forwarded-for': `198.51.100.${index}`, forwarded: `for=192.0.2.${index}` };
      outcomes.push(await told(authenticate({ ...event, headers })));
    }

    expect(outcomes.indexOf('TooManyRequestsError')).toBe(30);
  });

  test('an unknown or disabled name gets the same answer as a known one', async () => {
    const answers = async (name: string) => {
      const { authenticate } = door();
      const texts: string[] = [];
      for (let index = 0; index < 32; index++)
        texts.push(
          await authenticate(guess(name)).then(String, (error: unknown) => JSON.stringify([String(error), error])),
        );
      return texts;
    };
    const [known, ...others] = await Promise.all(['mei', 'gone', 'nobody', 'MEI', ' mei'].map(answers));

    for (const other of others) expect(other).toEqual(known);
  });

  test('other functions counted the guesses: the right password has to wait here as well', async () => {
    const { authenticate } = door({ verdict: 'must wait' });

    await expect(authenticate(byBasic(mei))).rejects.toMatchObject({
      name: 'TooManyRequestsError',
      retryAfterSeconds: 60,
    });
  });

  test('a token opens while passwords of its owner wait', async () => {
    const { authenticate } = door();
    for (let index = 0; index < 31; index++) await told(authenticate(guess('bot')));

    expect(await told(authenticate(byBasic(bot)))).toBe('TooManyRequestsError');
    expect(await told(authenticate(request({ authorization: 'Bearer bot-token' })))).toBe('in');
  });
});
