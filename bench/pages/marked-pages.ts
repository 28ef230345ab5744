import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

/** A page and its article as people marked it. */
export interface Page {
  readonly id: string;
  readonly html: string;
  readonly expected: string;
}

/** `ground-truth.json` and `html/*.html.gz` of a folder, as the article extraction benchmark has them. */
export function readPages(from: string): readonly Page[] {
  const truth: Readonly<Record<string, { readonly articleBody: string }>> = JSON.parse(
    readFileSync(path.join(from, 'ground-truth.json'), 'utf8'),
  );
  return Object.entries(truth).map(([id, { articleBody }]) => ({
    id,
    html: gunzipSync(readFileSync(path.join(from, 'html', `${id}.html.gz`))).toString('utf8'),
    expected: articleBody,
  }));
}
