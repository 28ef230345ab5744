interface Asked {
  /** Of the execution: it names the region. */
  readonly arn: string;
  readonly id: string;
  readonly from: string;
  readonly to: string | null;
}

// Lines are written a little before and after the steps that they are of.
const marginMs = 300_000;

/** The page of CloudWatch Logs Insights that finds the lines of one piece of work, whichever function wrote them. */
export function insightsLink({ arn, id, from, to }: Asked, now: number): string {
  const region = arn.split(':')[3] ?? '';
  const moment = (at: number) => `'${escaped(new Date(at).toISOString())}`;
  const start = moment(Date.parse(from) - marginMs);
  const end = moment((to === null ? now : Date.parse(to)) + marginMs);
  const query = `fields @timestamp, service, level, message | filter correlation_id = "${id}" | sort @timestamp | limit 1000`;
  const detail = `~(end~${end}~start~${start}~timeType~'ABSOLUTE~tz~'UTC~editorString~'${escaped(query)})`;
  const place = `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}`;
  return `${place}#logsV2:logs-insights$3FqueryDetail$3D${detail}`;
}

/** As that page writes texts in its address. */
function escaped(text: string): string {
  return text.replace(/[^\w.-]/g, (sign) => `*${sign.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
