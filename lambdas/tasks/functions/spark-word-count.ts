import * as z from 'zod';
import { defineTask, file, type TaskContext } from '#kit/task.ts';
import { readJsonAs } from '#kit/text/json.ts';
import { wordLimits } from '#language/words/word-counter.ts';
import { collectSparkOutput } from '../contract.ts';

const counts = z
  .custom<Record<string, number>>()
  .meta({ type: 'object', additionalProperties: { type: 'integer' } })
  .nullable();

/** `tasks.general.example:spark_word_count` */
export const sparkWordCount = defineTask({
  name: 'tasks.general.example:spark_word_count',
  summary: 'Counts the words of an uploaded file on Spark.',
  doc: `Runs a job on EMR Serverless, which takes a minute or two to begin. \`engine\` says what counted: \`spark\`, or \`streamed\` on one machine, which has no Spark. Above ${wordLimits.words} different words, or very long ones, \`counts\` is null; all of them are in \`file\`, one JSON list [word, count] a line, which is kept for a week. Bytes that are no UTF-8 count as U+FFFD on Spark, and are refused elsewhere.`,
  creator: 'millrace',
  published: true,
  publishedOn: '2026-11-21',
  input: z.object({ file: file() }),
  output: collectSparkOutput.extend({ counts }),
  runsOn: 'spark',
  timeoutSeconds: 6 * 3600,
  retries: 1,
  async run({ file: name }, context) {
    // Whose it is, and whether it is ready: from behind its end nothing is read.
    await context.files.open(name, { from: Number.MAX_SAFE_INTEGER });
    const asked = { file_id: name.slice('file:'.length) };
    const done = collectSparkOutput.parse(await context.call('tasks/word-count', asked));
    return { ...done, counts: done.distinct > wordLimits.words ? null : await countsIn(done.file, context) };
  },
});

async function countsIn(name: string, { files }: TaskContext): Promise<Record<string, number> | null> {
  const { size, stream } = await files.open(name);
  // Words may be long: the text of a result has bounds of its own.
  if (size > 4 * wordLimits.bytes) return null;
  const text = Buffer.concat(await Array.fromAsync(stream)).toString();
  const pair = z.tuple([z.string(), z.int()]);
  return Object.fromEntries(
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => readJsonAs(pair, line, 'A line of counts')),
  );
}
