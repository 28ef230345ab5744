import { expect, test } from 'vitest';
import type { BriefFacts, StageFacts } from '../../../lambdas/briefs/mails/brief-facts.ts';
import { endedMail, submittedMail } from '../../../lambdas/briefs/mails/brief-mail.ts';

const stage: StageFacts = {
  uuid: '11111111-1111-4111-8111-111111111111',
  name: '秋季_1',
  state: 'partial',
  platforms: ['weibo', 'redbook'],
  keywords: ['精华水', '抗老<b>'],
  limit: 100,
  fromDay: '2026-11-01',
  toDay: '2026-11-30',
  hasFiles: true,
  articles: { weibo: 120 },
  missing: [
    { platform: 'redbook', keyword: '精华水', state: 'failed', reason: 'no-balance: 402' },
    { platform: 'weibo', keyword: null, state: 'partial', reason: 'budget' },
  ],
};

const brief = (over: Partial<BriefFacts> = {}): BriefFacts => ({
  uuid: '22222222-2222-4222-8222-222222222222',
  code: '20261130001',
  name: '秋季',
  remarks: '',
  owner: 'mei',
  createUserName: '小梅',
  state: 'partial',
  reason: null,
  cancelReason: null,
  articleLimit: 400,
  createdAt: new Date('2026-11-30T01:00:00Z'),
  startedAt: new Date('2026-11-30T01:00:01Z'),
  endedAt: new Date('2026-11-30T01:00:08Z'),
  stages: [stage],
  ...over,
});

const links = { key: 'k'.repeat(32), api: 'https://api.example/v1/', expiresAt: new Date('2027-05-29T00:00:00Z') };

test('the end of a brief is told with its code, platforms, counts, what is missing and the signed link', () => {
  const { subject, text, html } = endedMail(brief(), links);

  expect(subject).toBe('工单 20261130001 已完成（有缺失）：秋季（微博、小红书）');
  expect(text).toContain('共采集 120 篇文章，用时 7 秒');
  expect(text).toContain('采集：微博 120 篇，小红书 0 篇');
  expect(text).toContain('缺失：小红书「精华水」余额不足：402');
  expect(text).toContain('缺失：微博的部分补充信息，超出预算');
  expect(text).toMatch(
    /下载：https:\/\/api\.example\/v1\/dts-auto-brief\/download\?stage_uuid=11111111-[\w-]+&expires=\d+&signature=[\w-]+\n/,
  );
  expect(html).toContain('抗老&lt;b&gt;');
  expect(html).not.toContain('抗老<b>');
});

test('the submission is told with what was asked for, and where the files will be', () => {
  const { id, text } = submittedMail(brief({ state: 'queued' }), links);

  expect(id).toBe('briefs-22222222-2222-4222-8222-222222222222-submitted');
  expect(text).toContain('工单 20261130001「秋季」已提交，最多采集 400 篇文章');
  expect(text).toContain('关键词：精华水、抗老<b>');
  expect(text).toContain('&signature=');
});

test('each end of a brief has a mail of its own, and the same end the same one', () => {
  const again = brief({ endedAt: new Date('2026-11-30T02:00:00Z') });

  expect(endedMail(brief(), links).id).toBe(endedMail(brief(), links).id);
  expect(endedMail(again, links).id).not.toBe(endedMail(brief(), links).id);
});

test('it goes to the submitter where one of the names is an address, else to those of the environment', () => {
  expect(endedMail(brief({ createUserName: 'mei@agency.example' }), links).to).toEqual(['mei@agency.example']);
  expect(endedMail(brief({ owner: 'mei@agency.example' }), links).to).toEqual(['mei@agency.example']);
  expect(endedMail(brief(), links).to).toBeUndefined();
});

test('a stage without files has no link, and a subject no line feed', () => {
  const { text, subject } = endedMail(brief({ name: 'a\r\nBcc: x', stages: [{ ...stage, hasFiles: false }] }), links);

  expect(text).not.toContain('下载');
  expect(text).toContain('没有文件');
  expect(subject).not.toMatch(/[\r\n]/);
});
