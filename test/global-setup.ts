import { execFileSync } from 'node:child_process';

/** Synthesizes every environment once for all tests (`build/assembly/<environment>`), if a source changed since. */
export default function setup(): void {
  execFileSync(process.execPath, ['bin/synth.ts', '--if-changed'], { stdio: ['ignore', 'ignore', 'inherit'] });
}
