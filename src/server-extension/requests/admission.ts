import type { Request, RequestHandler, Response } from 'express';
import { addressOf } from '../../runtime/client-address';
import type { ApiLimits } from '../limits';
import { Tally } from './tally';

/** Answers a request; resolves when it is over, whether or not anybody still waits for it. */
export type Work = (request: Request, response: Response) => Promise<void>;

/**
 * Lets in so many requests at the same time, and so many of one client: who asks for more is told to ask again, and
 * takes no place from others. Beyond these there are places for clients that have none, so that many who ask for much do
 * not shut out one who asks for little. A place is taken until the work is over and the answer is read, or given up: who
 * hangs up does not get a new one for that.
 */
export function admission(limits: ApiLimits, work: Work): RequestHandler {
  const { requests, reservedRequests, requestsPerClient, retryAfterSeconds, readMs } = limits;
  const underWay = new Tally();
  return (request, response, next) => {
    const client = addressOf(request.socket.remoteAddress ?? 'unknown');
    const own = underWay.of(client);
    const isOwn = own >= requestsPerClient;
    if (isOwn || underWay.all >= (own > 0 ? requests : requests + reservedRequests)) {
      const message = isOwn
        ? `${own} requests of this client are under way, ${requestsPerClient} are allowed`
        : 'too many requests are under way, try again';
      const code = isOwn ? 'TOO_MANY_REQUESTS' : 'UNAVAILABLE';
      response.setHeader('retry-after', String(retryAfterSeconds));
      response.status(isOwn ? 429 : 503).json({ errors: [{ message, extensions: { code } }] });
      return;
    }
    underWay.add(client);
    const closed = new Promise((resolve) => response.once('close', resolve));
    // Whoever does not take its answer in would keep the place for ever.
    const cut = setTimeout(() => response.destroy(), readMs);
    void Promise.all([work(request, response).catch(next), closed]).then(() => {
      clearTimeout(cut);
      underWay.remove(client);
    });
  };
}
