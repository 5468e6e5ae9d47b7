import { HARDWARE_CLASSES, hardwareClass } from './classes';
import { ProtocolError } from './errors';

describe('hardware classes', () => {
  it('numbers hardware classes without gaps and finds them by their number', () => {
    HARDWARE_CLASSES.forEach((entry, id) => {
      expect(entry.id).toBe(id);
      expect(hardwareClass(id)).toBe(entry);
    });
    expect(() => hardwareClass(99)).toThrow(ProtocolError);
  });
});
