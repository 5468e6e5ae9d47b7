import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { pipeline, Readable } from 'node:stream';
import express, { type ErrorRequestHandler, type Request, type RequestHandler, type Response } from 'express';
import { addressOf } from '../../../runtime/client-address';
import { RateLimits } from '../../gateway/rate-limit';
import { Seats, type Sitter } from '../../gateway/seats';
import { hashDigits } from '../layout';
import { chunksOf, type EvidenceFile, EvidenceFiles } from './files';
import type { EvidenceLimits } from './limits';

/** What GET / tells: whose evidence this is and how long it stays. */
export interface EvidenceAbout {
  /** Lower-case addresses of the reporter's account and of the ReputationOracle. */
  reporter: string;
  chainId: number;
  oracle: string;
  challengeWindowSeconds: number;
}

export interface EvidenceServerOptions {
  folder: string;
  about: EvidenceAbout;
  limits: EvidenceLimits;
  /** Hears of a file whose bytes are not its name. */
  onDamaged(path: string): void;
}

interface Reader extends Sitter {
  readonly socket: Socket;
}

const METHODS = 'GET, HEAD, OPTIONS';
const ONE_RANGE = /^bytes=(\d+-\d*|-\d+)$/;
/** Every answer: any page may read it, nothing in it is ever run. */
const HEADERS = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': 'Accept-Ranges, Content-Length, Content-Range, ETag, Retry-After',
  'Cross-Origin-Resource-Policy': 'cross-origin',
  'Content-Security-Policy': "default-src 'none'; sandbox",
  'X-Content-Type-Options': 'nosniff',
};

/** The public HTTP server of evidence, not listening yet. It reads the folder and knows nothing else. */
export function createEvidenceServer({ folder, about, limits, onDamaged }: EvidenceServerOptions): Server {
  const files = new EvidenceFiles(folder, onDamaged);
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', false);
  // Only a proxy on this machine is believed what address it speaks for.
  app.set('trust proxy', 'loopback');
  app.use(refuseFloods(new RateLimits(limits.requestBurst, limits.requestsPerSecond)), refuseBodies, refuseMethods);
  app.get('/', (_request, response) => {
    response.set('Cache-Control', 'no-cache').json(about);
  });
  app.get('/evidence/:hash', (request, response) => {
    const digits = hashDigits(request.params.hash ?? '');
    if (digits === null) return refuse(response, 400, 'the name of evidence is a SHA-256: 64 lower-case hex digits');
    const file = files.find(digits);
    if (file === null) return refuse(response, 404, 'no evidence with this hash is here, or no more');
    sendFile(request, response, digits, file, limits.answerMs);
  });
  app.use((_request, response) => refuse(response, 404, 'there is only / and /evidence/<SHA-256>'));
  app.use(answerError);
  return limited(createServer({ maxHeaderSize: limits.headerBytes, connectionsCheckingInterval: 1_000 }, app), limits);
}

/** Puts the limits on sockets in place, before anything is read from them. */
function limited(server: Server, limits: EvidenceLimits): Server {
  server.headersTimeout = limits.headersMs;
  server.requestTimeout = limits.requestMs;
  server.keepAliveTimeout = limits.idleMs;
  server.timeout = limits.idleMs;
  const seats = new Seats<Reader>(
    { total: limits.connections, perAddress: limits.connectionsPerAddress, stays: true },
    ({ socket }) => socket.destroy(),
  );
  server.on('connection', (socket: Socket) => {
    const reader = { address: addressOf(socket.remoteAddress ?? ''), socket };
    if (!seats.take(reader)) {
      socket.destroy();
      return;
    }
    socket.once('close', () => seats.leave(reader));
  });
  return server;
}

const refuseFloods =
  (rates: RateLimits<string>): RequestHandler =>
  (request, response, next) => {
    response.set(HEADERS);
    if (rates.take(addressOf(request.ip ?? ''), performance.now())) return next();
    response.set('Retry-After', '1');
    refuse(response, 429, 'too many requests from this address');
  };

/** No request here has a body; one that comes is not read. */
const refuseBodies: RequestHandler = ({ headers }, response, next) => {
  if (headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0) return next();
  response.set('Connection', 'close');
  refuse(response, 413, 'a request here has no body');
};

const refuseMethods: RequestHandler = ({ method }, response, next) => {
  if (method === 'GET' || method === 'HEAD') return next();
  response.set('Allow', METHODS);
  if (method !== 'OPTIONS') return refuse(response, 405, `only ${METHODS} are answered`);
  response.set({
    'Access-Control-Allow-Methods': METHODS,
    'Access-Control-Allow-Headers': 'If-None-Match, If-Range, Range',
    'Access-Control-Max-Age': '86400',
  });
  response.status(204).end();
};

const answerError: ErrorRequestHandler = (error: { status?: number }, _request, response, _next) => {
  const isTheirs = error.status !== undefined && error.status < 500;
  refuse(response, isTheirs ? error.status! : 500, isTheirs ? 'the address is not well formed' : 'the disk failed');
};

function refuse(response: Response, status: number, error: string): void {
  response.set('Cache-Control', 'no-store').status(status).json({ error });
}

function sendFile(request: Request, response: Response, digits: string, file: EvidenceFile, answerMs: number): void {
  response.set({
    ETag: `"${digits}"`,
    'Cache-Control': 'public, max-age=31536000, immutable',
    'Accept-Ranges': 'bytes',
  });
  if (hasAlready(request, digits)) {
    response.status(304).end();
    return;
  }
  const range = rangeOf(request, digits, file.bytes);
  if (range === 'outside') {
    response.set('Content-Range', `bytes */${file.bytes}`);
    refuse(response, 416, `the file has ${file.bytes} bytes`);
    return;
  }
  const { start, end } = range ?? { start: 0, end: file.bytes - 1 };
  if (range) response.status(206).set('Content-Range', `bytes ${start}-${end}/${file.bytes}`);
  // Set as it stands: a charset would be appended to it otherwise.
  response.setHeader('Content-Type', file.isJson ? 'application/json' : 'application/octet-stream');
  response.set('Content-Length', String(end - start + 1));
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  const deadline = setTimeout(() => response.destroy(), answerMs);
  // A reader that leaves in the middle is nobody's fault.
  pipeline(Readable.from(chunksOf(file.path, start, end), { objectMode: false }), response, () =>
    clearTimeout(deadline),
  );
}

/** The one part asked for; null for the whole: also when several parts are asked for, or of another file. */
function rangeOf(request: Request, digits: string, bytes: number): { start: number; end: number } | 'outside' | null {
  const ifRange = request.get('If-Range');
  if (request.method !== 'GET' || (ifRange !== undefined && ifRange !== `"${digits}"`)) return null;
  if (!ONE_RANGE.test(request.get('Range') ?? '')) return null;
  const ranges = request.range(bytes);
  return (Array.isArray(ranges) && ranges[0]) || 'outside';
}

/** Also when it asks anew with `no-cache`: what a hash names never changes. */
function hasAlready(request: Request, digits: string): boolean {
  const tags = (request.get('If-None-Match') ?? '').split(',');
  return tags.some((tag) => tag.trim().replace(/^W\//, '') === `"${digits}"`);
}
