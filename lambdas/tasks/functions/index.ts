import type { TaskFunction } from '#kit/task.ts';
import { briefsExport } from '../../briefs/functions/export.ts';
import { presaleStatistics } from '../../presale/functions/statistics.ts';
import { textKeywords } from '../../tagger/functions/keywords.ts';
import { segmentText } from '../../tagger/functions/segment.ts';
import { tagText } from '../../tagger/functions/tag.ts';
import { fileWordCount } from './file-word-count.ts';
import { recentTasks } from './recent-tasks.ts';
import { sparkWordCount } from './spark-word-count.ts';
import { longWait, wait } from './wait.ts';
import { wordCount } from './word-count.ts';

/** Every function that can be a task, one line each: nothing else runs, whatever a request names. */
const registered: readonly TaskFunction[] = [
  wordCount,
  fileWordCount,
  sparkWordCount,
  segmentText,
  textKeywords,
  tagText,
  presaleStatistics,
  briefsExport,
  wait,
  longWait,
  recentTasks,
];

/** By name. */
export const functions: ReadonlyMap<string, TaskFunction> = new Map(registered.map((one) => [one.name, one]));
