import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod';
import { writePrivately } from '../guard/private-files.ts';
import type { ScheduleModel } from '../template/model.ts';

/** Which schedules are on. */
export interface ScheduleStates {
  isEnabled(name: string): boolean;
  /** Resolves when it is in the file. */
  set(name: string, enabled: boolean): Promise<void>;
}

/** What a schedule was told to be, and what the template said then. */
const told = z.record(z.string(), z.object({ enabled: z.boolean(), template: z.boolean() }));

/**
 * As the template has them, but for those that were told otherwise, which a file keeps. Where the template has changed its
 * mind since, it counts: so it does with CloudFormation.
 */
export async function scheduleStates(file: string, schedules: readonly ScheduleModel[]): Promise<ScheduleStates> {
  const kept = await readTold(file);
  const byTemplate = new Map(schedules.map(({ name, enabled }) => [name, enabled]));
  // One write after the other, each of the whole file.
  let writing: Promise<unknown> = Promise.resolve();
  return {
    isEnabled(name) {
      const template = byTemplate.get(name) ?? false;
      const said = kept[name];
      return said?.template === template ? said.enabled : template;
    },
    async set(name, enabled) {
      kept[name] = { enabled, template: byTemplate.get(name) ?? false };
      const written = writing.then(async () => {
        await mkdir(dirname(file), { recursive: true });
        await writePrivately(file, JSON.stringify(kept));
      });
      writing = written.catch(() => undefined);
      await written;
    },
  };
}

async function readTold(file: string): Promise<z.output<typeof told>> {
  try {
    return told.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new Error(`${file} is not as it should be; removing it lets every schedule be as the template has it`, {
      cause: error,
    });
  }
}
