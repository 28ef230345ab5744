import { addressProblem } from './addresses.ts';
import type { Asked } from './asked.ts';
import type { Refusal } from './rules.ts';

// Amazon SES, "Service quotas": 10 MB by the v1 API, 40 MB by v2, and 50 recipients of all kinds.
const mostBytes = { v1: 10 * 1024 * 1024, v2: 40 * 1024 * 1024 };
const mostRecipients = 50;
/** aws-ses-v2-local reads documents of up to so many bytes, and forms, too. */
const mostReadBytes = 25 * 1024 * 1024;

// Of these a message has one at most (RFC 5322, 3.6).
const once = ['from', 'sender', 'reply-to', 'to', 'cc', 'bcc', 'subject', 'date', 'message-id'];

/** What SES says of a mail that is too large, has too many recipients or a broken address, or lacks what a mail has. */
export function limitOf(asked: Asked, requestBytes: number): Refusal | undefined {
  const message =
    sizeProblem(asked, requestBytes) ?? headerProblem(asked) ?? recipientProblem(asked) ?? addressesProblem(asked);
  if (message === undefined) return undefined;
  return { status: 400, code: parameterFault(asked.api), message };
}

/** How each API calls a parameter that can't be. */
export function parameterFault(api: Asked['api']): string {
  return api === 'v1' ? 'InvalidParameterValue' : 'BadRequestException';
}

function sizeProblem({ api, bytes }: Asked, requestBytes: number): string | undefined {
  if (bytes > mostBytes[api]) return `Message length is more than ${mostBytes[api]} bytes long: '${bytes}'.`;
  return requestBytes > mostReadBytes
    ? `One machine takes requests of up to ${mostReadBytes} bytes, which are fewer than SES takes: '${requestBytes}'.`
    : undefined;
}

function headerProblem({ from, headers }: Asked): string | undefined {
  if (headers === undefined) return undefined;
  const twice = once.find((name) => (headers.get(name)?.length ?? 0) > 1);
  if (twice !== undefined) return `Duplicate header '${inTitleCase(twice)}'.`;
  return from === undefined ? "Missing required header 'From'." : undefined;
}

function recipientProblem({ headers, recipients }: Asked): string | undefined {
  if (recipients.length > mostRecipients) return `Recipient count exceeds ${mostRecipients}.`;
  if (recipients.length > 0) return undefined;
  return headers === undefined ? 'Missing required field: Destination' : "Missing required header 'To'.";
}

function addressesProblem({ from, recipients, others }: Asked): string | undefined {
  for (const address of [...(from === undefined ? [] : [from]), ...recipients, ...others]) {
    const problem = addressProblem(address);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function inTitleCase(name: string): string {
  return name.replace(/(^|-)\w/g, (letter) => letter.toUpperCase());
}
