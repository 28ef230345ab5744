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
  const text = withoutByteOrderMarks(new TextDecoder('utf-8', { ignoreBOM: true }).decode(head)).trimStart();
  if (text === '') throw new TransientError('The site answered with an empty file', { fault: 'EmptyFile' });
  if (text.startsWith('<')) {
    const words = errorPageWords(text);
    const message = `The site answered with an HTML page${words === undefined ? '' : `: ${words}`}`;
    throw new TransientError(message, { fault: 'HtmlInsteadOfCsv' });
  }
  if (wrongTypes.test(contentType)) throw noFileOfDeals(`content type ${contentType}`);
  const [header = ''] = text.split('\n', 1);
  const names = new Set(header.split(',').map((name) => name.trim()));
  const known = columns.filter((column) => column.names.some((name) => names.has(name)));
  if (known.length < namesExpected) throw noFileOfDeals(`no file of deals: ${shown(text)}`);
}

function noFileOfDeals(what: string): TransientError {
  return new TransientError(`The site answered with ${what}`, { fault: 'NoFileOfDeals' });
}

/** Quotes, line ends and zeros would come through two encodings on their way to a person. */
function shown(text: string): string {
  return `“${text.slice(0, 60).replaceAll(/[\p{Cc}"\\]/gu, '·')}”`;
}
