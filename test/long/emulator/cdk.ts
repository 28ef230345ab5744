import { spawn } from 'node:child_process';
import path from 'node:path';
import { text } from 'node:stream/consumers';

/** What is deployed: as `npm run synth` has checked it, so that nothing is bundled or synthesized again. */
export const assembly = 'build/assembly/dev';

/** Runs the CDK's own command line; throws with the end of what it said when it fails. */
export async function cdk(words: readonly string[], environment: Readonly<Record<string, string>>): Promise<string> {
  const project = path.resolve(import.meta.dirname, '../../..');
  const cli = path.join(project, 'node_modules/aws-cdk/bin/cdk');
  const child = spawn(process.execPath, [cli, ...words, '--app', assembly, '--no-notices', '--progress', 'events'], {
    cwd: project,
    env: { PATH: process.env.PATH, HOME: environment.HOME ?? process.env.HOME, CI: 'true', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const status = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const said = `${output}\n${errors}`;
  if ((await status) !== 0) throw new Error(`cdk ${words.join(' ')} failed:\n${said.slice(-6000)}`);
  return said;
}
