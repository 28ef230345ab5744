import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { PermanentError, UnavailableError } from '#kit/errors.ts';
import { once } from '#kit/once.ts';
import { objectInJson } from '#kit/text/json.ts';

const client = once(() => new LambdaClient({}));

/**
 * Asks another function and waits for its answer: how what stands outside of the network reaches the database. Throws an
 * {@link UnavailableError} where it is not reachable or fails on something that passes, a {@link PermanentError} where it
 * refuses the question.
 */
export async function askFunction(functionArn: string, question: object): Promise<unknown> {
  const Payload = Buffer.from(JSON.stringify(question));
  const answer = await client()
    .send(new InvokeCommand({ FunctionName: functionArn, Payload }))
    .catch((cause: unknown) => {
      throw new UnavailableError('The function that has the database is not reachable', { cause });
    });
  const text = answer.Payload?.transformToString() ?? '';
  if (answer.FunctionError === undefined) return JSON.parse(text);
  const { errorType, errorMessage } = objectInJson(text) ?? {};
  const Failure = errorType === 'PermanentError' ? PermanentError : UnavailableError;
  throw new Failure(`The function that has the database failed: ${String(errorMessage ?? text)}`);
}
