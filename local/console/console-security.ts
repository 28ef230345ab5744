import { createHash } from 'node:crypto';
import { failureScript } from './failures-page.ts';
import { style } from './page.ts';
import { topicScript } from './topics-page.ts';

/** What the console's pages may do: run and look as written here, by the text itself, and ask this port. */
export const consoleSecurity = [
  "default-src 'none'",
  `script-src ${hashOf(failureScript)} ${hashOf(topicScript)}`,
  `style-src ${hashOf(style)}`,
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
