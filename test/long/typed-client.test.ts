import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { firstAdmin } from '../../local/callers/console-token.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';

/** The how-to on typed clients, as somebody follows it: what it says is run, over the document that the stack serves. */

const run = promisify(execFile);
const howTo = await readFile('docs/how-to/generate-a-typed-client.md', 'utf8');

let stack: TestStack;
let folder: string;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  [stack, folder] = await Promise.all([startTestStack(), mkdtemp(path.join(tmpdir(), 'millrace-client-'))]);
  const admin = firstAdmin(stack.stack.services);
  const api = stack.stack.wiring.api?.url.replace(/\/$/, '');
  environment = { ...process.env, API: api, API_USER: admin?.name, API_PASSWORD: admin?.password };
}, 300_000);

afterAll(async () => {
  await stack?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** The block of a language under a heading. */
function block(heading: string, language: string): string {
  const [, section = ''] = howTo.split(`\n## ${heading}\n`);
  const [, code] = new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(section) ?? [];
  if (code === undefined) throw new Error(`The how-to has no ${language} under ${heading}`);
  return code;
}

async function shell(script: string): Promise<string> {
  const { stdout } = await run('sh', ['-ec', script], { cwd: folder, env: environment, timeout: 600_000 });
  return stdout;
}

/** Whether a registry answers: without it nothing can be installed, and there is nothing to say about our document. */
async function installs(script: string): Promise<boolean> {
  try {
    await shell(script);
    return true;
  } catch {
    return false;
  }
}

test('in TypeScript: it is typed, it is checked, and it works', async ({ skip }) => {
  if (!(await installs('npm view openapi-fetch version'))) skip('the registry of npm is out of reach');
  await writeFile(path.join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  await shell(block('TypeScript', 'sh'));
  const code = block('TypeScript', 'ts');
  const check = (file: string) =>
    shell(
      `npx tsc --noEmit --strict --module nodenext --target es2022 --types node --allowImportingTsExtensions ${file}`,
    );
  await writeFile(path.join(folder, 'client.ts'), code);
  await writeFile(
    path.join(folder, 'wrong.ts'),
    code.replace('length: 3', "length: 'three'").replace('deal.price_twd', 'deal.price'),
  );

  await check('client.ts');
  await expect(check('wrong.ts')).rejects.toMatchObject({
    stdout: expect.stringMatching(/'string' is not assignable to type 'number'.*'price' does not/s),
  });
  expect(await shell(`'${process.execPath}' client.ts`)).toBe('0 deals\n');
}, 900_000);

test('in Python: it works', async ({ skip }) => {
  const [venv = '', install = '', generate = ''] = block('Python', 'sh').split('\n');
  if (!(await installs(venv))) skip('there is no Python with venv');
  if (!(await installs(install))) skip('the registry of pip is out of reach');
  await shell(generate);
  await writeFile(path.join(folder, 'client.py'), block('Python', 'python'));

  expect(await shell('venv/bin/python client.py')).toBe('0 deals\n');
}, 900_000);
