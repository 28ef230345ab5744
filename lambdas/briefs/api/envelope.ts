import { type Code, codedEnvelope } from '#kit/api/coded-envelope.ts';
import { type BriefCode, BriefRefusedError, briefCodes } from '../work/codes.ts';

/** What every failure says, whichever it is: its code and `data` tell more. */
export const failed = 'task submit failed.';

const codes = Object.fromEntries(
  Object.entries(briefCodes).map(([name, [code]]) => [name, { code, msg: failed, status: 200 }]),
) as Record<BriefCode, Code>;

/**
 * Answers as the front end knows them: `{"err_code": 0, "err_msg": "success.", "data": ...}`; what is wrong with a brief
 * has a code of its own and HTTP's 200, whatever else is wrong has HTTP's status as its code.
 */
export const briefsEnvelope = codedEnvelope<BriefCode>({
  fields: { code: 'err_code', msg: 'err_msg', data: 'data' },
  success: { code: 0, msg: 'success.' },
  codes,
  ignoresUnknownParameters: true,
  codeOf: (error) => (error instanceof BriefRefusedError ? { code: error.reason, detail: error.message } : undefined),
  failure: (_code, detail) => ({ msg: failed, data: detail }),
});
