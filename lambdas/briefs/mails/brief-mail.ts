import * as z from 'zod';
import { signedLink } from '#kit/api/link.ts';
import { escaped, htmlMail, isLink } from '#kit/mails/html.ts';
import { reasonText } from '../export/sources.ts';
import { platformNamed } from '../platforms/index.ts';
import type { BriefFacts, StageFacts } from './brief-facts.ts';

/** One mail, as the mail queue takes it. */
export interface BriefMail {
  /** A mail that comes twice under one id is sent once. */
  readonly id: string;
  /** Left out, the environment's recipients get the mail. */
  readonly to?: string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** How the files are reached. */
export interface Links {
  /** Signs the addresses. */
  readonly key: string;
  /** Where the API answers, with a slash at its end; empty where it is unknown. */
  readonly api: string;
  /** As long as the files are kept. */
  readonly expiresAt: Date;
}

const endings: Readonly<Record<string, string>> = {
  finished: '已完成',
  partial: '已完成（有缺失）',
  failed: '失败',
  cancelled: '已取消',
};

/** Tells the submitter that a brief is taken, what was asked for, and where its files will be. */
export function submittedMail(brief: BriefFacts, links: Links): BriefMail {
  const intro = [
    `工单 ${brief.code}「${brief.name}」已提交，最多采集 ${brief.articleLimit} 篇文章。`,
    '完成后会再发一封邮件；文件生成后即可从以下链接下载。',
  ];
  return mailOf(brief, { kind: 'submitted', title: '已提交', intro, lines: (stage) => orderLines(stage), links });
}

/** Tells the submitter how a brief ended, what was found, what is missing, and where the files are. */
export function endedMail(brief: BriefFacts, links: Links): BriefMail {
  const ending = endings[brief.state] ?? brief.state;
  const stored = brief.stages.reduce((sum, { articles }) => sum + total(articles), 0);
  const intro = [
    `工单 ${brief.code}「${brief.name}」${ending}，共采集 ${stored} 篇文章${took(brief)}。`,
    ...(brief.cancelReason ? [`取消原因：${brief.cancelReason}`] : []),
  ];
  // A brief that is run again ends again.
  const kind = `ended-${brief.endedAt?.getTime() ?? 0}`;
  return mailOf(brief, {
    kind,
    title: ending,
    intro,
    lines: (stage) => [...orderLines(stage), ...resultLines(stage)],
    links,
  });
}

interface Content {
  readonly kind: string;
  readonly title: string;
  readonly intro: readonly string[];
  readonly lines: (stage: StageFacts) => readonly string[];
  readonly links: Links;
}

function mailOf(brief: BriefFacts, { kind, title, intro, lines, links }: Content): BriefMail {
  const subject = `工单 ${brief.code} ${title}：${brief.name}（${titlesOf(brief.stages.flatMap(({ platforms }) => platforms))}）`;
  const to = recipientOf(brief);
  const sections = brief.stages.map((stage) => ({
    name: stage.name,
    lines: lines(stage),
    link: kind === 'submitted' || stage.hasFiles ? linkOf(stage, links) : undefined,
  }));
  const texts = sections.map(({ name, lines: said, link }) =>
    [`【${name}】`, ...said, ...(link === undefined ? [] : [`下载：${link}`])].join('\n'),
  );
  const html = sections.map(({ name, lines: said, link }) => sectionHtml(name, said, link));
  return {
    id: `briefs-${brief.uuid}-${kind}`,
    ...(to === undefined ? {} : { to: [to] }),
    subject: subject.replace(/\s+/g, ' ').slice(0, 500),
    text: `${[intro.join('\n'), ...texts].join('\n\n')}\n`,
    html: htmlMail(subject, `${intro.map((line) => `<p>${escaped(line)}</p>`).join('')}${html.join('')}`),
  };
}

function sectionHtml(name: string, lines: readonly string[], link: string | undefined): string {
  const items = lines.map((line) => `<li>${escaped(line)}</li>`).join('');
  const href = link === undefined ? '' : escaped(link);
  const shown =
    link === undefined ? '' : isLink(link) ? `<p><a href="${href}">下载文件</a></p>` : `<p><code>${href}</code></p>`;
  return `<h3>${escaped(name)}</h3><ul>${items}</ul>${shown}`;
}

function orderLines({ platforms, keywords, fromDay, toDay, limit }: StageFacts): readonly string[] {
  return [
    `平台：${titlesOf(platforms)}`,
    `关键词：${keywords.join('、')}`,
    `日期：${fromDay} 至 ${toDay}，每个平台每个关键词最多 ${limit} 篇`,
  ];
}

function resultLines({ platforms, articles, missing, hasFiles }: StageFacts): readonly string[] {
  return [
    `采集：${platforms.map((name) => `${platformNamed(name).title} ${articles[name] ?? 0} 篇`).join('，')}`,
    ...missing.map(
      ({ platform, keyword, reason, state }) =>
        `缺失：${platformNamed(platform).title}${keyword === null ? '的部分补充信息，' : `「${keyword}」`}${reasonText(reason ?? state)}`,
    ),
    ...(hasFiles ? [] : ['没有文件']),
  ];
}

function linkOf({ uuid }: StageFacts, { key, api, expiresAt }: Links): string {
  const address = signedLink({ path: '/dts-auto-brief/download', shows: { stage_uuid: uuid }, expiresAt }, key);
  return api === '' ? `GET ${address}` : `${api.replace(/\/$/, '')}${address}`;
}

const mailAddress = z.email();

/** The submitter, where one of their names is an address. */
function recipientOf({ owner, createUserName }: BriefFacts): string | undefined {
  return [createUserName, owner].find((name) => mailAddress.safeParse(name).success);
}

function titlesOf(platforms: readonly StageFacts['platforms'][number][]): string {
  return [...new Set(platforms)].map((name) => platformNamed(name).title).join('、');
}

function total(counts: StageFacts['articles']): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function took({ startedAt, endedAt }: BriefFacts): string {
  if (!startedAt || !endedAt) return '';
  const seconds = Math.round((endedAt.getTime() - startedAt.getTime()) / 1000);
  return seconds < 120 ? `，用时 ${seconds} 秒` : `，用时 ${Math.round(seconds / 60)} 分钟`;
}
