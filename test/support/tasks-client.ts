import { request } from 'node:http';
import { expect, vi } from 'vitest';
import { type Account, momentaryHeader, nowInSeconds } from './credentials.ts';

/** The tasks API as a client with a password of the moment asks it, byte for byte as the test writes it. */

const finalStatuses = ['SUCCESS', 'FAILURE', 'REVOKED'];

export interface Row {
  readonly task_id: string;
  readonly [field: string]: unknown;
}

export interface Told<T> {
  readonly code: number;
  readonly msg: string;
  readonly data: T;
}

export interface Answer<T = Row> {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Told<T>;
}

export interface Sent {
  readonly method?: string;
  readonly body?: string | Buffer;
  /** As they are written: Node's own client changes no letter of them. */
  readonly headers?: Readonly<Record<string, string>>;
}

export type TasksClient = ReturnType<typeof tasksClient>;

/** A client of the API at this address, for any user. */
export function tasksClient(url: string) {
  /** One request in HTTP/1.1 as it is written here, with the password of this second. */
  function ask<T = Row>(
    { name, password }: Account,
    route: string,
    { method = 'GET', body, headers }: Sent = {},
  ): Promise<Answer<T>> {
    const now = `${nowInSeconds()}`;
    const target = `${url}/api/v1${route}${route.includes('?') ? '&' : '?'}_=${now}`;
    return new Promise((resolve, reject) => {
      const sent = request(target, {
        method,
        headers: { AUTHORIZATION: momentaryHeader({ name, password }, now), ...headers },
      });
      sent.on('error', reject).on('response', async (response) => {
        const text = (await response.setEncoding('utf8').toArray()).join('');
        const told = (text === '' ? {} : JSON.parse(text)) as Told<T>;
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: told });
      });
      // Without a length the body goes in chunks.
      if (body !== undefined) sent.write(body);
      sent.end();
    });
  }

  const post = (who: Account, route: string, body: object) =>
    ask(who, route, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });

  async function submit(who: Account, body: object): Promise<Row> {
    const answer = await post(who, '/tasks/submit', body);
    expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: 200, body: { code: 0, msg: 'OK' } });
    return answer.body.data;
  }

  async function ended(who: Account, id: string): Promise<Row> {
    return vi.waitFor(
      async () => {
        const { data } = (await ask(who, `/task/${id}/result`)).body;
        expect(finalStatuses).toContain(data.status);
        return data;
      },
      { timeout: 90_000, interval: 200 },
    );
  }

  return { ask, post, submit, ended };
}
