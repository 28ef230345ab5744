import { commandLine } from 'one-machine/terminal/command-line.ts';
import { keptToken } from '../callers/console-token.ts';
import { type ApiAddress, diagnose } from '../doctor/diagnose.ts';
import { tableOf } from '../doctor/table.ts';
import { checkAddress, settingsFromEnvironment } from '../settings.ts';
import { runningStack } from './running.ts';

const usage =
  'Usage: npm run doctor [-- --json]\n\nWhat the stack depends on and whether it is there; MILLRACE_API_URL and MILLRACE_API_TOKEN name a deployed one.';

/**
 * `npm run doctor [-- --json]`: what the stack depends on and whether it is there; status 1 when something required is
 * missing. It asks the stack that runs here, or the API at MILLRACE_API_URL with MILLRACE_API_TOKEN.
 */
try {
  const { values } = commandLine(usage, { options: { json: { type: 'boolean', default: false } } });
  const diagnosis = await diagnose(await apiToAsk(process.env));
  process.stdout.write(`${values.json ? JSON.stringify(diagnosis, null, 2) : tableOf(diagnosis)}\n`);
  process.exitCode = diagnosis.status === 'ok' ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function apiToAsk({ MILLRACE_API_URL, MILLRACE_API_TOKEN }: NodeJS.ProcessEnv): Promise<ApiAddress> {
  if (MILLRACE_API_URL === undefined) return localApi();
  checkAddress('MILLRACE_API_URL', MILLRACE_API_URL, ['http:', 'https:']);
  if (MILLRACE_API_TOKEN === undefined) throw new Error('MILLRACE_API_URL is set: MILLRACE_API_TOKEN is needed, too.');
  return { url: MILLRACE_API_URL, token: MILLRACE_API_TOKEN };
}

async function localApi(): Promise<ApiAddress> {
  const { directory } = settingsFromEnvironment();
  const { api } = await runningStack();
  return { url: api, token: await keptToken(directory) };
}
