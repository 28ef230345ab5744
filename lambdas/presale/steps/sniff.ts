import { TransientError } from '#kit/errors.ts';
import { columns } from '../file/columns.ts';
import { withoutByteOrderMarks } from '../file/header.ts';
import { errorPageWords } from '../publication/error-page.ts';

/** So many bytes tell what a body is: several header lines, or the head of a page. */
export const sniffedBytes = 8 * 1024;

// The column names of a file of deals; one that lacks some is still such a file, and the loader says which.
const namesExpected = 3;

// Types that a file of deals never has. Servers name CSV in many ways, and some not at all.
const wrongTypes = /^(image|audio|video|font)\/|\/(json|pdf|zip|xml|javascript)\b|\+(json|xml)\b/;

/**
 * Says whether a body begins as a file of deals. Throws {@link TransientError} in words for a person when it doesn't:
 * the site is disturbed, and may not be in an hour.
 */
export function sniff(head: Uint8Array, contentType: string): void {
  const whole = withoutByteOrderMarks(new TextDecoder('utf-8', { ignoreBOM: true }).decode(head));
  const text = whole.trimStart();
  if (text === '') throw new TransientError('The site answered with an empty file', { fault: 'EmptyFile' });
  if (text.startsWith('<')) {
    const words = errorPageWords(text);
    const message = `The site answered with an HTML page${words === undefined ? '' : `: ${words}`}`;
    throw new TransientError(message, { fault: 'HtmlInsteadOfCsv' });
  }
  if (wrongTypes.test(contentType)) throw noFileOfDeals(`content type ${contentType}`);
  if (hasHeader(text)) {
    if (/^[^\S\n]*\n/.test(whole))
      throw noFileOfDeals('a file whose first line is blank, where the header is expected');
    return;
  }
  const encoding = otherEncodings.find((name) => hasHeader(new TextDecoder(name).decode(head)));
  throw noFileOfDeals(
    encoding === undefined ? `no file of deals: ${shown(text)}` : `a file in ${encoding}, not in UTF-8`,
  );
}

// Of the office programs that such files pass through.
const otherEncodings = ['Big5', 'UTF-16LE', 'UTF-16BE', 'GB18030'];

function hasHeader(text: string): boolean {
  const [header = ''] = text.trimStart().split(/[\r\n]/, 1);
  const names = new Set(header.split(',').map((name) => name.trim()));
  return columns.filter((column) => column.names.some((name) => names.has(name))).length >= namesExpected;
}

function noFileOfDeals(what: string): TransientError {
  return new TransientError(`The site answered with ${what}`, { fault: 'NoFileOfDeals' });
}

/** Quotes, line ends and zeros would come through two encodings on their way to a person. */
function shown(text: string): string {
  return `“${text.slice(0, 60).replaceAll(/[\p{Cc}"\\]/gu, '·')}”`;
}
