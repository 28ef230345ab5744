import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { athenaQueries } from '#adapters/athena.ts';
import { useLocalAws } from '../../../packages/one-machine/test/support/aws.ts';

/** As IAM words it; who may not ask about a work group is not told whether the query is there. */
const denied = (workGroup: string) =>
  'User: arn:aws:sts::111122223333:assumed-role/query-api/x is not authorized to perform: athena:GetQueryExecution ' +
  `on resource: arn:aws:athena:ap-northeast-1:111122223333:workgroup/${workGroup} because no identity-based policy allows it`;

let server: Server;
let said = '';

beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume();
    response
      .writeHead(400, { 'content-type': 'application/x-amz-json-1.1' })
      .end(JSON.stringify({ __type: 'AccessDeniedException', Message: said, message: said }));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  useLocalAws({ AWS_ENDPOINT_URL_ATHENA: `http://127.0.0.1:${port}`, AWS_MAX_ATTEMPTS: '1' });
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const people = athenaQueries({ workGroup: 'millrace-dev-people', database: 'millrace_dev' });

test.each(['millrace-dev', 'millrace-dev-people-2', 'primary'])(
  'a query of another work group (%s), about which IAM refuses to talk, is none of ours',
  async (workGroup) => {
    said = denied(workGroup);

    expect(await people.find(crypto.randomUUID())).toBeUndefined();
  },
);

test.each([denied('millrace-dev-people'), 'You are not authorized to perform: athena:GetQueryExecution'])(
  'a permission that we lack ourselves is a failure, not an absence: %s',
  async (message) => {
    said = message;

    await expect(people.find(crypto.randomUUID())).rejects.toThrow('not authorized');
  },
);
