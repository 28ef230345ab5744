import * as z from 'zod';
import { count, momentText } from '#kit/api/answers.ts';
import { listings, type ShownField } from '../lists/figures.ts';
import { platformNames } from '../platforms/names.ts';
import { workStates } from '../work/states.ts';

/** What the routes answer, as `data` of the envelope. Names are the front end's. */

const state = z.enum(workStates);
const stateText = z.string().meta({ examples: ['执行中'] });
const moment = momentText.nullable();
const shanghaiTime = z.string().meta({ description: 'Of Shanghai.', examples: ['2026-11-21 10:00:00'] });

const cost = {
  calls: count.describe('At most.'),
  detail_calls: count.describe('Of these, those for fans, full texts and figures.'),
  cost_usd: z.number(),
  over_budget: z.boolean().describe('It would stop, partial, before it passes a budget.'),
};

const estimate = z
  .object({ ...cost, by_platform: z.partialRecord(z.enum(platformNames), z.object(cost)) })
  .meta({ id: 'BriefEstimate' });

export const submitted = z.object({
  jobUuid: z.uuid().optional().describe('Missing, as all but the estimate, of a dry run.'),
  jobCode: z
    .string()
    .optional()
    .meta({ examples: ['20261121001'] }),
  jobName: z.string().optional(),
  remarks: z.string().optional(),
  jobContent: z.unknown().optional().describe('job_desc as it was read.'),
  estimate,
});

const sums = { article_sum_num: count, account_sum_num: count, article_interaction_sum_sum: count };
const images = {
  platform: z.int(),
  content_img_url: z.string().describe('A signed address of a PNG; empty while there is none.'),
  topic_img_url: z.string(),
};

const platformData = z.union(
  platformNames.map((name) =>
    z.object({ ...sums, ...everyName(listings[name].sums, count), ...images }).meta({ title: name }),
  ),
);

const stage = z.object({
  stageName: z.string(),
  stageUuid: z.uuid(),
  stageStatus: stateText,
  stageState: state,
  reason: z.string().nullable().describe('Why it is partial or failed.'),
  downloadUrl: z.string().describe('A signed address of the zip; 409 until it is there.'),
  remarks: z.string(),
  platforms: z.string().meta({ examples: ['微博; 小红书'] }),
  stageRunTime: z.string().meta({ examples: ['2026-01-01~2026-11-21'] }),
  keywords: z.string().meta({ examples: ['精华水、抗老'] }),
  limitNum: count,
  startedAt: moment,
  endedAt: moment,
  data_list: z.array(platformData),
});

export const viewed = z.object({
  jobUuid: z.uuid(),
  jobCode: z.string(),
  jobName: z.string(),
  jobStatus: stateText,
  state,
  reason: z.string().nullable(),
  startedAt: moment,
  endedAt: moment,
  data: z.array(stage),
});

const ofAnother = 'null of another user’s brief.';

export const found = z.object({
  jobList: z.array(
    z.object({
      jobUuid: z.uuid(),
      jobCode: z.string().nullable().describe(ofAnother),
      jobPlatforms: z
        .string()
        .nullable()
        .meta({ description: ofAnother, examples: ['微博、小红书'] }),
      jobName: z.string(),
      jobLimitNum: count.nullable().describe(`Articles at most, over all platforms and keywords; ${ofAnother}`),
      jobStartTime: z
        .string()
        .nullable()
        .meta({ description: ofAnother, examples: ['2026.01.01'] }),
      jobEndTime: z
        .string()
        .nullable()
        .meta({ description: ofAnother, examples: ['2026.11.21'] }),
      jobStatus: stateText,
      state,
      cancelReason: z.string().nullable(),
      remarks: z.string().nullable().describe(ofAnother),
      CreateUserName: z.string(),
      CreateTime: shanghaiTime,
    }),
  ),
  totalItems: count,
  totalPages: count,
});

/** Both lists answer an envelope within the envelope: so their front end reads them. */
function innerList(row: z.ZodType) {
  return z.object({
    err_code: z.literal(0),
    err_msg: z.string(),
    data: z.object({
      data: z.array(row),
      pageSize: count.describe('The number of the page, as it was asked for.'),
      totalNum: count,
    }),
  });
}

const figure = z.int().nullable();
const text = z.string().nullable();

const shown: Readonly<Record<ShownField, z.ZodType>> = {
  url: z.string(),
  title: text,
  content: text,
  post_time: shanghaiTime,
  user_name: text,
  user_fans: figure,
  user_fans_level: z.string(),
  note_type: z.enum(['normal', 'video']).nullable(),
  is_repost: z.int().min(0).max(1),
  like: figure,
  read: figure,
  share: figure,
  comment: figure,
  collect: figure,
  play: figure,
  danmu: figure,
  download: figure,
  interaction: figure,
  interaction_per: z.number().nullable(),
};

const articleOf = (fields: Readonly<Record<string, ShownField>>, title: string) =>
  z.object(Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, shown[field]]))).meta({ title });

export const articles = innerList(z.union(platformNames.map((name) => articleOf(listings[name].article, name))));

export const accounts = innerList(
  z.union(
    platformNames.map((name) =>
      z
        .object({
          userName: text,
          fansNum: figure,
          sumNum: count.describe('Its articles in this stage.'),
          ...everyName(listings[name].accountSums, count),
          articleList: z.array(articleOf(listings[name].accountArticle, `${name} article`)),
        })
        .meta({ title: name }),
    ),
  ),
);

function everyName(names: Readonly<Record<string, unknown>>, schema: z.ZodType) {
  return Object.fromEntries(Object.keys(names).map((name) => [name, schema]));
}

export const cancelled = z.object({ jobUuid: z.uuid(), jobReason: z.string() });

export const changed = z.object({ jobUuid: z.uuid(), job_name: z.string(), job_desc: z.unknown(), estimate });

const reached = {
  pages_done: count,
  pages_all: count.describe('At most; a search ends sooner when a page brings nothing new.'),
  crawled: count.describe('Whatever stood in the pages: stored + dropped + failed + on their way.'),
  stored: count,
  failed: count,
  on_their_way: count,
  dropped: z.record(z.string(), count).describe('By reason.'),
};

export const progress = z.object({
  job_code: z.string(),
  create_user_name: z.string(),
  job_create_time: shanghaiTime,
  job_wait_count: count.describe('Briefs that were submitted before it and have not begun; 0 once it has.'),
  job_status: stateText,
  state,
  job_run_time: z.number().nullable().describe('Seconds from its start to its end, or until now; null before.'),
  ...reached,
  estimated_end: moment.describe('From the pace so far; null before any page was read, and after the end.'),
  tasks: z.array(
    z.object({
      stageName: z.string(),
      platform: z.int(),
      platform_name: z.string(),
      keyword: z.string(),
      state,
      reason: z.string().nullable(),
      ...reached,
    }),
  ),
});

export const remade = z.object({ stageUuids: z.array(z.uuid()).describe('Whose files are made anew.') });

export const removed = z.object({ jobUuid: z.uuid() });

export const ranAgain = z.object({
  jobUuid: z.uuid(),
  calls: count.describe('Calls that are made once more.'),
  pages: count.describe('Pages that are read once more as they were received.'),
});

export const platformList = z.array(
  z.object({
    code: z.int(),
    name: z.enum(platformNames),
    title: z.string(),
    driver: z.enum(['native', 'gateway', 'off']),
    state: z
      .string()
      .meta({ examples: ['working', 'slowed', 'blocked', 'needs-login', 'no-balance', 'paused', 'off'] }),
    reason: z.string().nullable(),
    down_since: moment,
    until: moment.describe('No call before then; a single one tries it afterwards.'),
    last_success_at: moment,
    last_failure_at: moment,
    last_failure: z.string().nullable(),
    error_share: z.number().nullable().describe('Of the calls of today that have ended.'),
    calls_today: count,
    cost_today_usd: z.number(),
    budget_per_day_usd: z.number(),
    waiting: count,
    under_way: count,
  }),
);

export const platformState = z.object({ name: z.enum(platformNames), state: z.string() });
