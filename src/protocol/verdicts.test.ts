import { faultOwner, VERDICT_CODES, VERDICTS } from './verdicts';

const silent = { busy: false, revealed: false };

describe('whose fault a verdict is', () => {
  it('is nobody’s where the node passed or was excused', () => {
    expect(faultOwner('OK', { busy: false, revealed: true })).toBeNull();
    expect(faultOwner('BUSY', { busy: true, revealed: false })).toBeNull();
  });

  it('is the oracle’s where the reporter could not do its part', () => {
    expect(faultOwner('ORACLE_FAULT', silent)).toBe('oracle');
  });

  it('is the node’s where something that it sent proves it', () => {
    for (const code of ['MALFORMED', 'SOFTWARE_ADAPTER', 'WRONG_RESULT', 'BAD_OPENING', 'PROOF_INVALID'] as const) {
      expect(faultOwner(code, silent)).toBe('node');
    }
    expect(faultOwner('TIMEOUT', { busy: true, revealed: false })).toBe('node');
    expect(faultOwner('REPLAYED', { busy: false, revealed: true })).toBe('node');
  });

  it('is not put on the node where nothing came: the line may have been down', () => {
    for (const code of ['UNREACHABLE', 'TIMEOUT', 'LATE', 'NO_OPENING', 'REPLAYED'] as const) {
      expect(faultOwner(code, silent)).toBe('network');
    }
  });

  it('has an owner for every verdict that is missed or failed', () => {
    for (const code of VERDICT_CODES.filter((one) => ['missed', 'fail'].includes(VERDICTS[one].group))) {
      expect(faultOwner(code, silent)).not.toBeNull();
    }
  });
});
