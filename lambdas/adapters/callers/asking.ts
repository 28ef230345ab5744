import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { type Admit, authenticator, type Verdict, verdicts } from '#kit/api/authentication/authenticate.ts';
import type { UsersEnv } from '#kit/api/authentication/env.ts';
import { attemptsInMemory, shareOf } from '#kit/api/authentication/failed-attempts.ts';
import type { Authenticator } from '#kit/api/authentication.ts';
import { UnavailableError } from '#kit/errors.ts';
import { once } from '#kit/once.ts';
import { objectInJson } from '#kit/text/json.ts';
import { systemClock } from '../clock.ts';
import { userBook } from './user-book.ts';

const client = once(() => new LambdaClient({}));

/**
 * All schemes, for functions outside of the VPC whose changes have no bound of their own: the function that has the database
 * counts, so that the limit holds over all functions together.
 */
export function authenticateAsking(env: UsersEnv & { readonly ADMISSION_FUNCTION: string }): Authenticator {
  return authenticator({
    users: userBook(env, systemClock),
    admit: admitByAsking(env.ADMISSION_FUNCTION),
    attempts: attemptsInMemory(shareOf(env.CALLER_INSTANCES)),
    shareOfFailures: shareOf(env.CALLER_INSTANCES),
    clock: systemClock,
  });
}

function admitByAsking(functionArn: string): Admit {
  return async (admission) => {
    const Payload = Buffer.from(JSON.stringify(admission));
    const answer = await client()
      .send(new InvokeCommand({ FunctionName: functionArn, Payload }))
      .catch((cause: unknown) => {
        throw new UnavailableError('The function that admits callers is not reachable', { cause });
      });
    const text = answer.Payload?.transformToString() ?? '';
    if (answer.FunctionError !== undefined)
      throw new UnavailableError(`The function that admits callers failed: ${text}`);
    return verdictIn(text);
  };
}

function verdictIn(text: string): Verdict {
  const verdict = objectInJson(text)?.verdict;
  const known = verdicts.find((one) => one === verdict);
  if (known === undefined) throw new Error(`The function that admits callers answered ${text}`);
  return known;
}
