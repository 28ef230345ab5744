import { commandLine, UsageError } from 'one-machine/terminal/command-line.ts';
import * as z from 'zod';
import { ask, command } from './running.ts';

const usage = 'Usage: npm run briefs:export <uuid of a brief or of a stage>';

/** What the console answers of an invocation: what the function answered, or what it failed on. */
const answered = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), payload: z.object({ stages: z.array(z.uuid()) }) }),
  z.object({ ok: z.literal(false), error: z.object({ errorType: z.string(), errorMessage: z.string() }) }),
]);

/**
 * `npm run briefs:export <id of a brief or of a stage>`: makes workbooks, word clouds and zip of the running stack anew,
 * from what is stored, and says under which keys of the bucket they lie.
 */
await command(async () => {
  const [id] = commandLine(usage, { words: { least: 1, most: 1 } }).positionals;
  if (!z.uuid().safeParse(id).success) throw new UsageError(usage);
  const found = (await made({ stage_uuid: id })) ?? (await made({ job_uuid: id }));
  if (!found) throw new Error(`Neither a brief nor a stage ${id} has ended here`);
  return { asked: found.stages.map((stage) => ({ stage, zip: `briefs/${stage}.zip`, folder: `briefs/${stage}/` })) };
});

/** The stages whose files are asked for; `undefined` where the id is another thing's. */
async function made(event: object): Promise<{ readonly stages: readonly string[] } | undefined> {
  const answer = answered.parse(await ask('/invoke', { function: 'briefs/ask-export', event }));
  if (answer.ok) return answer.payload.stages.length > 0 ? answer.payload : undefined;
  throw new Error(`${answer.error.errorType}: ${answer.error.errorMessage}`);
}
