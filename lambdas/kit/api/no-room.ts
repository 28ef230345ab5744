import { NoRoomError } from '../errors.ts';
import type { ApiAnswer, Envelope } from './api-response.ts';

/**
 * What an API says where no function has a place for a request, so that none of ours can say it: what stands before the
 * functions does.
 */
export function noRoomAnswer(envelope: Envelope): ApiAnswer {
  const answer = envelope.failure(new NoRoomError());
  if (!answer) throw new Error('The envelope knows no answer for a request that finds no place');
  return answer;
}
