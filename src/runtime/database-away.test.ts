import { QueryRunnerAlreadyReleasedError, QueryRunnerProviderAlreadyReleasedError } from 'typeorm';
import { isDatabaseAway, isTransactionConflict } from './database-away';

const withCode = (code: string) => Object.assign(new Error('said by the driver'), { code });

const AWAY: [what: string, error: unknown][] = [
  ['refuses the connection', withCode('ECONNREFUSED')],
  ['resets the connection', withCode('ECONNRESET')],
  ['aborts the connection', withCode('ECONNABORTED')],
  ['closed the pipe', withCode('EPIPE')],
  ['has a host that is unreachable', withCode('EHOSTUNREACH')],
  ['has a name that does not resolve', withCode('ENOTFOUND')],
  ['has a name that does not resolve yet', withCode('EAI_AGAIN')],
  ['does not answer in time', withCode('ETIMEDOUT')],
  ['lost the connection', withCode('08006')],
  ['is out of connections', withCode('53300')],
  ['has a full disk', withCode('53100')],
  ['is told to stop', withCode('57P01')],
  ['crashed', withCode('57P02')],
  ['starts', withCode('57P03')],
  ['ended the connection without a code', new Error('Connection terminated unexpectedly')],
  ['has all connections of the pool in use', new Error('timeout exceeded when trying to connect')],
  ['takes the connection and says nothing', new Error('timeout expired')],
  ['broke the client before', new Error('Client has encountered a connection error and is not queryable')],
  ['is a standby after a failover', withCode('25006')],
  ['cannot read its disk', withCode('58030')],
  ['ended under TypeORM', new Error('Driver not Connected')],
  ['ended in the middle of a transaction of TypeORM', new QueryRunnerAlreadyReleasedError()],
  ['ended between two statements of TypeORM', new QueryRunnerProviderAlreadyReleasedError()],
  ['is told by TypeORM', Object.assign(new Error('query failed'), { driverError: withCode('57P01') })],
  ['fails at each of its addresses', new AggregateError([withCode('ECONNREFUSED'), withCode('ECONNREFUSED')])],
];

const THERE: [what: string, error: unknown][] = [
  ['finds a row twice', withCode('23505')],
  ['does not know the table', withCode('42P01')],
  ['cancels a slow statement', withCode('57014')],
  ['refuses the password', withCode('28P01')],
  ['cannot serialize a transaction', withCode('40001')],
  ['finds a deadlock', withCode('40P01')],
  ['is not what failed', new Error('scores do not add up')],
  ['is not even named by an error', 'Connection terminated'],
  ['has no error', undefined],
  ['is told by TypeORM of a wrong statement', Object.assign(new Error('failed'), { driverError: withCode('42601') })],
  ['fails otherwise at each address', new AggregateError([withCode('28P01')])],
];

describe('Postgres is away', () => {
  it.each(AWAY)('takes Postgres for away when it %s', (_, error) => {
    expect(isDatabaseAway(error)).toBe(true);
  });

  it.each(THERE)('does not take Postgres for away when it %s', (_, error) => {
    expect(isDatabaseAway(error)).toBe(false);
  });

  it('does not take Postgres for away when an error names itself as its cause', () => {
    const error: { driverError?: unknown } = {};
    error.driverError = error;
    expect(isDatabaseAway(error)).toBe(false);
  });
});

describe('two transactions stand in each other’s way', () => {
  it.each(['40001', '40P01'])('takes SQLSTATE %s for a conflict of transactions', (code) => {
    expect(isTransactionConflict(withCode(code))).toBe(true);
  });

  it.each([withCode('57P01'), withCode('23505'), new Error('no code'), undefined])(
    'does not take %p for a conflict of transactions',
    (error) => {
      expect(isTransactionConflict(error)).toBe(false);
    },
  );
});
