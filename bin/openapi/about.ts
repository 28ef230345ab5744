import type { oas31 } from 'zod-openapi';
import { routePermissions } from '../../lambdas/kit/api/permission.ts';

const permissions = Object.entries(routePermissions)
  .map(([name, meaning]) => `- \`${name}\`: ${meaning}`)
  .join('\n');

const description = `
A data stack: workloads that collect, tag and run, and what they share.

**Who calls.** Every route but \`/health\`, \`/docs\` and \`/openapi.json\` wants one of:

- \`Authorization: Basic\` with a password that changes with time: the query parameter \`_\` is the UTC epoch second, and the
  password is \`MD5("{real password}@{_}")\` in lower-case hex. Good for 60 seconds, for every request: whoever reads it can use it as long.
- \`Authorization: Millrace user:signature\`, the signature being the hex of
  \`HMAC-SHA256(password, "{METHOD}\\n{path}\\n{_}\\n{hex of the SHA-256 of the body}")\`, with \`_\` as above. For new clients.
- \`Authorization: Bearer token\`.

**Who may.** Each route has a permission, \`x-permission\` in this document, and answers 403 to those who lack it:

${permissions}

**What comes back.** JSON. Each answer has \`x-request-id\`; say it when you ask about a request. A caller's own
\`x-correlation-id\` is given back, and is in the logs of all that the request set going. Failures are
\`{"error", "message"}\`; under \`/api/v1\` every answer is \`{"code", "msg", "data"}\`: \`code\` 0 is success, and the detail of a
failure is the second line of \`msg\`. A parameter of the query that a route doesn't know is refused (400) with its name, but
where an API's existing clients send some: those go by a code in every answer.

**Limits.** A body has at most 256 KiB (413). A page of a list has at most 500 rows (100 of tasks). A credential that asks
too often gets 429. A database that sleeps answers 503 with \`Retry-After\`, in seconds.

**Times** are ISO 8601 in UTC (dates that existing clients of tasks know, \`create_date\` and \`pub_date\`, as HTTP has them); parameters may have an offset. Fields that are not known are null, never 0.
`.trim();

/** What the document says of the API as a whole. */
export const about = {
  description,
  license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
} satisfies Partial<oas31.InfoObject>;

/** Who may call, in OpenAPI's words. */
export const securitySchemes: Record<string, oas31.SecuritySchemeObject> = {
  basic: {
    type: 'http',
    scheme: 'basic',
    description:
      'The password is `MD5("{real password}@{_}")`, lower-case hex. On the documentation page: the real one.',
  },
  timestamp: {
    type: 'apiKey',
    in: 'query',
    name: '_',
    description: 'UTC epoch seconds, as in the password or signature. The documentation page fills it in.',
  },
  hmac: {
    type: 'apiKey',
    in: 'header',
    name: 'Authorization',
    description: '`Millrace user:signature`, see above. On the documentation page: `user:password`.',
  },
  bearer: { type: 'http', scheme: 'bearer', description: 'A token that was made for you.' },
};
