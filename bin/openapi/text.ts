import { readFileSync } from 'node:fs';
import { openApiDocument } from './document.ts';

/** The document as a file has it; its version is the package's. */
export function documentText(): string {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string };
  return `${JSON.stringify(openApiDocument(version), undefined, 2)}\n`;
}
