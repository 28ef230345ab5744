import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { type ApiAddress, diagnose } from '../doctor/diagnose.ts';
import { tableOf } from '../doctor/table.ts';
import { readLock } from '../lock.ts';
import { settingsFromEnvironment } from '../settings.ts';

const secretsFile = z.object({ ApiToken: z.object({ value: z.string() }) });
const tokenSecret = z.object({ token: z.string() });

/**
 * `npm run doctor [-- --json]`: what the stack depends on and whether it is there; status 1 when something required is
 * missing. It asks the stack that runs here, or the API at MILLRACE_API_URL with MILLRACE_API_TOKEN.
 */
try {
  const diagnosis = await diagnose(await apiToAsk(process.env));
  const json = process.argv.includes('--json');
  process.stdout.write(`${json ? JSON.stringify(diagnosis, null, 2) : tableOf(diagnosis)}\n`);
  process.exitCode = diagnosis.status === 'ok' ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function apiToAsk({ MILLRACE_API_URL, MILLRACE_API_TOKEN }: NodeJS.ProcessEnv): Promise<ApiAddress> {
  if (MILLRACE_API_URL === undefined) return localApi();
  if (MILLRACE_API_TOKEN === undefined) throw new Error('MILLRACE_API_URL is set: MILLRACE_API_TOKEN is needed, too.');
  return { url: MILLRACE_API_URL, token: MILLRACE_API_TOKEN };
}

async function localApi(): Promise<ApiAddress> {
  const { directory } = settingsFromEnvironment();
  const lock = await readLock(directory);
  if (!lock?.url) throw new Error(lock ? 'Millrace is still starting.' : 'Millrace is not running: npm start');
  const response = await fetch(`${lock.url}/stack`);
  const { api } = z.object({ api: z.url() }).parse(await response.json());
  const secrets = secretsFile.parse(JSON.parse(await readFile(path.join(directory, 'secrets.json'), 'utf8')));
  return { url: api, token: tokenSecret.parse(JSON.parse(secrets.ApiToken.value)).token };
}
