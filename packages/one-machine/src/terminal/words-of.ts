import { AlreadyRunningError } from '../lock.ts';
import { SettingError } from '../settings.ts';
import { TemplateError } from '../template/intrinsics.ts';
import { UsageError } from './command-line.ts';

// As Node.js, PostgreSQL and SQLite say it; a quota is a small disk.
const noRoom = /ENOSPC|EDQUOT|No space left on device|disk is full/i;

/** Why a start failed: what a person can mend in one line, anything else with where it arose. */
export function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const full = error.message.split('\n').find((line) => noRoom.test(line));
  if (full !== undefined)
    return `The disk is full: ${full.trim()}. Make room, and start again: what was kept is there.`;
  const said = [AlreadyRunningError, SettingError, TemplateError, UsageError].some((kind) => error instanceof kind);
  return said ? error.message : (error.stack ?? error.message);
}
