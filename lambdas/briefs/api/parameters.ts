import * as z from 'zod';
import { numberedPage } from '#kit/api/paging.ts';
import { choiceParameter } from '#kit/api/parameters.ts';
import type { FanLevel } from '../article/fan-level.ts';
import { type ListedFigure, listings } from '../lists/figures.ts';
import { platforms } from '../platforms/index.ts';
import { platformNames } from '../platforms/names.ts';
import {
  booleanField,
  idField,
  integerField,
  integersField,
  numberedField,
  numberField,
  optionalIdField,
  pageField,
  requiredNumberedField,
  textField,
  timeField,
} from './fields.ts';

/** Parameters of the routes, in the query or in a JSON body. Unknown ones are ignored: the front end sends some. */

// A body's own limit comes first.
const longestName = 2 ** 20;
const longestText = 2000;

/** Its length is the order's own rule: see work/job-content.ts. */
const jobName = textField({ max: longestName }).describe('At most 20 characters.');
const jobDesc = z
  .unknown()
  .optional()
  .meta({
    description:
      'JSON text or object: `{"job_content": [{"platform", "keywords", "limitnum", "starttime", "endtime"}]}`.',
    examples: [
      '{"job_content":[{"platform":"2/3","keywords":"精华水/抗老","limitnum":1000,"starttime":20190101,"endtime":20200417}]}',
    ],
  });

export const submission = z.object({
  job_name: jobName,
  job_desc: jobDesc,
  create_user_name: textField({ max: 100 }).describe('Whom the front end acts for. @default the caller'),
  remarks: textField({ max: longestText }),
  idempotency_key: textField({ min: 1, max: 200 }).describe('The same key of the same caller answers the first brief.'),
  dry_run: booleanField().describe('Only estimates.'),
});

export const briefId = z.object({ job_uuid: idField() });

export const change = z.object({ ...briefId.shape, job_name: jobName, job_desc: jobDesc });

export const cancellation = z.object({ ...briefId.shape, cancel_reason: textField({ max: longestText }) });

/** A brief, or one of its stages. */
export const briefOrStage = z
  .object({ job_uuid: optionalIdField(), stage_uuid: optionalIdField() })
  .refine(({ job_uuid, stage_uuid }) => job_uuid !== undefined || stage_uuid !== undefined, {
    error: 'One of job_uuid and stage_uuid is needed.',
    path: ['job_uuid'],
  });

/** The front end's names: `page_offset` is how long a page is, `page_size` its number. */
const paging = (otherwise: number) => ({
  page_offset: pageField(otherwise, 500).describe('Items on a page: from 1 to 500.'),
  page_size: pageField(1).describe('The number of the page, from 1.'),
});

/** A list under its name, or as some clients write lists: `job_status[]`. */
const either = <T>(one: readonly T[] | undefined, other: readonly T[] | undefined) =>
  one || other ? [...(one ?? []), ...(other ?? [])] : undefined;

export const briefSearch = z
  .object({
    job_name: textField({ max: longestText }).describe('Contained.'),
    job_status: integersField().describe('0 准备中, 1 and 4 执行中, 2 已完成, 3 已取消, 5 审核失败.'),
    'job_status[]': integersField(),
    job_platform: integersField().describe('Any of these codes.'),
    'job_platform[]': integersField(),
    create_user_name: textField({ max: longestText }).describe('Contained.'),
    ...paging(10),
  })
  .transform((given) => ({
    name: given.job_name,
    createUserName: given.create_user_name,
    statuses: either(given.job_status, given['job_status[]']),
    platforms: either(given.job_platform, given['job_platform[]']),
    page: numberedPage(given.page_size, given.page_offset),
  }));

const platform = requiredNumberedField(new Map(platforms.map(({ code, name }) => [code, name]))).describe(
  platforms.map(({ code, title }) => `${code} ${title}`).join(', '),
);

const sorts = platforms
  .map(({ name, title }) => `${title}: ${listings[name].sorts.map((by, index) => `${index + 1} ${by}`).join(', ')}.`)
  .join(' ');

/** As the front end numbers levels. */
const levels = new Map<number, FanLevel>([
  [1, '头部kol'],
  [2, '腰部kol'],
  [3, '底部kol'],
  [4, '素人'],
]);

/** The figures that have a least and a most, by the front end's names. */
const bounded = {
  likes: 'like',
  comments: 'comment',
  colls: 'collect',
  shares: 'share',
  reads: 'read',
  plays: 'play',
  danmus: 'danmu',
  downloads: 'download',
  interaction: 'interaction',
  interaction_per: 'interaction_per',
} as const satisfies Readonly<Record<string, ListedFigure>>;
type Bounded = keyof typeof bounded;

const figureBounds = Object.fromEntries(
  (Object.keys(bounded) as Bounded[]).flatMap((name) =>
    ['min', 'max'].map((end) => [`${end}_${name}`, name === 'interaction_per' ? numberField() : integerField()]),
  ),
) as Readonly<Record<`${'min' | 'max'}_${Bounded}`, ReturnType<typeof integerField>>>;

export const articleSearch = z
  .object({
    stage_uuid: idField(),
    platform,
    post_min_time: timeField().describe('A day, or a time, of Shanghai; included.'),
    post_max_time: timeField().describe('Likewise: a day is included whole.'),
    article_type: numberedField(
      new Map<number, 'normal' | 'video'>([
        [1, 'normal'],
        [2, 'video'],
      ]),
    ).describe('Of 小红书: 1 图文, 2 video.'),
    sort_type: numberedField(
      new Map([
        [-1, true],
        [1, false],
      ]),
      -1,
    ).describe('-1 from the largest, 1 from the smallest.'),
    sort_value: integerField({ min: 1, max: 8 }).describe(`By which figure. @default 1 ${sorts}`),
    user_name: textField({ max: longestText }).describe('Contained.'),
    note_title: textField({ max: longestText }).describe('Contained in the title, on 微博 in the text.'),
    user_level: numberedField(levels).describe('Of 小红书: 1 头部kol, 2 腰部kol, 3 底部kol, 4 素人.'),
    ...figureBounds,
    ...paging(50),
  })
  .transform(({ page_size: number, page_offset: length, ...given }) => ({
    stage: given.stage_uuid,
    platform: given.platform,
    from: given.post_min_time?.from,
    until: given.post_max_time?.until,
    // The front end may send what it has shown for another platform.
    ...(given.platform === 'redbook' ? { noteType: given.article_type, level: given.user_level } : {}),
    userName: given.user_name,
    titled: given.note_title,
    least: boundsOf('min', given),
    most: boundsOf('max', given),
    descending: given.sort_type ?? true,
    sortValue: given.sort_value ?? 1,
    pageNumber: number,
    page: numberedPage(number, length),
  }));

function boundsOf(end: 'min' | 'max', given: Readonly<Record<string, unknown>>) {
  const names = Object.entries(bounded).map(([name, figure]) => [figure, given[`${end}_${name}`]] as const);
  return Object.fromEntries(names) as Partial<Record<ListedFigure, number>>;
}

export const accountSearch = z
  .object({
    stage_uuid: idField(),
    platform,
    account_name: textField({ max: longestText }).describe('Contained.'),
    account_min_fans: integerField(),
    account_max_fans: integerField(),
    kol_level: integersField().describe('Any of 1 头部kol, 2 腰部kol, 3 底部kol, 4 素人.'),
    'kol_level[]': integersField(),
    ...paging(50),
  })
  .transform(({ page_size: number, page_offset: length, ...given }) => ({
    stage: given.stage_uuid,
    platform: given.platform,
    name: given.account_name,
    leastFans: given.account_min_fans,
    mostFans: given.account_max_fans,
    // A level that the front end doesn't have is refused by the route.
    levels: either(given.kol_level, given['kol_level[]'])?.map((level) => levels.get(level)) ?? [],
    pageNumber: number,
    page: numberedPage(number, length),
  }));

export const fileQuery = z.object({ stage_uuid: idField() });

export const imageQuery = z.object({
  stage_uuid: idField(),
  platform,
  img_type: requiredNumberedField(
    new Map<number, 'content' | 'topic'>([
      [1, 'content'],
      [2, 'topic'],
    ]),
  ).describe('1 words of the texts, 2 topics.'),
});

export const platformPath = z.object({ name: choiceParameter(platformNames) });

export const pause = z
  .object({ reason: textField({ max: 500 }).describe('Why, in the operator’s own words.') })
  .default({ reason: undefined });
