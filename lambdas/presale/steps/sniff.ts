import { TransientError } from '#kit/errors.ts';
import { type Encoding, encodingOf } from '../file/encoding.ts';
import { withoutByteOrderMarks } from '../file/header.ts';
import { errorPageWords } from '../publication/error-page.ts';

// Types that a file of deals never has. Servers name CSV in many ways, and some not at all.
const wrongTypes = /^(image|audio|video|font)\/|\/(json|pdf|zip|xml|javascript)\b|\+(json|xml)\b/;

/**
 * The encoding of a body that begins as a file of deals. Throws {@link TransientError} in words for a person when it
 * doesn't: the site is disturbed, and may not be in an hour.
 */
export function sniff(head: Uint8Array, contentType: string): Encoding {
  const encoding = encodingOf(head);
  const whole = withoutByteOrderMarks(new TextDecoder(encoding ?? 'utf-8', { ignoreBOM: true }).decode(head));
  const text = whole.trimStart();
  if (text === '') throw new TransientError('The site answered with an empty file', { fault: 'EmptyFile' });
  if (text.startsWith('<')) {
    const words = errorPageWords(text);
    const message = `The site answered with an HTML page${words === undefined ? '' : `: ${words}`}`;
    throw new TransientError(message, { fault: 'HtmlInsteadOfCsv' });
  }
  if (wrongTypes.test(contentType)) throw noFileOfDeals(`content type ${contentType}`);
  if (encoding === undefined) throw noFileOfDeals(`no file of deals: ${shown(text)}`);
  if (/^[^\S\n]*\n/.test(whole)) throw noFileOfDeals('a file whose first line is blank, where the header is expected');
  return encoding;
}

/**
 * A file's bytes in UTF-8, piece by piece, the end being the piece that isn't there. Throws {@link TransientError} for bytes
 * that are not of an encoding which is another: half a character there may be any. Of UTF-8 the rows tell.
 */
export function toUtf8(encoding: Encoding): (piece?: Uint8Array) => Uint8Array {
  if (encoding === 'utf-8') return (piece = new Uint8Array()) => piece;
  const decoder = new TextDecoder(encoding, { ignoreBOM: true, fatal: true });
  return (piece) => {
    try {
      return Buffer.from(piece ? decoder.decode(piece, { stream: true }) : decoder.decode());
    } catch (cause) {
      throw noFileOfDeals(`a file in ${encoding.toUpperCase()} with bytes that are none of it`, cause);
    }
  };
}

function noFileOfDeals(what: string, cause?: unknown): TransientError {
  return new TransientError(`The site answered with ${what}`, { fault: 'NoFileOfDeals', cause });
}

/** Quotes, line ends and zeros would come through two encodings on their way to a person. */
function shown(text: string): string {
  return `“${text.slice(0, 60).replaceAll(/[\p{Cc}"\\]/gu, '·')}”`;
}
