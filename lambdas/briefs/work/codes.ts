import { PermanentError } from '#kit/errors.ts';

/** What is wrong with a brief, by the number and in the words that an existing front end knows. */
export const briefCodes = {
  NAME_TOO_LONG: [2003, '项目名过长，请保持在20位内！'],
  NOT_A_LIST: [2004, '工单详情请输入列表格式数据！'],
  TOO_MANY_ENTRIES: [2005, '数据长度过大，请保持工单详情长度在5以内（包括5）！'],
  INCOMPLETE: [2006, '需求内容填写不全！！'],
  UNKNOWN_PLATFORM: [2007, '平台不存在，请填写1至5的平台编号！'],
  BAD_DATES: [2008, '日期有误，请填写YYYYMMDD，且结束日期不早于开始日期！'],
  BAD_LIMIT: [2009, '数量有误，请填写1至10000的整数！'],
  NOT_QUEUED: [2010, '工单已开始执行，无法修改！'],
} as const;

export type BriefCode = keyof typeof briefCodes;

/** A brief that can't be taken, with the front end's number. API: 200 with that `err_code`. */
export class BriefRefusedError extends PermanentError {
  override readonly name = 'BriefRefusedError';
  readonly reason: BriefCode;

  constructor(reason: BriefCode) {
    super(briefCodes[reason][1]);
    this.reason = reason;
  }

  get code(): number {
    return briefCodes[this.reason][0];
  }
}
