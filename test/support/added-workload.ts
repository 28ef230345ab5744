import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type CopiedCheckout, copyCheckout } from './copied-checkout.ts';
import { project } from './stack-process.ts';

/** A copy of the project with the workload of docs/how-to/add-a-workload.md in it, and the files that took. */
export interface CheckoutWithWorkload extends CopiedCheckout {
  readonly added: readonly string[];
  readonly changed: readonly string[];
}

/** The two lists, each with its import and its entry. */
const lists = [
  {
    file: 'lib/settings/index.ts',
    imported: "import { greetings } from './greetings.ts';",
    opening: '.strictObject({\n',
    entry: '    greetings: greetings.prefault({}),\n',
  },
  {
    file: 'lib/workloads/index.ts',
    imported: "import { greetings } from './greetings/index.ts';",
    opening: 'workloads: readonly Workload[] = [',
    entry: 'greetings, ',
  },
];

/** Does what the how-to says, in a copy. */
export async function addWorkload(): Promise<CheckoutWithWorkload> {
  const howTo = await readFile(path.join(project, 'docs/how-to/add-a-workload.md'), 'utf8');
  const copy = await copyCheckout();
  const added: string[] = [];
  for (const [, text = '', code = ''] of howTo.matchAll(/(.*?)\n```ts\n(.*?)```/gs)) {
    // The file that is named last before its text.
    const file = [...text.matchAll(/`((?:lambdas|lib)\/[\w/.-]+\.ts)`/g)].at(-1)?.[1] ?? 'a text without a file';
    await mkdir(path.dirname(path.join(copy.directory, file)), { recursive: true });
    // `wx`: a file that is there already would be one more that had to be touched.
    await writeFile(path.join(copy.directory, file), code, { flag: 'wx' });
    added.push(file);
  }
  for (const { file, imported, opening, entry } of lists) {
    const text = await readFile(path.join(copy.directory, file), 'utf8');
    if (!text.includes(opening)) throw new Error(`${file} has no "${opening}"`);
    await writeFile(path.join(copy.directory, file), `${imported}\n${text.replace(opening, opening + entry)}`);
  }
  return { ...copy, added, changed: lists.map(({ file }) => file) };
}
