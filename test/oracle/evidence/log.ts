import { Logger, type LogRecord } from '@subsquid/logger';

/** A log that keeps its lines: level, message and facts as JSON. */
export function recordingLog(): { lines: string[]; log: Logger } {
  const lines: string[] = [];
  const sink = (record: LogRecord) => lines.push(JSON.stringify(record));
  return { lines, log: new Logger(sink, 'dpin:test') };
}
