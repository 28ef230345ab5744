import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import path from 'node:path';

// What is packed: JavaScript and declarations, since Node.js strips no types below node_modules.
const home = path.resolve(import.meta.dirname, '..');
const dist = path.join(home, 'dist');
rmSync(dist, { recursive: true, force: true });
execFileSync('tsc', ['-p', path.join(home, 'tsconfig.build.json')], { stdio: 'inherit' });

// A workspace of this repository that no registry has goes along as a file.
const timetable = readFileSync(path.join(home, '../eventbridge-timetable/src/timetable.ts'), 'utf8');
writeFileSync(path.join(dist, 'timetable.js'), stripTypeScriptTypes(timetable));
const user = path.join(dist, 'doors/scheduler.js');
const text = readFileSync(user, 'utf8');
const rewritten = text.replace("'eventbridge-timetable'", "'../timetable.js'");
if (rewritten === text) throw new Error(`${user} imports no timetable`);
writeFileSync(user, rewritten);
