import { PermanentError } from '../errors.ts';

/** Why a page that a stranger named could not be had. */
export type PageFault =
  | 'InvalidUrl'
  | 'ForbiddenAddress'
  | 'DnsError'
  | 'ConnectionRefused'
  | 'NetworkError'
  | 'Timeout'
  | 'HttpError'
  | 'TooManyRedirects'
  | 'NotText'
  | 'TooLarge'
  | 'BadEncoding'
  /** Its bytes came, and no reader survived them. */
  | 'Unreadable';

/** The page could not be had. Whether to ask again is its reader's business: the reason says what happened. */
export class PageError extends PermanentError {
  override readonly name = 'PageError';
  readonly reason: PageFault;

  constructor(reason: PageFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}
