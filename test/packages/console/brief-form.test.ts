import { expect, test } from 'vitest';
import { type BriefForm, briefOf, emptyBrief, wrongIn } from '../../../packages/console/src/pages/briefs/brief-form.ts';

const right: BriefForm = {
  name: 'Autumn',
  platforms: ['1', '3'],
  keywords: ' 精华水 \n\n抗老\n',
  limit: '100',
  from: '2026-10-01',
  to: '2026-10-31',
};

test('a form becomes a brief as the API takes it', () => {
  expect(wrongIn(right)).toEqual({});
  expect(briefOf(right)).toEqual({
    job_name: 'Autumn',
    job_desc: {
      job_content: [
        { platform: '1/3', keywords: '精华水/抗老', limitnum: 100, starttime: 20261001, endtime: 20261031 },
      ],
    },
  });
});

test.for([
  [{ name: '  ' }, { name: 'briefs.needed' }],
  [{ platforms: [] }, { platforms: 'briefs.needed' }],
  [{ keywords: '\n \n' }, { keywords: 'briefs.needed' }],
  [{ limit: '0' }, { limit: 'briefs.count' }],
  [{ limit: '1.5' }, { limit: 'briefs.count' }],
  [{ limit: '' }, { limit: 'briefs.count' }],
  [{ from: '2026-02-30' }, { from: 'briefs.day' }],
  [{ to: '20261031' }, { to: 'briefs.day' }],
  [{ from: '2026-11-01' }, { to: 'briefs.order' }],
] as const)('%j is told at its field, and not sent', ([change, wrong]) => {
  const form = { ...right, ...change };

  expect(wrongIn(form)).toEqual(wrong);
  expect(briefOf(form)).toBeUndefined();
});

test('an empty form lacks what only a person knows', () => {
  expect(wrongIn(emptyBrief())).toEqual({
    name: 'briefs.needed',
    platforms: 'briefs.needed',
    keywords: 'briefs.needed',
  });
});
