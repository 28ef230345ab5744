import { platformNamed } from '../platforms/index.ts';
import type { PlatformName } from '../platforms/names.ts';
import type { Column } from './workbook/column.ts';

/** What became of one keyword on one platform: a row of the sheet 来源. */
export interface SourceRow {
  readonly platform: PlatformName;
  /** Nothing for further calls that belong to no keyword. */
  readonly keyword: string | null;
  readonly state: string;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  /** Nothing, as of what became of it, for further calls: they find no articles. */
  readonly found: number | null;
  /** By reason. */
  readonly dropped: Readonly<Record<string, number>>;
  readonly stored: number | null;
  /** By reason; of further calls those without an answer. */
  readonly failed: Readonly<Record<string, number>>;
  /** Of the articles first found here those of which a further call told more; of further calls those that were answered. */
  readonly enriched: number;
  readonly calls: number;
  readonly costUsd: number;
  /** Of the articles first found here: those of which only the beginning is known, and those with a lower bound. */
  readonly cutTexts: number | null;
  readonly lowerBounds: number | null;
  readonly reason: string | null;
}

/** A line of the sheet: of a source, or a sentence about all of them. */
export type SourceLine = SourceRow | { readonly note: string };

const states: Readonly<Record<string, string>> = {
  queued: '准备中',
  running: '执行中',
  finished: '已完成',
  partial: '部分完成',
  failed: '失败',
  cancelled: '已取消',
};

const reasons: Readonly<Record<string, string>> = {
  advertisement: '广告',
  'no-content': '没有内容',
  'not-an-article': '不是文章',
  'out-of-range': '不在日期范围内',
  'over-limit': '超出数量上限',
  repeat: '重复',
  'unreadable-time': '发布时间无法识别',
  'unreadable-articles': '部分文章无法识别',
  'needs-login': '需要登录',
  'no-balance': '余额不足',
  blocked: '被平台拦截',
  throttled: '被平台限流',
  'unknown-shape': '返回内容无法识别',
  unreachable: '无法连接',
  'over-budget': '超出预算',
  budget: '超出预算',
  off: '平台未启用',
  cancelled: '已取消',
  paused: '平台已暂停',
  slowed: '平台已减速',
  lost: '没有收到结果',
};

/** A reason in words: what stands before its colon is a code, what stands behind was said by others. */
export function reasonText(reason: string): string {
  const [, code = '', said] = /^([\w-]+)(?:: ?(.*))?$/s.exec(reason) ?? [];
  const word = reasons[code];
  if (word === undefined) return reason;
  return said ? `${word}：${said}` : word;
}

/** `广告 3；重复 2`. */
function byReason(counts: Readonly<Record<string, number>>): string | null {
  const parts = Object.entries(counts).map(([reason, count]) => `${reasonText(reason)} ${count}`);
  return parts.length === 0 ? null : parts.join('；');
}

const sum = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((all, count) => all + count, 0);

/** A cell of a source; a note has none but its own. */
const of =
  <T extends string | number | Date | null>(value: (row: SourceRow) => T) =>
  (line: SourceLine): T | null =>
    'note' in line ? null : value(line);

const figure = (header: string, value: (row: SourceRow) => number | null): Column<SourceLine> => ({
  header,
  kind: 'number',
  value: of(value),
});
const text = (header: string, width: number, value: (row: SourceRow) => string | null): Column<SourceLine> => ({
  header,
  kind: 'text',
  width,
  value: of(value),
});

/** The columns of the sheet 来源. */
export const sourceColumns: readonly Column<SourceLine>[] = [
  text('平台', 10, ({ platform }) => platformNamed(platform).title),
  text('关键词', 16, ({ keyword }) => keyword ?? '（补充信息）'),
  text('状态', 10, ({ state }) => states[state] ?? state),
  { header: '开始采集', kind: 'time', value: of(({ startedAt }) => startedAt) },
  { header: '结束采集', kind: 'time', value: of(({ endedAt }) => endedAt) },
  figure('发现数', ({ found }) => found),
  figure('入库数', ({ stored }) => stored),
  figure('丢弃数', ({ found, dropped }) => (found === null ? null : sum(dropped))),
  text('丢弃原因', 30, ({ dropped }) => byReason(dropped)),
  figure('失败数', ({ failed }) => sum(failed)),
  text('失败原因', 30, ({ failed }) => byReason(failed)),
  figure('已补充信息数', ({ enriched }) => enriched),
  figure('正文不完整数', ({ cutTexts }) => cutTexts),
  figure('数值为下限的文章数', ({ lowerBounds }) => lowerBounds),
  figure('调用次数', ({ calls }) => calls),
  figure('费用（美元）', ({ costUsd }) => costUsd),
  {
    header: '说明',
    kind: 'text',
    width: 50,
    value: (line) => ('note' in line ? line.note : line.reason === null ? null : reasonText(line.reason)),
  },
];
